"""Calibration from rods and from two points, and signs of beam hardening, on scans whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.beam_hardening import across_rods, along_radius
from spondyl.assay.microct.calibration import calibrated, from_rods, from_two_points
from spondyl.assay.microct.rods import Rod, find_rods
from spondyl.assay.microct.voi_shape import Box
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

DENSITIES = (0.0, 100.0, 200.0, 400.0, 800.0)
SHAPE = (32, 120, 110)
SLOPE, INTERCEPT = 5.0, 1000.0
HOLDER = 60.0


def truth(lean: float = 0.0, radius: float = 8.0, cupping: float = 0.0) -> np.ndarray:
    """Densities of five rods in a holder, and a piece of trabecular bone beside it."""
    z, y, x = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    field = np.full(SHAPE, -50.0)
    field[np.broadcast_to((y - 82) ** 2 + (x - 55) ** 2 < 34**2, SHAPE)] = HOLDER
    for number, density in enumerate(DENSITIES):
        angle = 2 * np.pi * number / len(DENSITIES)
        square = (y - 82 - 21 * np.sin(angle) - lean * z) ** 2 + (x - 55 - 21 * np.cos(angle)) ** 2
        inside = np.broadcast_to(square < radius**2, SHAPE)
        rod = density + cupping * abs(density - HOLDER) * square / radius**2
        field[inside] = np.broadcast_to(rod, SHAPE)[inside]
    noise = gaussian_filter(np.random.default_rng(5).standard_normal(SHAPE), 3)
    bone = np.broadcast_to((y - 22) ** 2 + (x - 55) ** 2 < 20**2, SHAPE) & (noise > 0.5 * noise.std())
    field[bone] = 800
    return field


def scan_of(field: np.ndarray, noise: float = 40.0, seed: int = 1) -> Scan:
    white = np.random.default_rng(seed).standard_normal(field.shape)
    stored = np.rint(SLOPE * (gaussian_filter(field, 0.8) + noise * white) + INTERCEPT).astype(np.int16)
    return Scan(stored, Grid(stored.shape, (0.02, 0.02, 0.02)), Meaning.RAW)


@pytest.mark.parametrize("noise", [0.0, 20.0, 40.0])
@pytest.mark.parametrize("lean", [0.0, 0.12])
def test_rods_are_found_and_calibrate(noise: float, lean: float) -> None:
    rods = find_rods(scan_of(truth(lean), noise))
    assert [rod.value for rod in rods] == pytest.approx(
        [SLOPE * d + INTERCEPT for d in DENSITIES], abs=1 + 4 * max(rod.standard_error for rod in rods)
    )
    assert [rod.radius_mm for rod in rods] == pytest.approx([0.16] * 5, abs=0.02)
    assert all((rod.start, rod.stop) == (0, SHAPE[0]) for rod in rods)
    found = from_rods(rods, DENSITIES[::-1])
    assert found.slope == pytest.approx(1 / SLOPE, rel=0.01)
    assert found.intercept == pytest.approx(-INTERCEPT / SLOPE, abs=3)
    assert found.r_squared is not None
    assert found.r_squared > 0.9999


def test_a_leaning_rod_is_followed() -> None:
    rods = find_rods(scan_of(truth(0.12), 20.0))
    (first, last) = rods[-1].centre
    assert last[0] - first[0] == pytest.approx(0.12 * 16, abs=0.3)  # from chunk middle to chunk middle
    assert last[1] - first[1] == pytest.approx(0, abs=0.3)


@pytest.mark.parametrize(("axis", "order"), [("y", (1, 0, 2)), ("x", (2, 1, 0)), ("x", (1, 2, 0))])
def test_rods_along_another_axis_are_the_same(axis: str, order: tuple[int, int, int]) -> None:
    scan = scan_of(truth())
    turned = np.transpose(scan.stored, order)
    again = find_rods(Scan(turned, scan.grid.__class__(turned.shape, (0.02,) * 3), Meaning.RAW), axis=axis)
    plain = find_rods(scan)
    assert [rod.value for rod in again] == pytest.approx([rod.value for rod in plain], rel=1e-12)


def test_a_region_keeps_the_places_of_the_whole_scan() -> None:
    scan = scan_of(truth())
    region = Box((4, 32), (46, 118), (15, 95))
    whole, part = find_rods(scan), find_rods(scan, region=region)
    assert len(part) == 5
    assert (part[0].start, part[0].stop) == (4, 32)
    for a, b in zip(whole, part, strict=True):
        assert b.centre[0] == pytest.approx(a.centre[0], abs=0.3)


def test_the_scan_becomes_densities() -> None:
    scan = scan_of(truth(), 0.0)
    found = calibrated(scan, from_rods(find_rods(scan), DENSITIES))
    assert found.meaning is Meaning.DENSITY
    assert found.slab(5, 6)[0, 2, 2] == pytest.approx(-50, abs=1)
    assert found.stored is scan.stored
    shifted = replace(scan, slope=2.0, intercept=7.0)
    again = calibrated(shifted, from_two_points((2007.0, 0.0), (10007.0, 800.0)))
    assert again.slab(5, 6)[0, 2, 2] == pytest.approx(-50, abs=1)


def test_two_points() -> None:
    found = from_two_points((5000.0, 800.0), (1000.0, 0.0))
    assert (found.slope, found.intercept, found.r_squared) == (0.2, -200.0, None)
    assert "2 points" in found.describe()


@pytest.mark.parametrize("cupping", [-0.12, 0.0, 0.12])
def test_cupping_is_measured(cupping: float) -> None:
    rods = find_rods(scan_of(truth(cupping=cupping), 20.0))
    found = across_rods(rods, from_rods(rods, DENSITIES))
    # The blur of the rim reaches a little into the measured core and lowers the parabola.
    assert found.cupping == pytest.approx(cupping, abs=0.04)
    assert bool(found.remarks) == (cupping != 0)
    if cupping:
        assert ("higher" if cupping > 0 else "lower") in found.remarks[0]


def test_cupping_along_the_radius() -> None:
    _, y, x = np.ogrid[:8, :60, :60]
    square = (y - 30.0) ** 2 + (x - 30.0) ** 2
    field = np.broadcast_to(1000 + 100 * square / 25**2, (8, 60, 60)).copy()
    field += np.random.default_rng(2).normal(0, 30, field.shape)
    scan = Scan(field, Grid(field.shape, (0.02,) * 3), Meaning.RAW)
    inside = np.broadcast_to(square <= 25**2, field.shape)
    found = along_radius(scan, inside, background=50.0)
    assert found.cupping == pytest.approx(0.1, abs=0.005)
    assert found.remarks


def test_a_calibration_that_bends_is_remarked_on() -> None:
    rods = find_rods(scan_of(truth(), 0.0))
    low = [replace(rod, value=rod.value - 2e-5 * (rod.value - 1000) ** 2) for rod in rods]
    found = across_rods(rods, from_rods(low, DENSITIES))
    assert "reads too low" in found.remarks[0]


def rods_of(values: list[float]) -> list[Rod]:
    plain = find_rods(scan_of(truth(), 0.0))[0]
    return [replace(plain, value=v, standard_error=1.0) for v in values]


def sentence(act: object) -> str:
    with pytest.raises(MeasurementError) as caught:
        act()  # type: ignore[operator]
    return str(caught.value)


def test_no_rods() -> None:
    bone = gaussian_filter(np.random.default_rng(3).standard_normal((32, 60, 60)), 3)
    words = sentence(lambda: find_rods(scan_of(800.0 * (bone > 0))))
    assert words.startswith("scan › rods: found none; needs cylinders")
    assert "two points" in words


def test_a_ball_is_no_rod() -> None:
    z, y, x = np.ogrid[:48, :60, :60]
    ball = (z - 24.0) ** 2 + (y - 30.0) ** 2 + (x - 30.0) ** 2 < 15**2
    assert "found none" in sentence(lambda: find_rods(scan_of(800.0 * ball)))


def test_a_square_bar_is_no_rod() -> None:
    field = np.zeros((32, 80, 80))
    field[:, 20:60, 20:60] = 800
    assert "found none" in sentence(lambda: find_rods(scan_of(field)))


def test_another_number_of_rods_than_of_densities() -> None:
    words = sentence(lambda: from_rods(rods_of([1000, 2000, 3000]), DENSITIES))
    assert "found 3 rods (values 1000, 2000, 3000)" in words
    assert "5 densities" in words


@pytest.mark.parametrize("values", [[1000, 4500, 4800, 4900, 5000], [1000, 1500, 2600, 3000, 5000]])
def test_a_poor_fit(values: list[float]) -> None:
    words = sentence(lambda: from_rods(rods_of(values), DENSITIES))
    assert "R² = 0." in words
    assert "must be at least 0.99" in words


def test_rods_that_noise_cannot_tell_apart() -> None:
    assert "cannot tell them apart" in sentence(lambda: from_rods(rods_of([1000, 1002, 3000]), (0, 1, 400)))


@pytest.mark.parametrize(
    ("densities", "words"),
    [
        ((0.0, 400.0), "at least three"),
        ((0.0, 400.0, 400.0), "twice"),
        ((0.0, 400.0, 9000.0), "9000 mg HA/cm³"),
        ((0.0, 400.0, float("nan")), "nan mg HA/cm³"),
    ],
)
def test_impossible_densities(densities: tuple[float, ...], words: str) -> None:
    assert words in sentence(lambda: from_rods(rods_of([1000, 2000, 3000]), densities))


@pytest.mark.parametrize(
    "points", [((1.0, 0.0), (1.0, 5.0)), ((1.0, 5.0), (2.0, 5.0)), ((1.0, 5.0), (2.0, 4.0))]
)
def test_two_points_that_make_no_line(points: tuple[tuple[float, float], tuple[float, float]]) -> None:
    assert "the denser point" in sentence(lambda: from_two_points(*points))
    assert "finite" in sentence(lambda: from_two_points((float("nan"), 0.0), (1.0, 1.0)))


@pytest.mark.parametrize("meaning", [Meaning.DENSITY, Meaning.LABELS])
def test_what_must_not_be_calibrated(meaning: Meaning) -> None:
    scan = replace(scan_of(truth()), meaning=meaning)
    line = from_two_points((0.0, 0.0), (1.0, 1.0))
    assert "already" in sentence(lambda: calibrated(scan, line)) or meaning is Meaning.LABELS


def test_one_slice_and_a_wrong_axis() -> None:
    flat = Scan(np.zeros((1, 60, 60)), Grid((1, 60, 60), (0.02,) * 3), Meaning.RAW)
    assert "at least two slices" in sentence(lambda: find_rods(flat))
    assert "'z', 'y' or 'x'" in sentence(lambda: find_rods(flat, axis="w"))  # type: ignore[arg-type]
