"""Compartments, defect, and time-lapse as steps of a study: their numbers, pictures, words and cache."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from drilled_vertebra import ENTRY, MOTION, PLANNED, Rigid, share_of_slab, write_drilled
from small import HEADER, make_small_study, tree
from spondyl import study
from spondyl.errors import DesignError

HEALED = 0.18
PLACE = ", ".join(f'"{e:g} mm"' for e in ENTRY)
STUDY = f"""
[study]
title = "Drilled"
question = "Does the hole heal?"
species = "rat"
site = "L5"
[primary]
assay = "defect"
name = "new_bv_tv"
week = 8
test = "parametric"
[groups.a]
label = "Group A"
microct = "data/{{animal}}/{{animal}}_week-{{week}}_microct.mha"
[microct]
threshold = 500
gaussian = 0.8
compartments = "auto"
[defect]
shape = "{PLANNED["shape"]}"
diameter = "{PLANNED["diameter"]}"
depth = "{PLANNED["depth"]}"
entry = [{PLACE}]
direction = [0.0, 1.0, 0.0]
baseline_week = 0
rotation = 12
[timelapse]
baseline_week = 0
rotation = 12
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("drilled")
    scans = made / "data" / "sub-01"
    write_drilled(scans / "sub-01_week-00_microct.mha", seed=1, healed=0.0, motion=Rigid(), noise=0)
    write_drilled(scans / "sub-01_week-08_microct.mha", seed=1, healed=HEALED, motion=MOTION, noise=1)
    (made / "animals.tsv").write_text(f"{HEADER}sub-01\ta\t\t\tyes\t\n", "utf-8")
    (made / "study.toml").write_text(STUDY, "utf-8")
    return made


def test_every_step_reaches_the_table_the_report_and_the_cache(folder: Path) -> None:
    done = study.run(folder, workers=1)
    assert done.problems == {}
    assert done.computed == 4  # two scans, one defect, one time-lapse
    table = pd.read_csv(done.folder / "measurements.tsv", sep="\t")
    found = {
        (row.assay, row.week, row.name_): row.value
        for row in table.rename(columns={"name": "name_"}).itertuples()
    }
    assert found["defect", 8, "new_bv_tv"] == pytest.approx(share_of_slab(HEALED), rel=0.08)
    assert found["defect", 8, "tv_mm3"] == pytest.approx(found["defect", 8, "planned_mm3"], rel=0.03)
    assert found["timelapse", 8, "days"] == 56
    assert found["timelapse", 8, "formed_mm3"] > found["defect", 8, "new_bv_mm3"]
    assert 100 < found["microct", 0, "ct_th_um"] < 250
    assert ("defect", 0, "tv_mm3") not in found
    home = done.folder / "animals" / "sub-01"
    assert {path.name for path in home.glob("*.png")} == {
        "week-00_microct.png", "week-08_microct.png", "week-08_defect.png", "week-08_timelapse.png",
    }  # fmt: skip
    page = done.report.read_text("utf-8")
    assert page.count("data:image/png") == 4
    for words in (
        "new bone in the defect",
        "mineral apposition rate",
        "union was judged from rim to rim",
        "cortex",
    ):
        assert words in page
    kept = tree(done.folder)
    again = study.run(folder, workers=1)
    assert (again.computed, again.reused) == (0, 4)
    assert tree(again.folder) == kept
    changed = study.run(folder, ["timelapse.rotation=13"], workers=1)
    assert (changed.computed, changed.reused) == (1, 3)


def test_a_scan_of_another_animal_fails_alone(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    scans = other / "data" / "sub-01"
    write_drilled(scans / "sub-01_week-08_microct.mha", seed=7, healed=HEALED, motion=MOTION, noise=1)
    first = (folder / "data" / "sub-01" / "sub-01_week-00_microct.mha").read_bytes()
    (scans / "sub-01_week-00_microct.mha").write_bytes(first)
    (other / "animals.tsv").write_text((folder / "animals.tsv").read_text("utf-8"), "utf-8")
    text = STUDY.replace('compartments = "auto"\n', "")
    text = text[: text.index("[defect]")] + text[text.index("[timelapse]") :]
    (other / "study.toml").write_text(text, "utf-8")
    done = study.run(other, ["primary.assay=microct", "primary.name=bv_tv"], workers=1)
    assert set(done.problems) == {"sub-01/week-08_timelapse"}
    assert "network inside is not that of" in done.problems["sub-01/week-08_timelapse"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["primary.assay=defect"], "add the table [defect]"),
        (["timelapse.baseline_week=3"], "no scan of week 3"),
        (["timelapse.baseline_week=8"], "with no later scan"),
        (["defect.shape=cylinder"], "is missing"),
        (["phases.noise=-3"], "phases.noise"),
        (
            ["microct.compartments=auto", "microct.voi.shape=mask", "microct.voi.mask=m.nii"],
            "voi or compartments",
        ),
        (['defect.mask="m.mha"', "defect.axis=x"], "two different axes"),
        (['defect.mask="{animal}.mha"'], "sub-01.mha"),
    ],
)
def test_mistakes_are_said_before_anything_runs(tmp_path: Path, settings: list[str], words: str) -> None:
    small = make_small_study(tmp_path / "study", animals=2)
    with pytest.raises(DesignError) as caught:
        study.run(small, settings, workers=1)
    assert words in str(caught.value)
    assert not list(small.glob("results/*/measurements.tsv"))


def test_a_hole_beside_the_scan_and_an_unknown_animal(folder: Path) -> None:
    for change, words in (
        (['defect.entry=["9 mm", "1 mm", "1 mm"]'], "must lie within the scan"),
        (['defect.animals.sub-7.entry=["1 mm", "1 mm", "1 mm"]'], "must be an animal of animals.tsv"),
        (['defect.diameter="2"'], "without a unit"),
        (["primary.name=new_bv"], "Did you mean"),
    ):
        with pytest.raises(DesignError) as caught:
            study.check(folder, change)
        assert words in str(caught.value)
