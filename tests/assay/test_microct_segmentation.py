"""Threshold, filter, parts and densities against plain whole-array definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, label
from skimage.filters import threshold_otsu

from spondyl.assay.microct import Box, Settings, measure, segment
from spondyl.assay.microct.census import take
from spondyl.assay.microct.otsu import otsu
from spondyl.assay.microct.smoothing import filtered
from spondyl.volume import Grid, Meaning, Scan

VOXEL = (0.02, 0.02, 0.02)


def noise(shape: tuple[int, int, int] = (37, 24, 29), seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    field = gaussian_filter(rng.normal(size=shape), 2)
    return (1000 + 400 * field / field.std() + 30 * rng.normal(size=shape)).astype(np.int16)


def scan_of(stored: np.ndarray, meaning: Meaning = Meaning.RAW, **calibration: float) -> Scan:
    return Scan(stored, Grid(stored.shape, VOXEL), meaning, **calibration)


@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0, 2.3])
@pytest.mark.parametrize("thickness", [1, 3, 8, 64])
@pytest.mark.parametrize("keep_bytes", [0, 2**20])
def test_filtered_slabs_equal_the_filtered_whole(sigma: float, thickness: int, keep_bytes: int) -> None:
    scan = scan_of(noise())
    whole = gaussian_filter(noise().astype(float), sigma, mode="nearest", truncate=4) if sigma else noise()
    field = filtered(scan, sigma, keep_bytes=keep_bytes)
    for start, stop in scan.slabs(thickness):
        np.testing.assert_array_equal(field.slab(start, stop), whole[start:stop])


@pytest.mark.parametrize("thickness", [1, 5, 64])
def test_otsu_equals_the_whole_array_method(thickness: int) -> None:
    scan = scan_of(noise())
    whole = gaussian_filter(noise().astype(float), 1.0, mode="nearest", truncate=4)
    assert otsu(filtered(scan, 1.0), thickness) == pytest.approx(threshold_otsu(whole, nbins=256), rel=1e-12)


def test_slab_thickness_changes_no_number() -> None:
    scan = scan_of(noise(), Meaning.DENSITY)
    settings = Settings(gaussian_voxels=1.2, largest=True, voi=Box((2, 35), (1, 20), (3, 28)))
    first, *others = (segment(scan, settings, thickness=n) for n in (64, 1, 2, 7))
    for other in others:
        assert other.threshold == first.threshold
        assert other.parts == first.parts
        assert other.census == first.census
        np.testing.assert_array_equal(other.bone, first.bone)
        np.testing.assert_array_equal(other.histogram.counts, first.histogram.counts)


def test_a_value_at_the_threshold_is_bone() -> None:
    stored = np.array([[[10, 20, 30, 40]]], dtype=np.uint8)
    assert segment(scan_of(stored), Settings(threshold=30)).bone.tolist() == [[[False, False, True, True]]]


def test_threshold_is_in_calibrated_values() -> None:
    raw, calibrated = scan_of(noise()), scan_of(noise(), Meaning.DENSITY, slope=0.5, intercept=-200.0)
    a = measure(raw, Settings(threshold=1200), architecture=False)
    b = measure(calibrated, Settings(threshold=400), architecture=False)
    assert (a.bv_tv, b.threshold_unit) == (b.bv_tv, "mg HA/cm3")
    assert b.bs_mm2 == pytest.approx(a.bs_mm2, rel=1e-6)


def test_largest_part_is_face_connected() -> None:
    stored = np.zeros((6, 6, 6), dtype=bool)
    stored[0:2, 0:2, 0:2] = True
    stored[2:5, 2:5, 2:5] = True
    found = segment(scan_of(stored, Meaning.LABELS), Settings(binary=True, largest=True))
    assert (int(found.bone.sum()), found.parts.count, found.parts.removed_voxels) == (27, 2, 8)


def test_largest_part_against_an_independent_labelling() -> None:
    bone = noise() > 1500
    labels, _ = label(bone)
    sizes = np.bincount(labels.ravel())[1:]
    found = segment(scan_of(noise()), Settings(threshold=1501, largest=True))
    assert len(sizes) > 5
    assert int(found.bone.sum()) == sizes.max()
    np.testing.assert_array_equal(found.bone, labels == 1 + sizes.argmax())


@pytest.mark.parametrize("flip", [0, 1, 2])
def test_of_equal_parts_the_first_in_the_array_stays(flip: int) -> None:
    stored = np.zeros((9, 9, 9), dtype=bool)
    stored[1:3, 1:3, 1:3] = stored[6:8, 6:8, 6:8] = stored[1:3, 6:8, 1:3] = True
    stored = np.flip(stored, flip)
    found = segment(scan_of(stored, Meaning.LABELS), Settings(binary=True, largest=True))
    assert int(found.bone.sum()) == 8
    assert np.flatnonzero(found.bone)[0] == np.flatnonzero(stored)[0]


def test_largest_part_is_sought_inside_the_volume_of_interest() -> None:
    stored = np.zeros((10, 10, 10), dtype=bool)
    stored[:, 0:3, 0:3] = True
    stored[:, 5:7, 5:7] = True
    settings = Settings(binary=True, largest=True, voi=Box((0, 10), (4, 10), (4, 10)))
    assert int(segment(scan_of(stored, Meaning.LABELS), settings).bone.sum()) == 40


def test_densities_are_means_of_unfiltered_values() -> None:
    values = noise().astype(float)
    scan = scan_of(noise(), Meaning.DENSITY)
    settings = Settings(threshold=1100, gaussian_voxels=1, voi=Box((5, 30), (4, 20), (2, 25)))
    found = measure(scan, settings, architecture=False)
    part = (slice(5, 30), slice(4, 20), slice(2, 25))
    bone = gaussian_filter(values, 1, mode="nearest", truncate=4)[part] >= 1100
    assert found.tmd_mgha_cm3 == pytest.approx(values[part][bone].mean(), rel=1e-12)
    assert found.bmd_mgha_cm3 == pytest.approx(values[part].mean(), rel=1e-12)


@pytest.mark.parametrize("meaning", [Meaning.RAW, Meaning.HOUNSFIELD])
def test_no_density_without_calibration(meaning: Meaning) -> None:
    found = measure(scan_of(noise(), meaning), Settings(threshold=1100), architecture=False)
    assert found.tmd_mgha_cm3 is None
    assert not {"tmd_mgha_cm3", "bmd_mgha_cm3"} & set(found.as_json())


def test_census_counts_the_ends() -> None:
    stored = np.array([[[3, 3, 9]], [[9, 9, 3]], [[5, 3, 9]]], dtype=np.int16)
    counted = take(scan_of(stored), thickness=1)
    assert (counted.lowest, counted.highest, counted.at_lowest, counted.at_highest) == (3, 9, 4, 4)
    assert not counted.two_valued
    assert take(scan_of(stored[:2]), thickness=1).two_valued
