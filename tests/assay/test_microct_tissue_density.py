"""Density of bone away from its surface, against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.tissue_density import tmd_without_rim
from spondyl.errors import MeasurementError
from spondyl.volume import Grid, Meaning, Scan


def scan_of(values: np.ndarray, meaning: Meaning = Meaning.DENSITY, **calibration: float) -> Scan:
    return Scan(values, Grid(values.shape, (0.02, 0.02, 0.02)), meaning, **calibration)


def plate(thickness: int) -> tuple[Scan, np.ndarray]:
    """A plate of 800 mg HA/cm³ in marrow of zero, blurred as by a scanner."""
    bone = np.zeros((20, 30, 20), dtype=bool)
    bone[:, 10 : 10 + thickness] = True
    return scan_of(gaussian_filter(800.0 * bone, 0.7, mode="nearest")), bone


def neighbours(mask: np.ndarray, outside: bool) -> np.ndarray:
    """The plain definition: all six face neighbours, beyond the array `outside`."""
    padded = np.pad(mask, 1, constant_values=outside)
    kept = mask.copy()
    for axis in range(3):
        for step in (-1, 1):
            kept &= np.roll(padded, step, axis)[1:-1, 1:-1, 1:-1]
    return kept


def test_the_rim_lowers_the_plain_mean_and_not_this_one() -> None:
    scan, bone = plate(9)
    plain = float(scan.values()[bone].mean())
    found = tmd_without_rim(scan, bone)
    assert found is not None
    assert plain < 770
    assert found.mgha_cm3 == pytest.approx(800, rel=0.01)
    assert (found.voxels, found.share) == (20 * 7 * 20, 7 / 9)


def test_against_the_plain_definition_with_a_calibration() -> None:
    rng = np.random.default_rng(4)
    field = gaussian_filter(rng.standard_normal((70, 80, 90)), 2)
    bone = field > 0
    voi = gaussian_filter(rng.standard_normal(bone.shape), 6) > 0
    scan = scan_of((1000 * field).astype(np.float32), slope=0.5, intercept=300.0)
    found = tmd_without_rim(scan, bone & voi, voi)
    kept = neighbours((bone & voi) | ~voi, outside=True) & bone & voi
    assert found is not None
    assert found.voxels == int(kept.sum())
    assert found.mgha_cm3 == pytest.approx(float(scan.values()[kept].mean()), rel=1e-12)
    assert found.share == pytest.approx(kept.sum() / (bone & voi).sum())


def test_cut_faces_are_no_surface() -> None:
    solid = np.ones((6, 6, 6), dtype=bool)
    voi = np.zeros_like(solid)
    voi[1:4, 2:5, 2:5] = True
    for bone, inside in ((solid, None), (solid & voi, voi)):
        found = tmd_without_rim(scan_of(np.full(solid.shape, 700.0)), bone, inside)
        assert found is not None
        assert (found.mgha_cm3, found.share) == (700.0, 1.0)


def test_bone_two_voxels_thick_has_no_core() -> None:
    found = tmd_without_rim(*plate(2))
    assert found is not None
    assert (found.mgha_cm3, found.voxels, found.share) == (None, 0, 0.0)


def test_thicker_never_has_a_smaller_core() -> None:
    shares = [tmd_without_rim(*plate(n)).share for n in range(2, 12)]  # type: ignore[union-attr]
    assert shares == sorted(shares)


def test_raw_values_have_no_density() -> None:
    scan, bone = plate(5)
    assert tmd_without_rim(scan_of(scan.values(), Meaning.RAW), bone) is None


def test_masks_that_do_not_fit() -> None:
    scan, bone = plate(5)
    with pytest.raises(MeasurementError, match=r"bone of shape \(3, 3, 3\); the scan has shape"):
        tmd_without_rim(scan, np.ones((3, 3, 3), dtype=bool))
    with pytest.raises(MeasurementError, match="volume of interest of shape"):
        tmd_without_rim(scan, bone, np.ones((3, 3, 3), dtype=bool))
    with pytest.raises(MeasurementError, match="found no bone"):
        tmd_without_rim(scan, np.zeros_like(bone))
