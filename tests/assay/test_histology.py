"""Sections of known tissues measured back, surfaces and osteoclasts, the verb, wrong pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from spondyl import healing
from spondyl.assay import histology
from spondyl.assay.histology import Section
from spondyl.assay.histology.overlay import overlay
from spondyl.assay.histology.surfaces import osteoclasts, perimeter_mm
from spondyl.cli.app import app
from spondyl.errors import InstrumentError, MeasurementError
from spondyl.instrument import microtome
from spondyl.instrument.microtome import TISSUES, Cut
from spondyl.instrument.microtome.cut import SOLID
from spondyl.quantity import shipped
from spondyl.vertebra import rat

SHARES = {"marrow": 0.30, "soft": 0.15, "bone": 0.22, "new_bone": 0.08, "scaffold": 0.12}


@pytest.fixture(scope="module")
def cut() -> Cut:
    return microtome.synthetic(SHARES, seed=3, pixels=400, osteoclasts_per_mm3=600)


def pictured(cut: Cut, name: str, variation: float = 1.0, bar: float = 0.0) -> Section:
    how = replace(microtome.slide(name, seed=2, variation=variation), bar_um=bar)
    return Section(microtome.photograph(cut, name, how, seed=1).astype(np.float32) / 255, cut.pixel_um)


def test_a_cut_holds_the_shares_that_were_asked_for(cut: Cut) -> None:
    for name, share in SHARES.items():
        assert cut.share(name) == pytest.approx(share, abs=0.005)
    assert cut.share("void") == pytest.approx(0.13, abs=0.005)
    solid = np.isin(cut.labels, [TISSUES.index(one) for one in ("bone", "new_bone", "scaffold")])
    assert not (solid & (cut.osteoclasts > 0)).any()


@pytest.mark.parametrize("name", ["he", "masson-goldner", "trap", "osteocalcin"])
def test_areas_are_measured_back(cut: Cut, name: str) -> None:
    how = histology.stain(name)
    found = histology.measure(pictured(cut, name), name)
    for tissue in how.tissues:
        true = sum(cut.share(one) for one in TISSUES if how.like(one) == tissue)
        share = found.areas[tissue] / found.roi_mm2
        if tissue not in ("positive", "cartilage", "osteoid"):
            assert share == pytest.approx(true, abs=0.06), tissue
    assert sum(found.areas.values()) == pytest.approx(found.roi_mm2)


def test_osteoclasts_are_counted_along_surfaces(cut: Cut) -> None:
    found = histology.measure(pictured(cut, "trap"), "trap")
    assert found.n_oc is not None
    assert found.n_oc == pytest.approx(int(cut.osteoclasts.max()), abs=1)
    assert found.b_pm_mm is not None
    assert found.n_oc_b_pm_per_mm == pytest.approx(found.n_oc / found.b_pm_mm)
    assert found.oc_pm_b_pm is not None
    assert 0 < found.oc_pm_b_pm < 0.6


@pytest.mark.parametrize("name", ["he", "masson-goldner", "trap"])
@pytest.mark.parametrize("pixel", [1.5, 4.0])
def test_the_perimeter_of_bone_is_that_of_the_cut(name: str, pixel: float) -> None:
    """Nuclei, lacunae and single pixels have no surface that counts; bare pixels give up to thrice it."""
    cut = microtome.synthetic(
        {"marrow": 0.5, "soft": 0.1, "bone": 0.25, "osteoid": 0.03, "scaffold": 0.1},
        pixels=round(900 / pixel), pixel=f"{pixel} um", seed=3,
    )  # fmt: skip
    solid = np.isin(cut.labels, [TISSUES.index(one) for one in SOLID])
    picture = microtome.photograph(cut, name, microtome.slide(name, seed=7), seed=5)
    found = histology.measure(Section(picture.astype(np.float32) / 255, cut.pixel_um), name)
    assert found.b_pm_mm == pytest.approx(perimeter_mm(solid, pixel), rel=0.06)


def test_pixels_too_coarse_for_nuclei_are_said(cut: Cut) -> None:
    coarse = Section(pictured(cut, "trap").light[::2, ::2], 2 * cut.pixel_um)
    assert any("too coarse" in said for said in histology.measure(coarse, "trap").remarks)
    assert not any("too coarse" in said for said in histology.measure(coarse, "he").remarks)


def test_perimeters_and_cells_on_them() -> None:
    table = shipped()["assay/histology"]
    y, x = np.mgrid[:300, :300]
    disc = np.hypot(y - 150, x - 150) <= 100
    assert perimeter_mm(disc, 2.0) == pytest.approx(2 * np.pi * 0.2, rel=0.01)
    assert perimeter_mm(np.zeros((4, 4), np.bool_), 2.0) == 0
    beside = (np.hypot(y - 150, x - 258) <= 7) | (np.hypot(y - 42, x - 150) <= 7)
    away = np.hypot(y - 280, x - 280) <= 7
    number, covered = osteoclasts(beside | away, disc, 2.0, table)
    assert number == 2
    assert 0.03 < covered < 0.2


def test_a_scale_bar_and_what_lies_outside_are_left_out(cut: Cut) -> None:
    plain = histology.measure(pictured(cut, "he"), "he")
    barred = histology.measure(pictured(cut, "he", bar=100.0), "he")
    assert any("scale bar" in remark for remark in barred.remarks)
    assert 0 < plain.roi_mm2 - barred.roi_mm2 < 0.02 * plain.roi_mm2
    half = np.zeros(cut.labels.shape, np.bool_)
    half[:, :200] = True
    part = histology.measure(pictured(cut, "he"), "he", region=half)
    assert part.roi_mm2 == pytest.approx(plain.roi_mm2 / 2)
    assert (part.labels[:, 200:] == -1).all()
    assert overlay(pictured(cut, "he"), part).shape[2] == 3


def test_a_section_of_a_healed_defect_shows_its_tissues() -> None:
    hole = rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    course = healing.run(hole, weeks=1, threads=1)
    cut = microtome.of_course(course, week=1, pixel="8 um", seed=1)
    assert cut.share("soft", "marrow") > 0.2
    assert cut.share("bone") > 0.02
    picture = microtome.photograph(cut, "masson-goldner", microtome.slide("masson-goldner", seed=1), seed=1)
    assert picture.shape == (*cut.labels.shape, 3)
    again = microtome.of_course(course, week=1, pixel="8 um", seed=1)
    assert np.array_equal(again.labels, cut.labels)
    with pytest.raises(InstrumentError, match="must be axial"):
        microtome.of_course(course, week=1, plane="oblique", seed=1)  # type: ignore[arg-type]


def test_wrong_pictures_are_refused(cut: Cut, tmp_path: Path) -> None:
    grey = np.repeat(np.linspace(0, 1, 64 * 64).reshape(64, 64, 1), 3, 2).astype(np.float32)
    with pytest.raises(MeasurementError, match="a grey picture"):
        Section(grey, 1.0)
    with pytest.raises(MeasurementError, match="must be he, masson-goldner"):
        histology.measure(pictured(cut, "he"), "giemsa")
    with pytest.raises(MeasurementError, match="region"):
        histology.measure(pictured(cut, "he"), "he", region=np.ones((3, 3), np.bool_))
    png = tmp_path / "a.png"
    Image.fromarray((pictured(cut, "he").light * 255).astype(np.uint8)).save(png)
    with pytest.raises(MeasurementError, match="pixel size: found none"):
        histology.read(png)
    with pytest.raises(MeasurementError, match=r"must lie from 0\.05 to 20"):
        histology.read(png, 500.0)
    with pytest.raises(InstrumentError, match=r"shares of 1\.5"):
        microtome.synthetic({"bone": 1.5}, seed=1)


def test_the_verb_measures_files(cut: Cut, tmp_path: Path) -> None:
    picture = (pictured(cut, "trap").light * 255).astype(np.uint8)
    path = microtome.write_tiff(picture, cut.pixel_um, tmp_path / "a.tif")
    runner = CliRunner()
    done = runner.invoke(app, ["measure", "histology", str(path), "--stain", "trap", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert told["pixel_um"] == pytest.approx(cut.pixel_um, rel=1e-4)
    assert {"bone_mm2", "n_oc", "n_oc_b_pm_per_mm", "positive_share", "b_ar_t_ar"} <= set(told)
    drawn = tmp_path / "drawn.png"
    said = runner.invoke(app, ["measure", "histology", str(path), "--stain", "trap", "--overlay", str(drawn)])
    assert said.exit_code == 0
    assert "scaffold" in said.stdout
    assert drawn.is_file()
