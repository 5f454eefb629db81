"""Curves of the test rig and plates of the thermocycler in a study: measured, compared, mistakes named."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from small import ask, make_small_study, tree
from spondyl import study
from spondyl.assay import compression
from spondyl.errors import DesignError
from spondyl.instrument import rig, thermocycler
from spondyl.instrument.thermocycler import Sample
from spondyl.study.chart import bars, chart
from spondyl.study.design import load_design

TABLES = """
[compression]
[qpcr]
plates = "data/plates/*.csv"
week = 8
reference = ["GAPDH", "ACTB"]
genes = ["BGLAP"]
"""


def curve_path(folder: Path, animal: str) -> Path:
    return folder / "data" / animal / f"{animal}_week-08_compression.csv"


def made_study(folder: Path, tables: str = TABLES, primary: str = "", animals: int = 6) -> Path:
    make_small_study(folder, animals)
    ask(folder, tables, primary)
    samples = []
    for n in range(1, animals + 1):
        strong = 1.0 + 0.3 * (n % 2)
        specimen = rig.parametric(500 * strong, 90 * strong, 100 * strong + n, 0.4)
        record = rig.compress(specimen, rig.rig(), seed=n, name=f"sub-{n:02d}")
        rig.export(record, curve_path(folder, f"sub-{n:02d}"), "instron")
        samples.append(Sample(f"sub-{n:02d}", "ab"[(n + 1) % 2], 1e5, {"BGLAP": 8.0 if n % 2 else 2.0}))
    primers = thermocycler.primers(["BGLAP"], ("GAPDH", "ACTB"), seed=1)
    (folder / "data" / "plates").mkdir()
    plate = thermocycler.run(samples, primers, seed=1)
    thermocycler.write_csv(plate, folder / "data" / "plates" / "one.csv")
    return folder


def found(run: study.Run, assay: str, name: str) -> dict[str, float]:
    with (run.folder / "measurements.tsv").open(encoding="utf-8") as handle:
        rows = csv.DictReader(handle, delimiter="\t")
        return {r["animal"]: float(r["value"]) for r in rows if (r["assay"], r["name"]) == (assay, name)}


def test_records_are_measured_by_their_assays(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", primary="compression.ultimate_load_N")
    done = study.run(folder, workers=1)
    assert done.problems == {}
    loads = found(done, "compression", "ultimate_load_N")
    for animal, load in loads.items():
        direct = compression.measure(compression.read(curve_path(folder, animal)))
        assert load == direct.ultimate_load_N
    levels = found(done, "qpcr", "BGLAP_log2")
    change = np.mean([levels[f"sub-{n:02d}"] for n in (1, 3, 5)]) - np.mean(
        [levels[f"sub-{n:02d}"] for n in (2, 4, 6)]
    )
    assert change == pytest.approx(2.0, abs=0.4)
    page = done.report.read_text("utf-8")
    assert "ultimate load" in page
    assert "Quantitative PCR" in page
    assert "Livak" in page
    again = study.run(folder, workers=1)
    assert (again.computed, tree(again.folder)) == (0, tree(done.folder))


def test_a_study_needs_no_scans_where_nothing_asks_for_them(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", primary="compression.ultimate_load_N")
    for scan in folder.glob("data/*/*_microct.*"):
        scan.unlink()
    done = study.run(folder, workers=1)
    assert done.problems == {}
    assert [(arm.animals, arm.scans) for arm in study.check(folder).arms] == [(3, 0), (3, 0)]
    assert len(found(done, "compression", "ultimate_load_N")) == 6
    page = done.report.read_text("utf-8")
    assert "Bone volume fraction" not in page
    assert "marching cubes" not in page
    curve_path(folder, "sub-02").unlink()
    refused(folder, r"animal sub-02: found no record of week 8")
    text = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(text + "[phases]\n", "utf-8")
    refused(folder, "no scan at")


def test_animals_on_one_plate_share_no_result(tmp_path: Path) -> None:
    design = load_design(made_study(tmp_path / "study"))
    plates = [record.file for record in design.records if record.step == "qpcr"]
    assert len(plates) == 6
    assert len({record.path for record in plates}) == 1


def refused(folder: Path, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        load_design(folder)


def test_wells_that_are_no_animals_are_named(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", animals=4)
    plate = folder / "data" / "plates" / "one.csv"
    text = plate.read_text("utf-8")
    plate.write_text(text.replace("sub-01,", "sub-01a,"), "utf-8")
    refused(folder, r"one\.csv: found a sample 'sub-01a'; wells must name animals")
    plate.write_text(text, "utf-8")
    (folder / "data" / "plates" / "two.csv").write_text(text, "utf-8")
    refused(folder, r"sub-01: found on 2 plates: one\.csv, two\.csv")


@pytest.mark.parametrize(
    ("tables", "primary", "said"),
    [
        (TABLES, "qpcr.RUNX2_log2", r"primary\.name: found 'RUNX2_log2'; qpcr gives BGLAP_log2"),
        (TABLES, "compression.load", r"primary\.name: found 'load'; compression gives stiffness"),
        ("", "compression.ultimate_load_N", r"without a table \[compression\]"),
        (TABLES.replace("week = 8\n", ""), "", "needs 'week'"),
        (TABLES.replace("one", "one").replace('"ACTB"', '"BGLAP"'), "", "names BGLAP as a gene and as a"),
        (TABLES.replace("*.csv", "*.txt"), "", r"qpcr\.plates: found a table \[qpcr\] and no file"),
        (TABLES.replace("[compression]", '[compression]\nlength = "6"'), "", r"compression\.length.*unit"),
        (
            TABLES.replace("[compression]", '[compression]\nforce_unit = "pond"'),
            "",
            r"compression\.force unit: found 'pond'",
        ),
        (TABLES + "efficiency = 1.93\n", "", r"qpcr\.efficiency: found 1\.93"),
        ("", "healing.new_bone_mm3", "'healing', and a, b is measured"),
    ],
)
def test_mistakes_are_named_before_anything_runs(
    tmp_path: Path, tables: str, primary: str, said: str
) -> None:
    refused(made_study(tmp_path / "study", tables, primary, animals=4), said)


def test_a_record_that_the_primary_endpoint_lacks_is_named(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", primary="compression.ultimate_load_N", animals=4)
    curve_path(folder, "sub-02").unlink()
    refused(folder, r"animal sub-02: found no record of week 8; the primary endpoint needs it")


def test_a_broken_record_fails_alone(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", animals=4)
    curve_path(folder, "sub-02").write_text("Load,Extension\n(N),(mm)\n1,2\n", "utf-8")
    done = study.run(folder, workers=1)
    assert set(done.problems) == {"sub-02/week-08_compression"}
    assert len(found(done, "compression", "stiffness_N_per_mm")) == 3


def test_charts_show_what_they_are_given() -> None:
    x = np.linspace(0, 1, 50)
    rising, flat = (chart(x, y, across="mm", up="N") for y in (x, 0 * x + 1))
    blue = np.array([0x2F, 0x6D, 0xB5])
    heights = [np.flatnonzero((image == blue).all(-1).any(1)) for image in (rising, flat)]
    assert np.ptp(heights[0]) > 200
    assert np.ptp(heights[1]) < 5
    assert (bars({"A": 1.0, "B": -1.0}, "level") == blue).all(-1).any()
