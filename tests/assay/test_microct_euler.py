"""Euler number of shapes of known topology, connectivity of random fields of known expectation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.shape import topology

Bone = NDArray[np.bool_]
SPACING = (0.03, 0.02, 0.01)


def box(*corners: tuple[int, int]) -> tuple[slice, ...]:
    return tuple(slice(a, b) for a, b in corners)


def empty() -> Bone:
    return np.zeros((16, 17, 18), dtype=bool)


def ball(radius: float = 5.3) -> Bone:
    z, y, x = np.ogrid[:16, :17, :18]
    return (z - 8) ** 2 + (y - 8) ** 2 + (x - 8) ** 2 <= radius**2


def shell() -> Bone:
    return ball() & ~ball(3.2)


def torus() -> Bone:
    z, y, x = np.ogrid[:16, :17, :18]
    return np.asarray((np.hypot(y - 8, x - 8) - 4.5) ** 2 + (z - 8) ** 2 <= 2.2**2)


def two_holes() -> Bone:
    bone = empty()
    bone[box((6, 9), (3, 13), (3, 15))] = True
    bone[box((6, 9), (6, 10), (5, 8))] = bone[box((6, 9), (6, 10), (10, 13))] = False
    return bone


def frame_of_a_cube() -> Bone:
    """Twelve struts, eight knots: eight parts minus twelve joints."""
    bone = empty()
    bone[box((3, 12), (3, 12), (3, 12))] = True
    for axis in range(3):
        bone[tuple(slice(3, 12) if i == axis else slice(5, 10) for i in range(3))] = False
    return bone


def diagonal_strut() -> Bone:
    bone = empty()
    for i in range(3, 12):
        bone[i, i, i] = True
    return bone


def three_balls() -> Bone:
    bone = empty()
    for k in (3, 8, 13):
        bone[box((k - 1, k + 1), (4, 7), (4, 7))] = True
    return bone


SHAPES = [
    (ball, 1),
    (shell, 2),
    (torus, 0),
    (two_holes, -1),
    (frame_of_a_cube, -4),
    (diagonal_strut, 1),
    (three_balls, 3),
    (empty, 0),
]


@pytest.mark.parametrize(("shape", "euler"), SHAPES)
def test_isolated_shape_is_exact_and_needs_no_correction(shape: object, euler: int) -> None:
    found = topology(shape(), None, SPACING)
    assert found.euler == euler
    assert found.euler_corrected == euler
    volume = 16 * 17 * 18 * math.prod(SPACING)
    assert found.conn_d_per_mm3 == pytest.approx((1 - euler) / volume, rel=1e-12)


def test_marrow_is_joined_over_faces_only() -> None:
    """A cavity and the outside that share an edge stay apart; bone voxels that share one are joined."""
    bone = np.zeros((7, 7, 7), dtype=bool)
    bone[1:5, 1:5, 1:5] = True
    bone[2, 2, 2] = False
    assert topology(bone, None, SPACING).euler == 2
    bone[1, 1, 2] = False  # meets the cavity along an edge
    assert topology(bone, None, SPACING).euler == 2
    bone[1, 2, 2] = False  # opens it
    assert topology(bone, None, SPACING).euler == 1


@given(arrays.arrays(np.bool_, arrays.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=4)))
def test_any_voxels_count_as_their_cells_do(bone: Bone) -> None:
    """Vertices minus edges plus faces minus voxels, each cell once."""
    cells: set[tuple[int, ...]] = set()
    for voxel in np.argwhere(bone):
        for move in itertools.product((-1, 0, 1), repeat=3):
            cells.add(tuple(int(2 * v + 1 + m) for v, m in zip(voxel, move, strict=True)))
    euler = sum((-1) ** sum(c % 2 for c in cell) for cell in cells)
    assert topology(bone, None, SPACING).euler == euler


def field(seed: int, sigma: float, edge: int = 90) -> Bone:
    noise = np.random.default_rng(seed).standard_normal((edge, edge, edge), dtype=np.float32)
    return np.asarray(gaussian_filter(noise, sigma, mode="wrap") > 0)


def expected_per_voxel(sigma: float) -> float:
    """Adler 1981: for a Gaussian field above its mean, -λ^1.5 / 4π², λ its second spectral moment."""
    return -((1 / (2 * sigma**2)) ** 1.5) / (4 * math.pi**2)


@pytest.mark.parametrize("boxed", [False, True])
def test_connectivity_of_random_fields_is_within_five_percent_of_its_expectation(boxed: bool) -> None:
    """Twenty realisations; the plain count of the same falls short by more than the tolerance."""
    edge, sigma = 90, 3.0
    voi = np.zeros((edge, edge, edge), dtype=bool)
    voi[box((10, 80), (5, 90), (0, 80))] = True
    volume = (np.count_nonzero(voi) if boxed else voi.size) * 0.1**3
    found, plain = [], []
    for seed in range(20):
        counted = topology(field(seed, sigma), voi if boxed else None, (0.1, 0.1, 0.1))
        found.append(counted.conn_d_per_mm3)
        plain.append((1 - counted.euler) / volume)
    expected = -expected_per_voxel(sigma) / 0.1**3
    assert np.mean(found) == pytest.approx(expected, rel=0.05)
    assert np.mean(plain) < 0.95 * np.mean(found)


def test_correction_is_unbiased_for_any_voxels_and_any_volume_of_interest() -> None:
    """Independent voxels: the expectation is the mean over all neighbourhoods of a corner."""
    from spondyl.assay.microct.shape.corners import contributions

    number = np.array([n.bit_count() for n in range(256)])
    share = 0.3
    expected = float((share**number * (1 - share) ** (8 - number) * contributions()).sum()) / 8
    rng = np.random.default_rng(5)
    voi = gaussian_filter(rng.standard_normal((40, 40, 40)), 4) > 0
    densities = []
    for _ in range(40):
        found = topology(rng.random(voi.shape) < share, voi, SPACING)
        densities.append(found.euler_corrected / voi.sum())
    error = np.std(densities) / math.sqrt(len(densities))
    assert np.mean(densities) == pytest.approx(expected, abs=4 * error)
    assert error < 0.02 * abs(expected)


def test_slabs_and_threads_change_no_digit() -> None:
    bone = field(3, 2.0, 41)
    voi = field(4, 6.0, 41)
    for inside in (None, voi):
        plain = topology(bone, inside, SPACING)
        for thickness, threads in ((1, 1), (2, 2), (7, 3), (100, 2)):
            assert topology(bone, inside, SPACING, thickness=thickness, threads=threads) == plain


@pytest.mark.parametrize("inside", [False, True])
def test_mirror_and_turn_change_no_digit(inside: bool) -> None:
    bone, voi = field(3, 2.0, 30)[:25, :, :28], field(4, 6.0, 30)[:25, :, :28] if inside else None
    plain = topology(bone, voi, SPACING)
    for axis in range(3):
        assert topology(np.flip(bone, axis), None if voi is None else np.flip(voi, axis), SPACING) == plain
    for order in ((1, 2, 0), (2, 0, 1), (1, 0, 2)):
        turned = topology(
            bone.transpose(order),
            None if voi is None else voi.transpose(order),
            tuple(SPACING[i] for i in order),
        )
        assert (turned.euler, turned.euler_corrected) == (plain.euler, plain.euler_corrected)
        assert turned.conn_d_per_mm3 == pytest.approx(plain.conn_d_per_mm3, rel=1e-12)


def test_what_lies_outside_the_volume_of_interest_does_not_count() -> None:
    voi = np.zeros((16, 17, 18), dtype=bool)
    voi[2:15, 2:15, 2:15] = True
    bone = torus()
    outside = bone | ~voi
    assert topology(outside, voi, SPACING) == topology(bone, voi, SPACING)


def test_one_slice_has_no_correction() -> None:
    found = topology(torus()[8:9], None, SPACING)
    assert found.euler == 0
    assert found.euler_corrected is None
    assert found.conn_d_per_mm3 is None
