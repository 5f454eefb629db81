"""Spheroids in pictures: known wells and sections measured back, real sections, files that are wrong."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from scipy.ndimage import gaussian_filter
from typer.testing import CliRunner

from spondyl.assay import spheroids
from spondyl.assay.spheroids import Channels, Micrograph
from spondyl.assay.spheroids.drawing import outlines
from spondyl.assay.spheroids.measurement import outline_of
from spondyl.cli.app import app
from spondyl.errors import InstrumentError, MeasurementError
from spondyl.instrument import microscope
from spondyl.instrument.microscope import Ball, Optics

SMALL = replace(microscope.optics(), pixels=400, pixel_um=2.0)


def ball(radius: float, core: float = 0.4, dead: float = 0.9) -> Ball:
    return Ball(radius, np.array([core * radius, radius]), np.array([1 - dead, 0.95]))


def picture(values: np.ndarray, how: Optics = SMALL) -> Micrograph:
    return Micrograph(values.astype(np.float32), how.pixel_um, 255.0)


@pytest.mark.parametrize("changed", [{}, {"blur_um": 3.0, "noise": 0.02}, {"shading": 0.4, "photons": 500.0}])
def test_many_spheroids_in_a_well_are_told_apart_and_measured(changed: dict[str, float]) -> None:
    how = replace(SMALL, **changed)  # type: ignore[arg-type]
    balls = microscope.placed([ball(r) for r in (80.0, 100.0, 120.0)], how.wide_um, seed=3)
    found = spheroids.measure(picture(microscope.phase_contrast(balls, how, seed=1), how))
    true = sorted(balls, key=lambda one: one.x_um)
    assert len(found.spheroids) == 3
    for one, was in zip(found.spheroids, true, strict=True):
        assert one.diameter_um == pytest.approx(2 * was.radius_um, rel=0.02)
        assert (one.x_um, one.y_um) == pytest.approx((was.x_um, was.y_um), abs=how.pixel_um)
        assert one.circularity > 0.97
        assert one.whole


def test_spheroids_that_touch_are_parted() -> None:
    first, second = replace(ball(80.0), x_um=300.0, y_um=400.0), replace(ball(80.0), x_um=455.0, y_um=400.0)
    found = spheroids.measure(picture(microscope.phase_contrast([first, second], SMALL, seed=1)))
    assert [one.diameter_um for one in found.spheroids] == pytest.approx([160.0, 160.0], rel=0.04)


def test_a_section_shows_core_and_dead_cells() -> None:
    how = replace(SMALL, pixel_um=1.25, pixels=480)
    (one,) = microscope.placed([ball(200.0, 0.5)], how.wide_um, seed=1)
    values, (true,) = microscope.confocal([one], how, seed=2)
    found = spheroids.measure(picture(values, how), Channels(1, living=2, dead=3)).spheroids[0]
    assert found.diameter_um == pytest.approx(400.0, rel=0.02)
    assert found.necrotic_share == pytest.approx(0.5, abs=0.06)
    assert found.dead_fraction == pytest.approx(true, abs=0.03)
    alone = spheroids.measure(picture(values, how), Channels(1, dead=3)).spheroids[0]
    assert alone.dead_fraction == pytest.approx(true, abs=0.06)
    assert alone.necrotic_share is None


def test_an_ellipse_has_its_own_shape() -> None:
    y, x = np.mgrid[:300, :300]
    values = 200.0 * (((x - 150) / 90) ** 2 + ((y - 150) / 60) ** 2 < 1) + 10
    values += np.random.Generator(np.random.Philox(1)).normal(0, 2, values.shape)
    found = spheroids.measure(Micrograph(values[None].astype(np.float32), 2.0)).spheroids[0]
    h = ((90 - 60) / (90 + 60)) ** 2
    around = math.pi * 150 * (1 + 3 * h / (10 + math.sqrt(4 - 3 * h)))  # Ramanujan's
    assert found.aspect_ratio == pytest.approx(1.5, rel=0.01)
    assert found.perimeter_um == pytest.approx(2 * around, rel=0.015)
    assert found.circularity == pytest.approx(4 * math.pi * math.pi * 90 * 60 / around**2, rel=0.03)


@pytest.mark.parametrize("radius", [25.0, 60.0, 200.0])
def test_a_disc_has_the_outline_of_a_circle_whatever_its_size(radius: float) -> None:
    y, x = np.mgrid[:512, :512]
    mask = (x - 255.3) ** 2 + (y - 256.1) ** 2 < radius**2
    around, circular = outline_of(mask, 10.0)
    assert around == pytest.approx(2 * math.pi * radius, rel=0.004)
    assert 0.995 < circular <= 1.0


def nothing(kind: str, seed: int) -> np.ndarray:
    draws = np.random.Generator(np.random.Philox(key=[seed, 5]))
    y, x = np.mgrid[-1:1:300j, -1:1:300j]
    noise = draws.normal(0, 1, x.shape)
    if kind == "empty well":
        return microscope.phase_contrast([], replace(SMALL, shading=0.4, noise=0.02), seed=seed)[0]
    if kind == "noise":
        return 100 + 10 * noise
    if kind == "smooth noise":
        smooth = gaussian_filter(noise, 15)
        return 100 + 10 * smooth / smooth.std()
    return 200 * np.cos(1.2 * x + draws.uniform(-1, 1)) * np.cos(y) + 3 * noise


@pytest.mark.parametrize("kind", ["empty well", "noise", "smooth noise", "uneven light"])
@pytest.mark.parametrize("seed", range(4))
def test_a_picture_of_nothing_has_no_spheroid(kind: str, seed: int) -> None:
    shown = picture(nothing(kind, seed)[None])
    if kind == "uneven light" and seed == 0:  # a dark corner: it is cut, and counts in no mean
        found = spheroids.measure(shown)
        assert not found.whole
        assert "cut by the picture's edge" in found.remarks[0]
    else:
        with pytest.raises(MeasurementError, match="stands out of the background"):
            spheroids.measure(shown)


def test_what_is_cut_counts_in_no_mean_and_what_is_doubtful_is_said() -> None:
    balls = [replace(ball(100.0), x_um=20.0, y_um=400.0), replace(ball(80.0), x_um=500.0, y_um=400.0)]
    found = spheroids.measure(picture(microscope.phase_contrast(balls, SMALL, seed=1)))
    assert [one.whole for one in found.spheroids] == [False, True]
    assert found.as_json()["count"] == 1
    assert found.as_json()["diameter_um"] == pytest.approx(160.0, rel=0.02)
    assert "cut by" in found.remarks[0]
    blurred = replace(SMALL, blur_um=25.0)
    dim = spheroids.measure(picture(microscope.phase_contrast(balls[1:], blurred, seed=1), blurred))
    assert any("out of focus" in remark for remark in dim.spheroids[0].remarks)
    shown = outlines(picture(microscope.phase_contrast(balls, SMALL, seed=1)), found)
    assert (shown == (255, 176, 0)).all(-1).sum() > 200


@pytest.mark.shared
def test_real_sections_agree_with_their_owners(shared_data: Path) -> None:
    """The sections of one condition and day: radius, inhibited and necrotic shares of AllConfocalData.csv."""
    path = shared_data / "spheroid" / "micrographs" / "983b_D10_10000_2.tif"
    with pytest.raises(MeasurementError, match=r"31571\.2 µm.*--pixel"):  # "0.8045 pixels an inch"
        spheroids.read(path)
    found = spheroids.measure(spheroids.read(path, 1 / 0.8045), Channels(1, living=3, cycling=2, dead=4))
    (one,) = found.spheroids
    rows = [
        line.split(",")
        for line in (shared_data / "spheroid" / "growth_983b" / "AllConfocalData.csv")
        .read_text("utf-8")
        .split()
    ]
    same = np.array([row[3:6] for row in rows if row[:3] == ["983b", "10000", "10"]], float)
    low, high = same.min(axis=0), same.max(axis=0)
    measured = (one.diameter_um / 2, one.inhibited_share, one.necrotic_share)
    for value, least, most, wide in zip(measured, low, high, (5, 0.02, 0.02), strict=True):
        assert value is not None
        assert least - wide < value < most + wide


def test_files_of_several_kinds_read_alike(tmp_path: Path) -> None:
    values = microscope.phase_contrast([replace(ball(100.0), x_um=400.0, y_um=400.0)], SMALL, seed=1)
    imagej = microscope.write_tiff(values, 2.0, tmp_path / "a.tif", bits=8)
    ome = tmp_path / "b.ome.tif"
    meta = {"axes": "CYX", "PhysicalSizeX": 0.002, "PhysicalSizeXUnit": "mm"}
    tifffile.imwrite(ome, values.astype(np.uint8), ome=True, metadata=meta)
    plain = tmp_path / "c.tif"
    tifffile.imwrite(plain, values[0].astype(np.uint8), resolution=(5000, 5000), resolutionunit="CENTIMETER")
    png = tmp_path / "d.png"
    Image.fromarray(values[0].astype(np.uint8)).save(png)
    deep = microscope.write_tiff(values * 256, 2.0, tmp_path / "e.tif")
    colour = tmp_path / "f.png"
    Image.fromarray(np.repeat(values[0].astype(np.uint8)[..., None], 3, 2)).save(colour)
    found = [
        spheroids.measure(spheroids.read(path, edge)).as_json()["diameter_um"]
        for path, edge in (
            (imagej, None),
            (ome, None),
            (plain, None),
            (png, 2.0),
            (deep, None),
            (colour, 2.0),
        )
    ]
    assert found == pytest.approx([found[0]] * 6, rel=1e-6)


def test_wrong_files_are_refused_in_one_paragraph(tmp_path: Path) -> None:
    png = tmp_path / "a.png"
    noise = np.random.Generator(np.random.Philox(1)).integers(90, 110, (80, 80)).astype(np.uint8)
    Image.fromarray(noise).save(png)
    for path, edge, said in (
        (tmp_path / "no.tif", None, "no such file"),
        (png, None, "pixel size: found none in the file; state it"),
        (png, 900.0, "must lie from 0.02 to 50"),
    ):
        with pytest.raises(MeasurementError, match=said):
            spheroids.read(path, edge)
    broken = tmp_path / "b.tif"
    broken.write_bytes(b"II*\x00" + b"\x01" * 30)
    with pytest.raises(MeasurementError, match="no picture that can be read"):
        spheroids.read(broken, 1.0)
    stack = tmp_path / "c.tif"
    tifffile.imwrite(stack, np.ones((4, 64, 64), np.uint8), imagej=True, metadata={"axes": "ZYX"})
    with pytest.raises(MeasurementError, match="several planes"):
        spheroids.read(stack, 1.0)
    long = tmp_path / "long.ome.tif"
    meta = {"axes": "YX", "PhysicalSizeX": 1.0, "PhysicalSizeY": 2.0}
    tifffile.imwrite(long, np.ones((64, 64), np.uint8), ome=True, metadata=meta)
    with pytest.raises(MeasurementError, match=r"long\.ome\.tif, pixel size: found 1 × 2 µm; must be square"):
        spheroids.read(long)
    holes = tmp_path / "d.tif"
    tifffile.imwrite(holes, np.full((64, 64), np.nan, np.float32))
    with pytest.raises(MeasurementError, match="no numbers"):
        spheroids.read(holes, 1.0)
    with pytest.raises(MeasurementError, match="nothing of 60 µm"):
        spheroids.measure(spheroids.read(png, 1.0))
    with pytest.raises(MeasurementError, match="channel dead: found 4; the picture has channels 1 to 1"):
        spheroids.measure(spheroids.read(png, 1.0), Channels(1, dead=4))
    with pytest.raises(MeasurementError, match="must differ"):
        Channels(1, living=2, dead=2)


def test_a_well_that_is_full_and_a_lot_that_is_empty_are_refused() -> None:
    with pytest.raises(InstrumentError, match="do not fit"):
        microscope.placed([ball(300.0), ball(300.0)], SMALL.wide_um, seed=1)
    with pytest.raises(InstrumentError, match="bits"):
        replace(SMALL, bits=32)


def test_the_verb_measures_one_or_many(tmp_path: Path) -> None:
    paths = []
    for n, radius in enumerate((70.0, 100.0)):
        values = microscope.phase_contrast([replace(ball(radius), x_um=400.0, y_um=400.0)], SMALL, seed=n)
        paths.append(str(microscope.write_tiff(values, 2.0, tmp_path / f"{n}.tif", bits=8)))
    runner = CliRunner()
    done = runner.invoke(app, ["measure", "spheroids", *paths, "--json"])
    assert done.exit_code == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["diameter_um"] for one in told] == pytest.approx([140.0, 200.0], rel=0.02)
    assert told[0]["spheroids"][0]["whole"] is True
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"II*")
    rest = runner.invoke(app, ["measure", "spheroids", str(broken), *paths, "--json"])
    assert [json.loads(line)["file"] for line in rest.stdout.splitlines()] == paths  # nothing is lost
    assert isinstance(rest.exception, MeasurementError)
    assert "broken.tif" in str(rest.exception)
    drawn = tmp_path / "drawn.png"
    said = runner.invoke(app, ["measure", "spheroids", paths[0], "--outlines", str(drawn)])
    assert said.exit_code == 0
    assert "diameter, µm" in said.stdout
    assert drawn.is_file()
