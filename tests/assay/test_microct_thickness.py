"""Local thickness: exact spheres, known shapes, borders, invariances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from spondyl.assay.microct.thickness import local_thickness, trabecular_number
from spondyl.assay.microct.thickness.distance import NOWHERE, squared_distance
from spondyl.assay.microct.thickness.labels import PHASE, SURROUND, labelled
from spondyl.assay.microct.thickness.paint import Sorted, largest_somewhere, paint
from spondyl.assay.microct.thickness.slabs import slabs
from spondyl.assay.microct.thickness.spheres import collected, needed
from spondyl.errors import MeasurementError

CUBE = (1.0, 1.0, 1.0)
TALL = (2.0, 1.0, 1.0)
EVEN = (1.0, 1.5, 0.75)


def network(shape: tuple[int, int, int], seed: int = 0) -> NDArray[np.bool_]:
    """Return |smoothed white noise| below a level: plates and rods, a quarter of the volume."""
    field = np.abs(gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 3))
    return np.asarray(field < np.quantile(field, 0.25))


def places(edge: float, spacing: tuple[float, float, float]) -> list[NDArray[np.float64]]:
    """Return coordinates of voxel centres from the middle of a cube of the given edge."""
    axes = [(np.arange(round(edge / s)) + 0.5) * s - edge / 2 for s in spacing]
    return list(np.meshgrid(*axes, indexing="ij"))


def plate(
    thickness: float,
    normal: tuple[float, float, float],
    spacing: tuple[float, float, float],
    edge: float,
) -> NDArray[np.bool_]:
    n = np.asarray(normal) / np.linalg.norm(normal)
    z, y, x = places(edge, spacing)
    return np.asarray(np.abs(z * n[0] + y * n[1] + x * n[2] + 0.2) < thickness / 2)


def rod(
    diameter: float, along: tuple[float, float, float], spacing: tuple[float, float, float], edge: float = 48
) -> NDArray[np.bool_]:
    a = np.asarray(along) / np.linalg.norm(along)
    p = np.stack(places(edge, spacing)) + np.array([0.3, 0.1, -0.2])[:, None, None, None]
    off = p - np.tensordot(a, p, 1) * a[:, None, None, None]
    return np.asarray((off**2).sum(0) < diameter**2 / 4)


def shell(thickness: float, inner: float, spacing: tuple[float, float, float]) -> NDArray[np.bool_]:
    z, y, x = places(2 * (inner + thickness) + 8, spacing)
    r = np.sqrt(z**2 + y**2 + x**2)
    return np.asarray((r > inner) & (r < inner + thickness))


def ball(radius: float, edge: int = 24) -> NDArray[np.bool_]:
    z, y, x = places(edge, CUBE)
    return np.asarray(z**2 + y**2 + x**2 < radius**2)


@pytest.mark.parametrize("spacing", [CUBE, TALL, EVEN])
def test_distance_is_that_of_scipy(spacing: tuple[float, float, float]) -> None:
    bone = network((17, 20, 23))
    found = squared_distance(labelled(bone, None), SURROUND, spacing, 1)
    np.testing.assert_allclose(np.sqrt(found), distance_transform_edt(bone, sampling=spacing), rtol=1e-6)


def test_distance_to_nothing_is_nowhere() -> None:
    labels = np.full((3, 4, 5), PHASE, np.uint8)
    assert (squared_distance(labels, SURROUND, CUBE, 1) == NOWHERE).all()


@pytest.mark.parametrize("spacing", [CUBE, TALL, EVEN])
def test_largest_ball_over_every_voxel_is_that_of_exhaustive_search(
    spacing: tuple[float, float, float],
) -> None:
    bone = network((18, 21, 19), seed=1)
    labels = labelled(bone, None)
    squared = squared_distance(labels, SURROUND, spacing, 1)
    whole = (0, 18)
    balls, _ = collected(needed(squared, whole, spacing, 1))
    order = np.argsort(-balls.sizes, kind="stable")
    largest_first = Sorted(balls.places[order], balls.sizes[order])
    found = np.empty(bone.shape, np.float32)
    used = largest_somewhere(labels, whole, largest_first, spacing, 1)
    kept = Sorted(largest_first.places[used], largest_first.sizes[used])
    paint(labels, whole, kept, kept.sizes, spacing, 1, onto=found)
    inside = np.argwhere(bone)
    apart = (((inside[:, None] - inside[None]) * np.array(spacing)) ** 2).sum(-1)
    own = squared[bone].astype(float)
    exact = np.where(apart < own[:, None] * (1 - 1e-6), own[:, None], 0).max(0)
    assert len(kept.places) < len(balls.places) < len(inside)
    np.testing.assert_array_equal(found[bone], exact.astype(np.float32))


@pytest.mark.parametrize("voxels", [1, 2, 3, 4, 5, 8, 9])
def test_plate_along_the_grid_has_as_many_voxels_as_it_has(voxels: int) -> None:
    bone = np.zeros((24, 16, 16), np.bool_)
    bone[7 : 7 + voxels] = True
    found = local_thickness(bone, None, (0.02, 0.01, 0.01), threads=1)
    assert found.mean_mm == pytest.approx(0.02 * voxels, rel=2e-3)
    assert found.sd_mm == pytest.approx(0, abs=4e-4)
    assert found.max_mm == pytest.approx(0.02 * voxels, rel=0.01)


@pytest.mark.parametrize("spacing", [CUBE, TALL])
@pytest.mark.parametrize("normal", [(1, 0.8, 0.3), (1, 1, 1), (1, 0.2, 0.1), (0.3, 1, 0.6)])
@pytest.mark.parametrize("voxels", [5, 8, 12])
def test_oblique_plate(
    voxels: int, normal: tuple[float, float, float], spacing: tuple[float, float, float]
) -> None:
    thickness = voxels * max(spacing)
    found = local_thickness(
        plate(thickness, normal, spacing, max(48, 3 * thickness)), None, spacing, threads=1
    )
    assert found.mean_mm == pytest.approx(thickness, rel=0.02 if voxels >= 8 else 0.05)


@pytest.mark.parametrize("spacing", [CUBE, TALL])
@pytest.mark.parametrize("along", [(1, 1, 0), (1, 1, 1), (0.3, 1, 0.6)])
@pytest.mark.parametrize("voxels", [5, 8, 12])
def test_rod(voxels: int, along: tuple[float, float, float], spacing: tuple[float, float, float]) -> None:
    diameter = voxels * max(spacing)
    found = local_thickness(rod(diameter, along, spacing), None, spacing, threads=1)
    assert found.mean_mm == pytest.approx(diameter, rel=0.02 if voxels >= 8 else 0.05)


@pytest.mark.parametrize("spacing", [CUBE, TALL])
@pytest.mark.parametrize("voxels", [5, 8, 12])
def test_shell(voxels: int, spacing: tuple[float, float, float]) -> None:
    thickness = voxels * max(spacing)
    found = local_thickness(shell(thickness, 14, spacing), None, spacing, threads=1)
    assert found.mean_mm == pytest.approx(thickness, rel=0.02 if voxels >= 8 else 0.05)


@pytest.mark.parametrize("voxels", [8, 9, 12])
def test_plate_at_the_border_is_not_doubled(voxels: int) -> None:
    bone = np.zeros((40, 40, 40), np.bool_)
    bone[:voxels] = True
    found = local_thickness(bone, None, CUBE, threads=1)
    assert found.mean_mm == pytest.approx(voxels, rel=0.05)
    assert found.max_mm < 1.1 * voxels


def test_plate_that_the_border_cuts_across_keeps_its_thickness() -> None:
    bone = np.zeros((30, 20, 20), np.bool_)
    bone[11:19] = True
    found = local_thickness(bone, None, CUBE, threads=1, keep_map=True)
    assert found.map_mm is not None
    np.testing.assert_allclose(found.map_mm[bone], 8, rtol=1e-4)
    assert (found.map_mm[~bone] == 0).all()


def test_volume_of_interest_measures_as_the_array_cut_to_it() -> None:
    bone, voi = network((30, 32, 34), seed=2), np.zeros((30, 32, 34), np.bool_)
    box = (slice(3, 27), slice(4, 30), slice(2, 31))
    voi[box] = True
    masked = local_thickness(bone, voi, CUBE, threads=1)
    cropped = local_thickness(bone[box], None, CUBE, threads=1)
    assert masked.mean_mm == pytest.approx(cropped.mean_mm, rel=1e-6)
    assert masked.below_resolution == pytest.approx(cropped.below_resolution, abs=1e-12)


def test_thin_plate_is_below_resolution_and_a_thick_one_is_not() -> None:
    bone = np.zeros((40, 16, 16), np.bool_)
    bone[6:8] = bone[20:26] = True
    assert local_thickness(bone, None, CUBE, threads=1).below_resolution == pytest.approx(0.25)
    bone[6:8], bone[8:11] = False, True
    assert local_thickness(bone, None, CUBE, threads=1).below_resolution == 0


def turned(bone: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    return [bone[::-1], bone[:, ::-1, ::-1], np.rot90(bone, 1, (0, 1)), np.rot90(bone, 3, (1, 2))]


def test_mirrors_and_quarter_turns_change_nothing() -> None:
    bone = network((36, 36, 36), seed=3)
    for phase in (bone, ~bone):
        given = local_thickness(phase, None, CUBE, threads=1)
        for other in turned(phase):
            found = local_thickness(np.ascontiguousarray(other), None, CUBE, threads=1)
            assert found.mean_mm == pytest.approx(given.mean_mm, rel=1e-6)
            assert found.sd_mm == pytest.approx(given.sd_mm, rel=1e-5)
            assert found.max_mm == pytest.approx(given.max_mm, rel=1e-6)


def test_threads_change_no_bit() -> None:
    bone = network((50, 40, 40), seed=4)
    one = local_thickness(bone, None, EVEN, threads=1, keep_map=True)
    three = local_thickness(bone, None, EVEN, threads=3, keep_map=True)
    np.testing.assert_array_equal(one.map_mm, three.map_mm)
    assert (one.mean_mm, one.sd_mm, one.max_mm) == (three.mean_mm, three.sd_mm, three.max_mm)


def test_slabs_change_no_bit() -> None:
    """Slabs of sixteen layers, each measured in an array that ends above and below it."""
    bone = network((100, 22, 30), seed=7)
    voi = np.zeros(bone.shape, np.bool_)
    voi[3:90, 2:21, 1:-3] = True
    for phase, inside, spacing in ((bone, None, TALL), (~bone, voi, CUBE)):
        whole = local_thickness(phase, inside, spacing, threads=1, keep_map=True)
        parts = local_thickness(phase, inside, spacing, threads=2, keep_map=True, layers=16)
        np.testing.assert_array_equal(parts.map_mm, whole.map_mm)
        for name in ("mean_mm", "sd_mm", "max_mm", "below_resolution", "ended", "seen_mm"):
            assert getattr(parts, name) == getattr(whole, name)
    assert trabecular_number(bone, None, CUBE, threads=1, layers=16) == trabecular_number(
        bone, None, CUBE, threads=1
    )


def test_slab_looks_at_part_of_a_long_volume_only() -> None:
    bone = np.zeros((400, 6, 6), np.bool_)
    bone[:, 2:4] = True
    found = slabs(bone, None, CUBE, 1, 48)
    assert [slab.painted for slab in found[:2]] == [(0, 48), (48, 96)]
    assert all(slab.seen[1] - slab.seen[0] < 100 for slab in found)


def test_void_wider_than_the_slabs_is_seen_whole() -> None:
    hollow = np.ones((90, 90, 90), np.bool_)
    hollow[ball(36, 90)] = False
    found = local_thickness(~hollow, None, CUBE, threads=1, layers=16)
    assert found.max_mm == pytest.approx(72, rel=0.01)
    assert found.mean_mm == pytest.approx(72, rel=0.02)


def test_spacing_scales_every_length() -> None:
    bone = network((24, 24, 24), seed=5)
    small = local_thickness(bone, None, (0.02, 0.01, 0.01), threads=1)
    large = local_thickness(bone, None, (2.0, 1.0, 1.0), threads=1)
    assert small.mean_mm == pytest.approx(large.mean_mm / 100, rel=1e-6)
    assert small.sd_mm == pytest.approx(large.sd_mm / 100, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(radius=st.floats(2, 10), more=st.floats(0.5, 1.5))
def test_bigger_ball_is_never_thinner(radius: float, more: float) -> None:
    small = local_thickness(ball(radius), None, CUBE, threads=1)
    large = local_thickness(ball(radius + more), None, CUBE, threads=1)
    assert large.mean_mm >= small.mean_mm
    assert large.max_mm >= small.max_mm


def test_mean_is_that_of_the_map_and_spans_its_parts() -> None:
    bone = network((30, 30, 30), seed=6)
    found = local_thickness(bone, None, CUBE, threads=1, keep_map=True)
    assert found.map_mm is not None
    values = found.map_mm[bone].astype(float)
    assert found.mean_mm == pytest.approx(values.mean(), rel=1e-6)
    assert found.sd_mm == pytest.approx(values.std(), rel=1e-5)
    assert found.below_resolution == pytest.approx(np.mean(values < 3 * (1 - 1e-6)), abs=1e-12)


@pytest.mark.parametrize(("thick", "period"), [(5, 20), (6, 20), (5, 21), (6, 15)])
def test_trabecular_number_of_plates_is_one_over_their_period(thick: int, period: int) -> None:
    bone = np.zeros((60, 24, 24), np.bool_)
    for z in range(8, 60, period):
        bone[z : z + thick] = True
    assert trabecular_number(bone, None, (0.02, 0.02, 0.02), threads=1) == pytest.approx(
        50 / period, rel=0.01
    )


@pytest.mark.parametrize(("fill", "said"), [(False, "nothing of the phase"), (True, "nothing but the phase")])
def test_phase_that_fills_nothing_or_all_is_refused(fill: bool, said: str) -> None:
    with pytest.raises(MeasurementError, match=said):
        local_thickness(np.full((4, 4, 4), fill), None, CUBE)


def test_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(MeasurementError, match="must have the shape of the scan"):
        local_thickness(ball(3), np.ones((2, 2, 2), np.bool_), CUBE)


def test_one_plate_has_no_trabecular_number() -> None:
    bone = np.zeros((20, 12, 12), np.bool_)
    bone[8:13] = True
    with pytest.raises(MeasurementError, match="measure a larger volume"):
        trabecular_number(bone, None, CUBE)
