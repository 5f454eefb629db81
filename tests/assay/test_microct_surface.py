"""Bone surface against shapes of known area: sphere, torus, plates, rods, gyroid, grey and binary."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from spondyl.assay.microct import Mask, Settings, measure, segment
from spondyl.assay.microct.shape import surface_sums
from spondyl.volume import Grid, Meaning, Scan

Field = NDArray[np.float64]
Distance = Callable[[Field, Field, Field], Field]

CUBIC = (1.0, 1.0, 1.0)
STRETCHED = (2.0, 1.0, 1.0)
BLUR = 0.8
BALL = 20.0
OBLIQUE = [(0.0, 1.0, 5.0), (0.0, 1.0, 2.0), (1.0, 2.0, 3.0), (1.0, 1.0, 1.0)]


def field(distance: Distance, half: float, spacing: tuple[float, float, float]) -> tuple[Field, Grid]:
    shape = tuple(2 * math.ceil(half / s) + 1 for s in spacing)
    z, y, x = ((np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing, strict=True))
    return distance(z[:, None, None], y[None, :, None], x[None, None, :]), Grid(shape, spacing)


def binary(d: Field, grid: Grid) -> tuple[Scan, dict]:
    return Scan((d <= 0).astype(np.uint8), grid, Meaning.LABELS), {"binary": True}


def grey(d: Field, grid: Grid) -> tuple[Scan, dict]:
    """Blur the edge as a scanner does: an error function across it."""
    return Scan((1000 * ndtr(-d / BLUR)).astype(np.uint16), grid, Meaning.RAW), {"threshold": 500}


KINDS = pytest.mark.parametrize("kind", [binary, grey])


def sphere(radius: float, at: tuple[float, float, float] = (0.1, 0.23, -0.31)) -> Distance:
    return lambda z, y, x: np.sqrt((z - at[0]) ** 2 + (y - at[1]) ** 2 + (x - at[2]) ** 2) - radius


def torus(around: float, tube: float) -> Distance:
    return lambda z, y, x: np.hypot(np.hypot(z - 0.2, y + 0.1) - around, x - 0.3) - tube


def unit(direction: tuple[float, float, float]) -> Field:
    return np.array(direction) / np.linalg.norm(direction)


def plate(thickness: float, normal: tuple[float, float, float], offset: float = 0.27) -> Distance:
    a, b, c = unit(normal)
    return lambda z, y, x: np.abs(a * z + b * y + c * x - offset) - thickness / 2


def rod(radius: float, along: tuple[float, float, float], at: float = 0.0) -> Distance:
    a, b, c = unit(along)

    def distance(z: Field, y: Field, x: Field) -> Field:
        z, y, x = z - at, y - 0.7 * at, x
        return np.sqrt((b * x - c * y) ** 2 + (c * z - a * x) ** 2 + (a * y - b * z) ** 2) - radius

    return distance


def gyroid(period: float, level: float) -> Distance:
    k = 2 * math.pi / period

    def distance(z: Field, y: Field, x: Field) -> Field:
        a, b, c = k * (z + 0.3), k * (y - 0.2), k * (x + 0.1)
        g = np.sin(a) * np.cos(b) + np.sin(b) * np.cos(c) + np.sin(c) * np.cos(a) - level
        slope = k * 1.5
        return g / slope

    return distance


def in_ball(scan: Scan) -> Mask:
    d, _ = field(sphere(BALL, (0.0, 0.0, 0.0)), BALL + 3, scan.grid.spacing_mm)
    return Mask(Scan((d <= 0).astype(np.uint8), scan.grid, Meaning.LABELS))


@KINDS
@pytest.mark.parametrize("radius", [5, 6, 8, 12, 20, 40])
def test_sphere(kind: Callable, radius: float) -> None:
    scan, settings = kind(*field(sphere(radius), radius + 5, CUBIC))
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(
        4 * math.pi * radius**2, rel=0.02
    )


@KINDS
@pytest.mark.parametrize(("around", "tube"), [(10, 4), (14, 6), (20, 8)])
def test_torus(kind: Callable, around: float, tube: float) -> None:
    scan, settings = kind(*field(torus(around, tube), around + tube + 5, CUBIC))
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(
        4 * math.pi**2 * around * tube, rel=0.02
    )


@KINDS
@pytest.mark.parametrize("thickness", [3, 4, 5, 6, 10])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_plate_along_the_grid_cut_by_the_border_is_exact(kind: Callable, thickness: int, axis: int) -> None:
    normal = tuple(float(i == axis) for i in range(3))
    scan, settings = kind(*field(plate(thickness, normal), 12, CUBIC))
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(
        2 * 25 * 25, rel=1e-6
    )


@KINDS
@pytest.mark.parametrize("thickness", [3, 4, 6, 10])
@pytest.mark.parametrize("normal", OBLIQUE)
def test_oblique_plate_inside_a_ball(kind: Callable, thickness: float, normal: tuple) -> None:
    scan, settings = kind(*field(plate(thickness, normal), BALL + 3, CUBIC))
    area = sum(math.pi * (BALL**2 - (0.27 + side * thickness / 2) ** 2) for side in (1, -1))
    assert measure(scan, Settings(**settings, voi=in_ball(scan)), architecture=False).bs_mm2 == pytest.approx(
        area, rel=0.02
    )


@KINDS
@pytest.mark.parametrize("radius", [4, 6, 10])
@pytest.mark.parametrize("along", OBLIQUE)
def test_rod_inside_a_ball(kind: Callable, radius: float, along: tuple) -> None:
    scan, settings = kind(*field(rod(radius, along), BALL + 3, CUBIC))
    area = 4 * math.pi * radius * math.sqrt(BALL**2 - radius**2)
    assert measure(scan, Settings(**settings, voi=in_ball(scan)), architecture=False).bs_mm2 == pytest.approx(
        area, rel=0.02
    )


@KINDS
@pytest.mark.parametrize("radius", [4, 6, 8, 10, 15])
def test_rod_along_the_grid_cut_by_the_border(kind: Callable, radius: float) -> None:
    scan, settings = kind(*field(rod(radius, (0.0, 0.0, 1.0), at=0.3), radius + 5, CUBIC))
    area = 2 * math.pi * radius * scan.grid.size_mm[2]
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(area, rel=0.02)


@KINDS
@pytest.mark.parametrize("level", [0.0, 0.8])
def test_gyroid(kind: Callable, level: float) -> None:
    """The truth is the same surface on a grid four times finer, itself converged to 0.1 %."""
    period, half = 25.0, 25.0
    scan, settings = kind(*field(gyroid(period, level), half, CUBIC))
    fine, grid = field(gyroid(period, level), half + 0.375, (0.25, 0.25, 0.25))
    truth = measure(
        Scan(-fine.astype(np.float32), grid, Meaning.RAW), Settings(threshold=0), architecture=False
    ).bs_mm2
    truth *= scan.grid.size_mm[0] ** 3 / grid.size_mm[0] ** 3
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(truth, rel=0.02)


@KINDS
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_cap_of_a_sphere_cut_by_the_border(kind: Callable, axis: int) -> None:
    """The border cuts the sphere a third of its radius from its middle: area 2πRh."""
    radius, half = 18.0, 23.0
    at = [0.0, 0.0, 0.0]
    at[axis] = half + 0.5 - 6.0
    scan, settings = kind(*field(sphere(radius, (at[0], at[1], at[2])), half, CUBIC))
    area = 2 * math.pi * radius * (radius + 6.0)
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(area, rel=0.01)


@KINDS
def test_oblique_plane_cut_by_all_faces(kind: Callable) -> None:
    """A plane (1, 1, 1) through the middle of a cube of edge a cuts a hexagon of area √27/4 a²."""
    scan, settings = kind(*field(lambda z, y, x: (z + y + x) / math.sqrt(3), 10, CUBIC))
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(
        math.sqrt(27) / 4 * 21**2, rel=0.015
    )


@KINDS
def test_stretched_voxels(kind: Callable) -> None:
    scan, settings = kind(*field(sphere(20), 26, STRETCHED))
    assert measure(scan, Settings(**settings), architecture=False).bs_mm2 == pytest.approx(
        4 * math.pi * 20**2, rel=0.02
    )
    scan, settings = kind(*field(plate(8, (1.0, 1.0, 2.0)), BALL + 3, STRETCHED))
    area = sum(math.pi * (BALL**2 - (0.27 + side * 4) ** 2) for side in (1, -1))
    assert measure(scan, Settings(**settings, voi=in_ball(scan)), architecture=False).bs_mm2 == pytest.approx(
        area, rel=0.02
    )


def test_two_grey_values_without_a_filter_are_measured_as_binary() -> None:
    scan, settings = binary(*field(sphere(12), 17, CUBIC))
    asked = measure(scan, Settings(**settings), architecture=False)
    stored = Scan(scan.stored * np.uint8(255), scan.grid, Meaning.RAW)
    assert measure(stored, Settings(threshold=128), architecture=False).bs_mm2 == asked.bs_mm2


def test_removed_parts_have_no_surface() -> None:
    d, grid = field(sphere(8), 14, CUBIC)
    alone = measure(grey(d, grid)[0], Settings(threshold=500), architecture=False).bs_mm2
    speckled = grey(d, grid)[0].stored.copy()
    speckled[1:3, 1:3, 1:3] = 900
    found = measure(
        Scan(speckled, grid, Meaning.RAW), Settings(threshold=500, largest=True), architecture=False
    )
    assert found.bs_mm2 == pytest.approx(alone, rel=1e-12)
    assert (
        measure(Scan(speckled, grid, Meaning.RAW), Settings(threshold=500), architecture=False).bs_mm2
        > alone + 10
    )


def test_thin_plate_of_one_voxel_keeps_both_faces() -> None:
    array = np.zeros((16, 16, 16), dtype=bool)
    array[8] = True
    found = measure(
        Scan(array, Grid(array.shape, CUBIC), Meaning.LABELS), Settings(binary=True), architecture=False
    )
    assert found.bs_mm2 == pytest.approx(2 * 16 * 16, rel=1e-6)


@KINDS
def test_slab_thickness_changes_no_digit(kind: Callable) -> None:
    scan, settings = kind(*field(gyroid(17.0, 0.4), 15, CUBIC))
    segmentation = segment(scan, Settings(**settings))
    areas = {surface_sums(segmentation, thickness=n).area_mm2 for n in (1, 2, 5, 31, 64)}
    assert len(areas) == 1


def test_surface_does_not_depend_on_the_scale_of_the_values() -> None:
    d, grid = field(sphere(10), 15, CUBIC)
    stored = ndtr(-d / BLUR)
    areas = [
        measure(
            Scan(stored, grid, Meaning.RAW, slope=s, intercept=i),
            Settings(threshold=0.5 * s + i),
            architecture=False,
        ).bs_mm2
        for s, i in ((1.0, 0.0), (1e-7, 0.0), (1e6, -3e5))
    ]
    assert areas[1] == pytest.approx(areas[0], rel=1e-5)
    assert areas[2] == pytest.approx(areas[0], rel=1e-5)
