"""The local threshold on shaded and unevenly mineralised bone, where no global one can be right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.local_threshold import local_threshold
from spondyl.assay.microct.otsu import otsu
from spondyl.assay.microct.smoothing import filtered
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan

SHAPE = (48, 48, 56)


def network() -> np.ndarray:
    field = gaussian_filter(np.random.default_rng(8).standard_normal(SHAPE), 2.5)
    return field > 0.4 * field.std()


def scan_of(values: np.ndarray) -> Scan:
    return Scan(values.astype(np.float32), Grid(values.shape, (0.02,) * 3), Meaning.DENSITY)


def shaded(noise: float = 30.0) -> tuple[Scan, np.ndarray]:
    """Bone 600 above its marrow, on a ground that rises by 600 from left to right."""
    bone = network()
    values = np.where(bone, 600.0, 0.0) + 600 * np.linspace(0, 1, SHAPE[2])
    values = gaussian_filter(values, 0.8) + noise * np.random.default_rng(9).standard_normal(SHAPE)
    return scan_of(values), bone


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return float(2 * (a & b).sum() / (a.sum() + b.sum()))


def test_it_follows_shading_where_the_best_global_threshold_cannot() -> None:
    scan, bone = shaded()
    field = filtered(scan, 0.5)
    found = local_threshold(field, otsu(field), window_voxels=6)
    values = field.slab(0, SHAPE[0])
    best = max(dice(values >= level, bone) for level in range(0, 1200, 10))
    assert found.settled
    assert dice(found.bone, bone) > 0.94
    assert best < 0.85
    assert found.lowest < 450 < 750 < found.highest
    assert "σ = 6 voxels" in found.describe()


def test_on_even_bone_it_lies_near_the_middle() -> None:
    bone = network()
    scan = scan_of(gaussian_filter(np.where(bone, 800.0, 0.0), 0.8))
    found = local_threshold(filtered(scan, 0), 400.0)
    # Voxels cut by the surface pull the mean of thin bone down more than that of the wide marrow up.
    assert 350 < found.middle < 400
    assert dice(found.bone, bone) > dice(scan.values() >= 400, bone) - 0.005


@pytest.mark.parametrize("window", [3.0, 6.0])
def test_slabs_change_no_voxel(window: float) -> None:
    scan, _ = shaded()
    field = filtered(scan, 0.5, keep_bytes=0)
    first, *others = (local_threshold(field, 600.0, window_voxels=window, thickness=n) for n in (64, 7, 16))
    for other in others:
        np.testing.assert_array_equal(other.bone, first.bone)
        assert (other.lowest, other.middle, other.highest) == (first.lowest, first.middle, first.highest)
        assert (other.followed, other.rounds) == (first.followed, first.rounds)


@pytest.mark.parametrize(("slope", "intercept"), [(2.0, 0.0), (0.25, -1000.0)])
def test_the_unit_of_the_values_does_not_matter(slope: float, intercept: float) -> None:
    scan, _ = shaded()
    other = Scan(scan.stored, scan.grid, Meaning.RAW, slope, intercept)
    plain = local_threshold(filtered(scan, 0), 600.0)
    turned = local_threshold(filtered(other, 0), 600 * slope + intercept)
    assert np.count_nonzero(plain.bone != turned.bone) <= 5  # round-off at the threshold
    assert turned.middle == pytest.approx(plain.middle * slope + intercept, rel=1e-5)


def test_mirrored() -> None:
    scan, _ = shaded()
    plain = local_threshold(filtered(scan, 0), 600.0)
    turned = local_threshold(filtered(scan_of(scan.stored[:, ::-1]), 0), 600.0)
    assert np.count_nonzero(turned.bone[:, ::-1] != plain.bone) <= 5


def test_where_there_is_only_marrow_the_global_threshold_stays() -> None:
    values = np.random.default_rng(1).normal(0, 50, (24, 24, 120))
    values[:, :, :12] += np.where(np.arange(12) % 6 < 3, 800, 0)
    found = local_threshold(filtered(scan_of(values), 0), 400.0, window_voxels=3)
    assert not found.bone[:, :, 40:].any()
    assert found.followed < 0.3


@pytest.mark.parametrize("window", [0.5, 25.0, float("nan")])
def test_an_impossible_window(window: float) -> None:
    with pytest.raises(MeasurementError, match="must lie between 1 voxel and half the shortest edge"):
        local_threshold(filtered(shaded()[0], 0), 600.0, window_voxels=window)


@pytest.mark.parametrize(("start", "words"), [(1e6, "no bone"), (-1e6, "nothing but bone")])
def test_a_start_that_finds_nothing(start: float, words: str) -> None:
    with pytest.raises(MeasurementError, match=words):
        local_threshold(filtered(shaded()[0], 0), start)
