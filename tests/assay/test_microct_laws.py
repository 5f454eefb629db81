"""What must not change when a scan is mirrored, turned or re-spaced, and what must grow with bone.

Volumes and surface stay to round-off.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct import Morphometry, Settings, measure
from spondyl.volume import Grid, Meaning, Scan

SPACING = (0.03, 0.02, 0.01)


def network() -> np.ndarray:
    field = gaussian_filter(np.random.default_rng(11).normal(size=(40, 36, 44)), 3)
    return (1000 * np.exp(-((field / field.std()) ** 2))).astype(np.uint16)


def grey(stored: np.ndarray, spacing: tuple[float, float, float] = SPACING) -> Morphometry:
    scan = Scan(stored, Grid(stored.shape, spacing), Meaning.RAW)
    return measure(scan, Settings(threshold=600, gaussian_voxels=0.8, largest=True), architecture=False)


def binary(stored: np.ndarray, spacing: tuple[float, float, float] = SPACING) -> Morphometry:
    scan = Scan(stored >= 600, Grid(stored.shape, spacing), Meaning.LABELS)
    return measure(scan, Settings(binary=True, largest=True), architecture=False)


KINDS = pytest.mark.parametrize("kind", [grey, binary])
EXACT = ("tv_mm3", "bv_mm3", "bv_tv")


def numbers(found: Morphometry, names: tuple[str, ...] = EXACT) -> list[float]:
    return [getattr(found, name) for name in names]


@KINDS
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_mirror(kind: object, axis: int) -> None:
    plain, mirrored = kind(network()), kind(np.flip(network(), axis))
    assert numbers(mirrored) == pytest.approx(numbers(plain), rel=1e-12)
    assert mirrored.bs_mm2 == pytest.approx(plain.bs_mm2, rel=1e-10)


@KINDS
@pytest.mark.parametrize("order", [(1, 2, 0), (2, 0, 1), (1, 0, 2)])
def test_turn(kind: object, order: tuple[int, int, int]) -> None:
    plain = kind(network())
    turned = kind(np.transpose(network(), order), tuple(SPACING[i] for i in order))
    assert numbers(turned) == pytest.approx(numbers(plain), rel=1e-12)
    assert turned.bs_mm2 == pytest.approx(plain.bs_mm2, rel=1e-10)


@KINDS
def test_volume_goes_with_the_cube_of_the_spacing_and_surface_with_its_square(kind: object) -> None:
    plain = kind(network())
    wide = kind(network(), tuple(2.5 * s for s in SPACING))
    assert wide.bv_tv == plain.bv_tv
    assert wide.tv_mm3 == pytest.approx(2.5**3 * plain.tv_mm3, rel=1e-12)
    assert wide.bv_mm3 == pytest.approx(2.5**3 * plain.bv_mm3, rel=1e-12)
    assert wide.bs_mm2 == pytest.approx(2.5**2 * plain.bs_mm2, rel=1e-9)
    assert wide.bs_bv_per_mm == pytest.approx(plain.bs_bv_per_mm / 2.5, rel=1e-9)


@KINDS
def test_ratios_follow_from_the_volumes(kind: object) -> None:
    found = kind(network())
    assert found.bv_tv == pytest.approx(found.bv_mm3 / found.tv_mm3, rel=1e-12)
    assert found.bs_bv_per_mm == pytest.approx(found.bs_mm2 / found.bv_mm3, rel=1e-12)
    assert found.bs_tv_per_mm == pytest.approx(found.bs_mm2 / found.tv_mm3, rel=1e-12)


SHAPES = arrays.array_shapes(min_dims=3, max_dims=3, min_side=1, max_side=7)
VOLUMES = SHAPES.flatmap(
    lambda shape: st.tuples(arrays.arrays(np.bool_, shape), arrays.arrays(np.bool_, shape))
).filter(lambda pair: pair[0].any() and not (pair[0] | pair[1]).all())


@given(VOLUMES)
@examples(max_examples=60, deadline=None, derandomize=True)
def test_adding_bone_never_lowers_the_fraction(pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Also: whatever the voxels, the numbers are finite and the fraction is the count."""
    bone, more = pair
    grid = Grid(bone.shape, SPACING)
    less, plenty = (
        measure(Scan(b, grid, Meaning.LABELS), Settings(binary=True), architecture=False)
        for b in (bone, bone | more)
    )
    assert plenty.bv_tv >= less.bv_tv
    assert less.bv_tv == bone.sum() / bone.size
    assert np.isfinite(less.bs_mm2)
    assert less.bs_mm2 >= 0


@given(
    arrays.arrays(np.int16, SHAPES, elements=st.integers(-2000, 2000)),
    st.integers(-2500, 2500),
    st.sampled_from([0, 0.5, 1.0]),
)
@examples(max_examples=60, deadline=None, derandomize=True)
def test_a_higher_threshold_never_finds_more_bone(stored: np.ndarray, threshold: int, sigma: float) -> None:
    from spondyl.errors import MeasurementError

    scan = Scan(stored, Grid(stored.shape, SPACING), Meaning.HOUNSFIELD)
    try:
        low = measure(scan, Settings(threshold=threshold, gaussian_voxels=sigma), architecture=False)
        high = measure(scan, Settings(threshold=threshold + 50, gaussian_voxels=sigma), architecture=False)
    except MeasurementError:
        return
    assert high.bv_tv <= low.bv_tv
    assert 0 < low.bv_tv < 1
    assert np.isfinite(low.bs_mm2)
