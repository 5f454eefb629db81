"""Sections and pictures of spheroids in a study: measured by their assays, compared, mistakes named."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from small import ask, make_small_study, tree
from spondyl import study
from spondyl.assay import histology, spheroids
from spondyl.assay.histology.rows import names as of_histology
from spondyl.assay.spheroids import Channels
from spondyl.assay.spheroids.rows import UNITS
from spondyl.errors import DesignError
from spondyl.instrument import microscope, microtome
from spondyl.instrument.microscope import Ball
from spondyl.report.endpoint import listed_unit
from spondyl.study.design import load_design

TABLES = """
[histology]
stains = ["masson-goldner", "trap"]
[spheroids]
living = 2
dead = 3
"""


def made_study(folder: Path, tables: str = TABLES, primary: str = "", animals: int = 4) -> Path:
    make_small_study(folder, animals)
    ask(folder, tables, primary)
    how = replace(microscope.optics(), pixels=300)
    for n in range(1, animals + 1):
        home = folder / "data" / f"sub-{n:02d}"
        bone = 0.2 + 0.2 * (n % 2)
        shares = {"marrow": 0.8 - bone, "bone": bone, "scaffold": 0.1, "osteoid": 0.05}
        cut = microtome.synthetic(shares, pixels=200, pixel="2 um", seed=n)
        for stain in ("masson-goldner", "trap"):
            slide = microtome.photograph(cut, stain, microtome.slide(stain, seed=n), seed=n)
            microtome.write_tiff(slide, 2.0, home / f"sub-{n:02d}_week-08_{stain}.tif")
        balls = [Ball(70.0 + 5 * n, np.array([20.0, 70.0 + 5 * n]), np.array([0.5, 0.95]))]
        values, _ = microscope.confocal(microscope.placed(balls, how.wide_um, seed=n), how, seed=n)
        microscope.write_tiff(values, how.pixel_um, home / f"sub-{n:02d}_week-08_spheroids.tif")
    return folder


def found(run: study.Run, assay: str) -> dict[tuple[str, str], float]:
    with (run.folder / "measurements.tsv").open(encoding="utf-8") as handle:
        rows = csv.DictReader(handle, delimiter="\t")
        return {(r["animal"], r["name"]): float(r["value"]) for r in rows if r["assay"] == assay}


def test_pictures_are_measured_by_their_assays(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study", primary="histology.trap_b_ar_t_ar")
    done = study.run(folder, workers=1)
    assert done.problems == {}
    sections, wells = found(done, "histology"), found(done, "spheroids")
    home = folder / "data" / "sub-01"
    direct = histology.measure(histology.read(home / "sub-01_week-08_trap.tif"), "trap")
    assert sections["sub-01", "trap_n_oc"] == direct.n_oc
    assert sections["sub-01", "trap_b_ar_t_ar"] == direct.ratios["b_ar_t_ar"]
    assert sections["sub-01", "masson_goldner_b_ar_t_ar"] > sections["sub-02", "masson_goldner_b_ar_t_ar"]
    shown = spheroids.measure(spheroids.read(home / "sub-01_week-08_spheroids.tif"), Channels(1, 2, dead=3))
    assert wells["sub-01", "diameter_um"] == shown.spheroids[0].diameter_um
    assert wells["sub-01", "diameter_um"] == pytest.approx(150, rel=0.03)
    page = done.report.read_text("utf-8")
    for said in ("Masson-Goldner trichrome", "Dempster", "spheroids are no experimental units", "TRAP"):
        assert said in page
    assert (done.folder / "animals" / "sub-01" / "week-08_histology-trap.png").is_file()
    again = study.run(folder, workers=1)
    assert (again.computed, tree(again.folder)) == (0, tree(done.folder))


def test_every_number_has_a_name_in_the_report() -> None:
    for name in of_histology(histology.STAINS):
        assert listed_unit("histology", name) is not None, name
    for name in UNITS:
        assert listed_unit("spheroids", name) is not None, name


@pytest.mark.parametrize(
    ("tables", "primary", "said"),
    [
        (TABLES, "histology.trap_o_ar_b_ar", r"primary\.name: found 'trap_o_ar_b_ar'; histology gives"),
        (TABLES, "spheroids.radius_um", r"primary\.name: found 'radius_um'; spheroids gives count"),
        ("", "histology.trap_n_oc", r"without a table \[histology\]"),
        (TABLES.replace('"trap"', '"trap", "trap"'), "", "names a stain twice"),
        (TABLES.replace('"trap"', '"giemsa"'), "", "stains"),
        (TABLES.replace('["masson-goldner", "trap"]', '["he"]'), "", r"found a table \[histology\] and no"),
        (TABLES.replace("dead = 3", "dead = 2"), "", r"spheroids\.channel dead: found 2; must differ"),
        (TABLES.replace("dead = 3", 'dead = 3\npixel = "1 kg"'), "", r"spheroids\.pixel"),
    ],
)
def test_mistakes_are_named_before_anything_runs(
    tmp_path: Path, tables: str, primary: str, said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        load_design(made_study(tmp_path / "study", tables, primary, animals=2))


def test_a_picture_of_nothing_fails_alone(tmp_path: Path) -> None:
    folder = made_study(tmp_path / "study")
    how = replace(microscope.optics(), pixels=300)
    empty, _ = microscope.confocal([], how, seed=1)
    where = folder / "data" / "sub-02" / "sub-02_week-08_spheroids.tif"
    microscope.write_tiff(empty, how.pixel_um, where)
    done = study.run(folder, workers=1)
    assert set(done.problems) == {"sub-02/week-08_spheroids"}
    assert "stands out of the background" in done.problems["sub-02/week-08_spheroids"]
    told = json.loads((done.folder / "animals" / "sub-01" / "week-08_spheroids.json").read_text("utf-8"))
    assert told["format"] == "picture"
