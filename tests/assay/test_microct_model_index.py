"""The surface pass and the structure model index: balls 4, rods 3, plates 0, and what must not change."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.special import ndtr
from skimage.measure import marching_cubes, mesh_surface_area

from spondyl.assay.microct import Mask, Segmentation, Settings, segment
from spondyl.assay.microct.shape import structure_model_index, surface_sums
from spondyl.assay.microct.surface_field import surface_field
from spondyl.volume import Grid, Meaning, Scan

Field = NDArray[np.float64]
Triple = tuple[float, float, float]
CUBIC: Triple = (1.0, 1.0, 1.0)
SPACING: Triple = (0.03, 0.02, 0.01)
BLUR = 0.8
PLACE = (0.1, 0.23, -0.31)


def places(half: float, spacing: Triple = CUBIC) -> list[Field]:
    shape = [2 * math.ceil(half / s) + 1 for s in spacing]
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing, strict=True)]
    return list(np.meshgrid(*axes, indexing="ij"))


def ball(radius: float, half: float, at: Triple = PLACE, spacing: Triple = CUBIC) -> Field:
    return np.sqrt(sum((c - a) ** 2 for c, a in zip(places(half, spacing), at, strict=True))) - radius


def rod(radius: float, half: float, along: int) -> Field:
    across = [c - a for i, (c, a) in enumerate(zip(places(half), PLACE, strict=True)) if i != along]
    return np.hypot(*across) - radius


def plate(thickness: float, half: float, normal: Triple) -> Field:
    unit = np.array(normal) / np.linalg.norm(normal)
    return np.abs(sum(c * u for c, u in zip(places(half), unit, strict=True)) - 0.27) - thickness / 2


def binary(d: Field, spacing: Triple = CUBIC, voi: Mask | None = None) -> Segmentation:
    scan = Scan((d <= 0).astype(np.uint8), Grid(d.shape, spacing), Meaning.LABELS)
    return segment(scan, Settings(binary=True, voi=voi))


def grey(d: Field, spacing: Triple = CUBIC, voi: Mask | None = None) -> Segmentation:
    """Blur the edge as a scanner does: an error function across it."""
    scan = Scan((1000 * ndtr(-d / BLUR)).astype(np.uint16), Grid(d.shape, spacing), Meaning.RAW)
    return segment(scan, Settings(threshold=500, voi=voi))


KINDS = pytest.mark.parametrize("kind", [binary, grey])


def smi(found: Segmentation) -> float:
    index = structure_model_index(surface_sums(found))
    assert index is not None
    return index


@KINDS
@pytest.mark.parametrize("radius", [6, 12])
def test_ball(kind: Callable, radius: float) -> None:
    assert smi(kind(ball(radius, radius + 5))) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("radius", [5, 10])
def test_ball_centred_on_a_voxel_with_its_one_voxel_poles(radius: float) -> None:
    assert smi(binary(ball(radius, radius + 5, (0.0, 0.0, 0.0)))) == pytest.approx(4, abs=0.1)


@KINDS
def test_ball_of_stretched_voxels(kind: Callable) -> None:
    spacing = (2.0, 1.0, 1.0)
    assert smi(kind(ball(18, 24, spacing=spacing), spacing)) == pytest.approx(4, abs=0.1)


@KINDS
@pytest.mark.parametrize("along", [0, 1, 2])
@pytest.mark.parametrize("radius", [4, 8])
def test_rod_cut_by_the_border(kind: Callable, radius: float, along: int) -> None:
    assert smi(kind(rod(radius, radius + 5, along))) == pytest.approx(3, abs=0.1)


@KINDS
@pytest.mark.parametrize("thickness", [3, 8])
@pytest.mark.parametrize("normal", [(1.0, 0.0, 0.0), (0.0, 1.0, 5.0), (1.0, 2.0, 3.0)])
def test_plate_cut_by_a_ball(kind: Callable, thickness: float, normal: Triple) -> None:
    grid = Grid((47, 47, 47), CUBIC)
    voi = Mask(Scan((ball(20, 23, (0.0, 0.0, 0.0)) <= 0).astype(np.uint8), grid, Meaning.LABELS))
    assert smi(kind(plate(thickness, 23, normal), CUBIC, voi)) == pytest.approx(0, abs=0.02)


@KINDS
def test_a_volume_of_interest_shares_the_surface_it_cuts(kind: Callable) -> None:
    """A ball of interest around an oblique plate: two discs, and the slice between them."""
    grid = Grid((53, 53, 53), CUBIC)
    radius, thickness = 22.6, 8.0
    voi = Mask(Scan((ball(radius, 26, (0.0, 0.0, 0.0)) <= 0).astype(np.uint8), grid, Meaning.LABELS))
    sums = surface_sums(kind(plate(thickness, 26, (1.0, 2.0, 3.0)), CUBIC, voi))
    low, high = 0.27 - thickness / 2, 0.27 + thickness / 2
    area = math.pi * (2 * radius**2 - low**2 - high**2)
    volume = math.pi * (radius**2 * thickness - (high**3 - low**3) / 3)
    assert sums.area_mm2 == pytest.approx(area, rel=0.01)
    # As many voxel centres lie in a binary plate as may, 2.6 % too few here.
    assert sums.volume_mm3 == pytest.approx(volume, rel=0.03 if kind is binary else 0.01)


@KINDS
def test_a_hole_counts_against_a_ball(kind: Callable) -> None:
    """All concave: S' of a hole of radius R is -8πR, and bone is all around it."""
    sums = surface_sums(kind(-ball(12, 17)))
    assert sums.concave > 0.98
    assert sums.growth_mm == pytest.approx(-8 * math.pi * 12, rel=0.02)


@KINDS
@pytest.mark.parametrize("depth", [0.0, 6.0, 12.0])
def test_cap_cut_by_the_border_keeps_its_curvature(kind: Callable, depth: float) -> None:
    """Growth over area is 2 / R, whatever is cut away; smoothing straightens the last voxels of a binary."""
    half, radius = 23.0, 18.0
    sums = surface_sums(kind(ball(radius, half, (half + 0.5 - depth, 0.0, 0.0))))
    assert sums.growth_mm / sums.area_mm2 == pytest.approx(2 / radius, rel=0.07 if kind is binary else 0.02)


def network() -> NDArray[np.uint16]:
    field = gaussian_filter(np.random.default_rng(11).normal(size=(32, 30, 36)), 3)
    return (1000 * np.exp(-((field / field.std()) ** 2))).astype(np.uint16)


def drawn() -> NDArray[np.uint8]:
    mask = np.zeros((32, 30, 36), dtype=np.uint8)
    mask[3:-5, 4:-3, 2:-6] = 1
    mask[10:20, :12, :15] = 0
    return mask


def found_in(
    stored: NDArray[np.uint16], mask: NDArray[np.uint8] | None, spacing: Triple, as_binary: bool
) -> Segmentation:
    grid = Grid(stored.shape, spacing)
    voi = None if mask is None else Mask(Scan(mask, grid, Meaning.LABELS))
    if as_binary:
        return segment(Scan(stored >= 600, grid, Meaning.LABELS), Settings(binary=True, voi=voi))
    settings = Settings(threshold=600, gaussian_voxels=0.8, largest=True, voi=voi)
    return segment(Scan(stored, grid, Meaning.RAW), settings)


WAYS = [(a, m) for a in (False, True) for m in (False, True)]


@pytest.mark.parametrize(("as_binary", "masked"), WAYS)
def test_mirror_and_turn_change_nothing_beyond_round_off(as_binary: bool, masked: bool) -> None:
    stored, mask = network(), drawn() if masked else None
    plain = surface_sums(found_in(stored, mask, SPACING, as_binary))
    moves = [(lambda a, n=n: np.flip(a, n).copy(), SPACING) for n in range(3)]
    moves += [
        (lambda a, o=order: a.transpose(o).copy(), tuple(SPACING[i] for i in order))
        for order in ((1, 2, 0), (2, 0, 1), (1, 0, 2))
    ]
    for move, spacing in moves:
        moved = found_in(move(stored), None if mask is None else move(mask), spacing, as_binary)
        sums = surface_sums(moved)
        assert sums.area_mm2 == pytest.approx(plain.area_mm2, rel=1e-9)
        assert sums.growth_mm == pytest.approx(plain.growth_mm, rel=1e-9)
        assert sums.volume_mm3 == pytest.approx(plain.volume_mm3, rel=1e-9)


@pytest.mark.parametrize(("as_binary", "masked"), WAYS)
def test_slabs_and_threads_change_no_digit(as_binary: bool, masked: bool) -> None:
    found = found_in(network(), drawn() if masked else None, SPACING, as_binary)
    plain = surface_sums(found)
    for thickness, threads in ((1, 1), (2, 2), (7, 3), (100, 2)):
        sums = surface_sums(found, thickness=thickness, threads=threads)
        assert (sums.area_mm2, sums.growth_mm, sums.concave) == (
            plain.area_mm2,
            plain.growth_mm,
            plain.concave,
        )
        assert (sums.facing_mm2 == plain.facing_mm2).all()


def test_the_area_is_that_of_marching_cubes_by_tables() -> None:
    """They differ where a polygon is bent."""
    found = found_in(network(), None, SPACING, False)
    planes = surface_field(found)(0, found.bone.shape[0])
    inner = np.zeros(found.bone.shape, dtype=bool)
    inner[2:-2, 2:-2, 2:-2] = True
    expected = []
    for corner in itertools.product((0, 1), repeat=3):  # a cell counts by the share of its corners inside
        part = tuple(slice(2 - c, n - 1 - c) for c, n in zip(corner, planes.shape, strict=True))
        points, faces, _, _ = marching_cubes(planes[part], 0.0, spacing=SPACING)
        expected.append(mesh_surface_area(points, faces))
    sums = surface_sums(replace(found, voi=inner))
    assert sums.area_mm2 == pytest.approx(np.mean(expected), rel=5e-3)


def test_index_does_not_depend_on_the_size_of_the_voxel() -> None:
    small, large = (found_in(network(), None, (s, s, s), False) for s in (0.01, 0.05))
    assert smi(small) == pytest.approx(smi(large), rel=1e-9)


def test_touching_corners_are_joined_or_not_by_the_saddle_between_them() -> None:
    """Two square rods that share an edge: one neck or two bodies, by the mean value there."""
    areas = []
    for level in (400, 600):
        stored = np.zeros((7, 8, 8), dtype=np.uint16)
        stored[:, 2:4, 2:4] = stored[:, 4:6, 4:6] = 1000
        scan = Scan(stored, Grid(stored.shape, CUBIC), Meaning.RAW)
        areas.append(surface_sums(segment(scan, Settings(threshold=level, gaussian_voxels=0.05))))
    cut = math.sqrt(2)
    joined = 8 + 6 * 0.6 * cut + 2 * 0.4 * cut
    apart = 8 + 8 * 0.4 * cut
    assert [a.area_mm2 / 7 for a in areas] == pytest.approx([joined, apart], rel=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4, 5), (2, 2, 2), (2, 1, 6), (3, 3, 3)])
def test_small_arrays_have_finite_sums(shape: tuple[int, int, int]) -> None:
    bone = np.zeros(shape, dtype=np.uint8)
    bone[:, :, : shape[2] // 2] = 1
    sums = surface_sums(segment(Scan(bone, Grid(shape, CUBIC), Meaning.LABELS), Settings(binary=True)))
    assert sums.area_mm2 == pytest.approx(shape[0] * shape[1], rel=1e-5)
    assert sums.growth_mm == pytest.approx(0, abs=1e-5)
