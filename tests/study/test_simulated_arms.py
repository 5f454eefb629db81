"""Simulated arms in a study: planned before they exist, made once, measured as scans are, failures named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from small import tree
from spondyl import study
from spondyl.errors import DesignError, GraftError, Mistake
from spondyl.quantity import shipped
from spondyl.study import pilot as pilots
from spondyl.study import simulating
from spondyl.study.checking import check
from spondyl.study.design import load_design
from spondyl.study.simulated import BUDGET, COURSE, DEFECT, GRAFT, Simulation, scan_name, truth_name
from spondyl.study.simulating import defect_mask
from spondyl.study.surgery import _by_hand, kept, rehearsal
from spondyl.vertebra import rat
from spondyl.volume import Grid, Meaning, Scan, read, write

STUDY = """
[study]
title = "Made arms"
question = "Does a filled hole hold more?"
species = "rat"
site = "L5"
[primary]
assay = "defect"
name = "new_bv_mm3"
week = 8
test = "parametric"
control = "empty"
[groups.empty]
label = "Empty"
origin = "simulated"
treatment = {}
[groups.tcp]
label = "Scaffold"
origin = "simulated"
treatment = { granules = "beta-TCP 0.3-0.6 mm" }
[simulation]
weeks = [0, 8]
[microct]
threshold = 400
[defect]
as_drilled = true
baseline_week = 0
"""
EDGE = 24


def made_study(folder: Path, animals: int = 3, text: str = STUDY) -> Path:
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(text, "utf-8")
    rows = ["animal\tgroup\tincluded"]
    for place, group in enumerate(("empty", "tcp")):
        rows += [f"sub-{animals * place + n + 1:02d}\t{group}\tyes" for n in range(animals)]
    (folder / "animals.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def quick(made: Simulation, folder: Path, checkpoint: Path | None = None) -> None:  # noqa: ARG001
    """Leave what a simulated animal leaves: a block of bone with a hole that fills from below."""
    grid = Grid((EDGE,) * 3, (0.1, 0.1, 0.1))
    hole = np.zeros(grid.shape, np.bool_)
    hole[6:18, 6:18, 6:18] = True
    for week in made.settings["weeks"]:
        dense = np.where(hole, 0, 800)
        if week and made.treatment["granules"]:
            dense[6 : 9 + made.seed % 4, 6:18, 6:18] = 700
        noise = np.random.Generator(np.random.Philox(key=made.seed)).normal(0, 20, grid.shape)
        write(Scan((dense + noise).astype(np.int16), grid, Meaning.DENSITY), folder / scan_name(week))
        known = {"rows": [["bone_graft_mm3", 0.1 * week, "mm³", "known"]], "remarks": [], "voxel_um": 100.0}
        (folder / truth_name(week)).write_text(json.dumps(known), "utf-8")
        name = truth_name(week).replace(".json", ".png")
        Image.fromarray(np.full((20, 30, 3), made.seed % 200, np.uint8)).save(folder / name)
    if made.treatment["granules"]:
        given = {"rows": [["tcp_mg", 3.0, "mg", "known"]], "remarks": []}
        (folder / GRAFT).write_text(json.dumps(given), "utf-8")
        Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save((folder / GRAFT).with_suffix(".png"))
    write(Scan(hole.astype(np.uint8), grid, Meaning.LABELS), folder / DEFECT)
    (folder / COURSE).write_text("day\tnew_bone_mm3\n0\t0\n56\t0.8\n", "utf-8")
    (folder / BUDGET).write_text("day\tbone of host formed\n0\t0\n56\t0.8\n", "utf-8")


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulating, "simulate", quick)


@pytest.mark.usefixtures("fast")
def test_arms_are_simulated_measured_and_compared(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study")
    done = study.run(folder, workers=1)
    assert done.problems == {}
    # simulation; healing and µCT of two weeks; one defect; three grafts
    assert done.computed == 6 * (1 + 2 + 2 + 1) + 3
    table = (done.folder / "measurements.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    new = {row[0]: float(row[5]) for row in rows if row[3:5] == ["defect", "new_bv_mm3"]}
    assert all(new[f"sub-{n:02d}"] < 0.05 for n in (1, 2, 3))
    assert all(new[f"sub-{n:02d}"] > 0.3 for n in (4, 5, 6))
    assert {row[3] for row in rows[1:]} == {"graft", "healing", "microct", "defect"}
    raw = {path.name for path in (done.folder / "animals" / "sub-04").iterdir()}
    assert {scan_name(0), scan_name(8), DEFECT, COURSE} <= raw
    page = done.report.read_text("utf-8")
    assert "Simulated animals" in page
    assert 'id="volumes-data"' in page
    again = study.run(folder, workers=1)
    assert (again.name, again.computed) == (done.name, 0)
    assert tree(again.folder) == tree(done.folder)


@pytest.mark.usefixtures("fast")
def test_the_run_has_its_name_before_the_animals_exist(tmp_path: Path) -> None:
    from spondyl.study.cache import Cache
    from spondyl.study.planning import plan

    folder = made_study(tmp_path / "study", animals=2)
    planned = plan(load_design(folder), Cache.of(folder))
    assert study.run(folder, workers=1).name == planned.run


def test_an_animal_added_changes_no_other(tmp_path: Path) -> None:
    few, many = (load_design(made_study(tmp_path / str(n), animals=n)) for n in (2, 3))
    keys = {made.animal: key for made, key in few.simulations if made.group == "empty"}
    more = {made.animal: key for made, key in many.simulations}
    assert len(keys) == 2
    assert all(more[animal] == key for animal, key in keys.items())
    assert len(set(more.values())) == 6


def test_every_batch_of_cells_serves_every_arm(tmp_path: Path) -> None:
    text = STUDY.replace('"beta-TCP 0.3-0.6 mm" }', '"beta-TCP 0.3-0.6 mm", spheroids = 10 }')
    folder = made_study(tmp_path / "study", 4, text + "[simulation.cells]\nbatches = 2\n")
    made = [one for one, _ in load_design(folder).simulations]
    by_arm = {arm: [one.batch_seed for one in made if one.group == arm] for arm in ("empty", "tcp")}
    assert by_arm["empty"] == by_arm["tcp"]
    assert len(set(by_arm["tcp"])) == 2
    # An arm without cells depends on no donor.
    empty, other = next(one for one in made if one.group == "empty"), 5
    assert empty.inputs == replace(empty, batch_seed=other).inputs


def test_an_animal_that_cannot_be_made_is_named_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_study(tmp_path / "study")
    lost = next(made.seed for made, _ in load_design(folder).simulations if made.animal == "sub-05")

    def sometimes(made: Simulation, part: Path, checkpoint: Path | None = None) -> None:
        if made.seed == lost:
            raise GraftError(Mistake("granules", "9 mm³", "the hole holds 6 mm³"))
        quick(made, part, checkpoint)

    monkeypatch.setattr(simulating, "simulate", sometimes)
    done = study.run(folder, workers=1)
    assert set(done.problems) == {
        "sub-05/simulation",
        *(f"sub-05/week-{week}_{step}" for week in ("00", "08") for step in ("healing", "microct")),
        "sub-05/week-08_defect",
        "sub-05/week-00_graft",
    }
    assert "the hole holds 6 mm³" in done.problems["sub-05/week-08_defect"]
    assert "sub-05" in done.report.read_text("utf-8")
    assert "the hole holds 6 mm³" in (done.folder / "animals" / "sub-05" / "log.txt").read_text("utf-8")
    monkeypatch.setattr(simulating, "simulate", quick)
    assert study.run(folder, workers=1).computed == 7


@pytest.mark.usefixtures("fast")
def test_an_ended_run_has_whole_animals(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", animals=4)
    ended: list[tuple[str, str]] = []

    def notify(event: study.Event) -> None:
        if event.state == "done":
            ended.append((event.animal, event.label))

    study.run(folder, workers=1, notify=notify)
    last = max(n for n, (_, label) in enumerate(ended) if label == "simulation")
    whole = [animal for animal, label in ended[:last] if label == "week-08_defect"]
    assert len(whole) == 7


@pytest.mark.usefixtures("fast")
def test_animals_are_not_counted_from_less_spread_than_living_ones_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_study(tmp_path / "study")
    study.run(folder, workers=1)
    for found, taken in ((0.02, 0.31), (0.5, 0.5)):
        monkeypatch.setattr(pilots, "spread_of", lambda _, found=found: (1.0, found))
        told = pilots.pilot(folder)
        assert told.cv == taken
        assert ("31 %, the least spread" in told.said) is (found < taken)
    (folder / "parameters").mkdir(exist_ok=True)
    own = '[least_spread]\nvalue = 0.6\nunit = "1"\nlow = 0.3\nhigh = 0.7\n'
    own += 'meaning = "Assumed by us."\nsource = ""\nkind = "assumed"\n'
    (folder / "parameters" / "healing.toml").write_text(own, "utf-8")
    assert pilots.pilot(folder).cv == 0.6


@pytest.mark.usefixtures("fast")
def test_attrition_takes_animals_with_a_reason_and_changes_no_other(tmp_path: Path) -> None:
    whole = load_design(made_study(tmp_path / "whole", animals=20))
    asked = STUDY.replace("weeks = [0, 8]", "weeks = [0, 8]\nattrition = 0.25")
    folder = made_study(tmp_path / "lossy", animals=20, text=asked)
    lossy = load_design(folder)
    lost = [animal for animal in lossy.animals if not animal.included]
    assert 3 <= len(lost) <= 18  # of 40, a quarter expected
    assert all("simulated attrition of 25 %" in animal.reason for animal in lost)
    gone = {animal.animal for animal in lost}
    kept = [(made.animal, made.seed, key) for made, key in whole.simulations if made.animal not in gone]
    assert [(made.animal, made.seed, key) for made, key in lossy.simulations] == kept
    page = study.run(folder, workers=1).report.read_text("utf-8")
    assert "simulated attrition of 25 %" in page


def test_no_two_holes_are_drilled_alike(tmp_path: Path) -> None:
    made, other = (one for one, _ in load_design(made_study(tmp_path / "study", animals=1)).simulations)
    (place, depth), (elsewhere, deeper) = _by_hand(made), _by_hand(other)
    assert place != elsewhere
    assert depth != deeper
    assert _by_hand(made) == (place, depth)
    hole = {**made.settings["defect"], "scatter": "0 mm"}
    assert _by_hand(replace(made, settings={**made.settings, "defect": hole})) == (None, "2 mm")


def test_animals_keep_more_or_fewer_of_their_spheroids(tmp_path: Path) -> None:
    study_of = load_design(made_study(tmp_path / "study", animals=40))
    made = [one for one, _ in study_of.simulations]
    stayed = np.array([kept(one, 300) for one in made])
    assert [kept(one, 300) for one in made] == list(stayed)
    odds = np.log(stayed / (300 - stayed))
    graft = shipped()["graft"]
    share, spread = graft["retention"].value, graft["retention_spread"].value
    assert np.median(stayed) / 300 == pytest.approx(share, abs=0.08)
    assert np.std(odds, ddof=1) == pytest.approx(spread, rel=0.25)
    alike = {
        **made[0].parameters,
        "graft": {**graft, "retention_spread": replace(graft["retention_spread"], value=0.0)},
    }
    assert {kept(replace(one, parameters=alike), 300) for one in made} == {round(300 * share)}
    assert kept(made[0], 1) == 1
    assert kept(rehearsal(made[0]), 300) == 300


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[simulation]\nweeks = [0, 8]\n", ""), "needs a table"),
        (("weeks = [0, 8]", "weeks = [8, 0]"), "must rise"),
        (('origin = "simulated"\ntreatment = {}', 'origin = "measured"\ntreatment = {}'), "simulated"),
        (('granules = "beta-TCP 0.3-0.6 mm"', 'mass = "2 mg"'), "no granules"),
        (("treatment = {}", ""), "empty is measured"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in STUDY
    folder = made_study(tmp_path / "study", 2, STUDY.replace(*change))
    with pytest.raises(DesignError, match=said):
        load_design(folder)


def test_check_rehearses_the_surgery(tmp_path: Path) -> None:
    text = STUDY.replace("0.3-0.6 mm", "3-6 mm").replace(
        "[simulation]", '[simulation]\novariectomy = "0 week"'
    )
    folder = made_study(tmp_path / "study", 2, text)
    with pytest.raises(DesignError, match=r"the hole is 1.[0-9]+ mm wide"):
        check(folder)


def test_the_mask_of_the_defect_is_the_hole_on_any_grid() -> None:
    bone = rat("L5", seed=7, voxel="200 um").drill(diameter="2 mm", depth="2 mm")
    assert bone.cavity is not None
    mask = defect_mask(bone, bone.grid)
    assert np.array_equal(mask.stored > 0, bone.cavity.share >= 0.5)
    half = tuple(edge / 2 for edge in bone.grid.spacing_mm)
    origin = tuple(o - e / 2 for o, e in zip(bone.grid.origin_mm, half, strict=True))
    fine = defect_mask(bone, Grid(tuple(2 * n for n in bone.grid.shape), half, origin))
    assert fine.stored.sum() * fine.grid.voxel_mm3 == pytest.approx(bone.cavity.volume_mm3, rel=0.05)


def test_a_mask_can_be_read_back(tmp_path: Path) -> None:
    bone = rat("L5", seed=7, voxel="200 um").drill(diameter="2 mm", depth="2 mm")
    path = write(defect_mask(bone, bone.grid), tmp_path / DEFECT)
    assert read(path).grid.agrees_with(bone.grid)
