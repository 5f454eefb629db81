"""The three-phase phantom: repeatable, and made of what it says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, gaussian_filter

from spondyl.assay.microct import phantom as module
from spondyl.assay.microct.phantom import Imaging, Phase, in_vivo, materials
from spondyl.errors import MeasurementError
from spondyl.quantity import shipped

EDGE = 60
phantom = cache(module.phantom)
CLEAN = Imaging(20.0, 0.0, 0.0, 0.0)
PURE = replace(materials(), bone_spread=0.0, granule_spread=0.0, texture=0.0, new_bone=800.0)


def deep(mask: np.ndarray) -> np.ndarray:
    return np.asarray(binary_erosion(mask, np.ones((3, 3, 3)), border_value=1))


def test_the_same_seed_gives_the_same_phantom_and_another_another() -> None:
    first, again, other = (
        phantom(3, in_vivo(), edge=EDGE),
        module.phantom(3, edge=EDGE),
        phantom(4, edge=EDGE),
    )
    np.testing.assert_array_equal(first.truth, again.truth)
    np.testing.assert_array_equal(first.values, again.values)
    assert np.mean(first.truth != other.truth) > 0.2


def test_noise_and_blur_do_not_change_the_truth() -> None:
    np.testing.assert_array_equal(phantom(3, CLEAN, edge=EDGE).truth, phantom(3, in_vivo(), edge=EDGE).truth)


def test_without_blur_and_noise_each_phase_has_its_density() -> None:
    shown = phantom(5, CLEAN, PURE, edge=EDGE)
    expected = {Phase.SOFT: PURE.soft, Phase.BONE: PURE.bone, Phase.SCAFFOLD: PURE.scaffold}
    for phase, density in expected.items():
        inside = deep(shown.truth == phase)
        assert inside.sum() > 500
        # A voxel whose neighbours' centres are all of its phase may still be cut by a corner.
        assert np.median(shown.values[inside]) == pytest.approx(density, rel=1e-6)
    assert shown.values.min() == pytest.approx(PURE.soft)
    assert shown.values.max() == pytest.approx(PURE.scaffold)


def test_partial_voxels_hold_the_mean_of_their_parts() -> None:
    shown = phantom(5, CLEAN, PURE, edge=EDGE)
    # Marrow and bone only: in the far end of the phantom there are no granules.
    part = shown.values[-12:]
    share = (part - PURE.soft) / (PURE.bone - PURE.soft) * 27
    np.testing.assert_allclose(share, np.rint(share), atol=1e-4)
    assert 0 < np.mean((share > 0.5) & (share < 26.5)) < 0.2


def test_the_truth_is_the_phase_at_the_centre() -> None:
    shown = phantom(5, CLEAN, PURE, edge=EDGE)
    bone, part = (shown.truth == Phase.BONE)[-12:], shown.values[-12:]
    for axis in range(3):
        first, last = (np.moveaxis(a, axis, 0) for a in (bone, part))
        upper = last[:-1][first[:-1] & ~first[1:]].mean()
        lower = last[1:][first[1:] & ~first[:-1]].mean()
        # Voxels at the two ends of bone are cut alike; a truth off by a third of a voxel parts them by 200.
        assert upper == pytest.approx(lower, abs=60)


def test_the_point_spread_and_the_noise_are_those_asked_for() -> None:
    imaging = Imaging(20.0, 0.8, 50.0, 0.5)
    clean, blurred = phantom(5, CLEAN, edge=EDGE), phantom(5, replace(imaging, noise_mgha_cm3=0.0), edge=EDGE)
    expected = gaussian_filter(clean.values, 0.8, mode="nearest", truncate=4)
    np.testing.assert_allclose(blurred.values, expected, atol=1e-9)
    noise = phantom(5, imaging, edge=EDGE).values - blurred.values
    assert noise.std() == pytest.approx(50.0, rel=1e-9)
    alike = np.mean(noise[1:] * noise[:-1]) / noise.var()
    assert alike == pytest.approx(0.26, abs=0.02)  # of a Gaussian of half a voxel, sampled


def test_shares_and_sizes() -> None:
    shown = phantom(3, in_vivo(), edge=EDGE)
    lower, upper = shown.truth[:30], shown.truth[-15:]
    assert 0.15 < np.mean(lower == Phase.SCAFFOLD) < 0.5
    assert not np.any(upper == Phase.SCAFFOLD)
    assert 0.05 < np.mean(upper == Phase.BONE) < 0.35
    # Struts of at most eight voxels: nothing is left five voxels below the surface, but at their nodes.
    bone = shown.truth == Phase.BONE
    core = binary_erosion(bone, iterations=5, border_value=0)
    assert core.sum() < 0.005 * bone.sum()


def test_materials_come_from_the_table() -> None:
    table = dict(shipped()["assay/microct"])
    table["tcp_microporosity"] = replace(table["tcp_microporosity"], value=0.5)
    table["in_vivo_noise"] = replace(table["in_vivo_noise"], value=33.0)
    assert materials(table).scaffold == pytest.approx(1540)
    assert materials().scaffold == pytest.approx(1232)
    assert in_vivo(table).noise_mgha_cm3 == 33.0
    assert in_vivo().blur_voxels == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"voxel_um": 0.0}, "voxel_um: found 0"),
        ({"blur_voxels": -1.0}, "blur_voxels: found -1"),
        ({"noise_mgha_cm3": float("nan")}, "noise_mgha_cm3: found nan"),
        ({"grain_voxels": 9.0}, "must lie between 0 and 5"),
    ],
)
def test_an_impossible_scanner(change: dict[str, float], words: str) -> None:
    with pytest.raises(MeasurementError, match=words):
        replace(in_vivo(), **change)


def test_too_small_for_granules() -> None:
    with pytest.raises(MeasurementError, match="an edge of 40 voxels; must be at least 60"):
        phantom(1, edge=40)
