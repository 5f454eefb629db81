"""Bone loss by remodelling: monotone, surface-bound, as severe as asked."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from spondyl.errors import QuantityError, VertebraError
from spondyl.vertebra import LABELS, human, rat
from spondyl.vertebra.osteoporosis import active_surface, course, ovariectomise
from spondyl.vertebra.surface import erode, refill, surface_area

SMALL = {"height": "3 mm", "width": "3 mm", "depth": "2.6 mm", "arch": False, "voxel": "60 um"}


@pytest.fixture(scope="module")
def bone():
    return rat("L5", seed=11, bv_tv=0.29, **SMALL)


def after(bone, time, **asked):
    return ovariectomise(bone, time=time, **asked)


def test_bone_is_lost_week_by_week_and_none_is_gained_anywhere(bone):
    left = [bone.bone_mm3] + [after(bone, f"{w} week").bone_mm3 for w in (2, 4, 8, 12)]
    assert all(b < a for a, b in pairwise(left))
    assert np.all(after(bone, "12 week").share <= bone.share)


def test_a_longer_course_begins_with_the_shorter_one(bone):
    short, long = course(bone, 4), course(bone, 8)
    np.testing.assert_array_equal(short.resorbed_mm3, long.resorbed_mm3[:4])


def test_the_books_balance(bone):
    result = course(bone, 8)
    lost = bone.bone_mm3 - float(result.share.sum(dtype=float)) * bone.grid.voxel_mm3
    spent = result.resorbed_mm3.sum() - result.formed_mm3.sum() + result.lost_mm3.sum()
    assert spent == pytest.approx(lost, rel=1e-3)


def test_lumbar_bone_is_lost_before_that_of_tibia_and_femur(bone):
    lumbar, tibia, femur = (after(bone, "8 week", site=s).bv_tv for s in ("lumbar", "tibia", "femur"))
    assert lumbar < tibia < femur < bone.bv_tv


def test_severity_and_treatment(bone):
    usual = after(bone, "8 week").bv_tv
    crumbs = pytest.approx(bone.bone_mm3, rel=1e-5)  # of the made network that touch nothing
    assert after(bone, "8 week", severity=0).bone_mm3 == crumbs
    assert after(bone, "8 week", severity=0.5).bv_tv > usual
    assert after(bone, "8 week", severity=2).bv_tv < usual
    assert after(bone, "8 week", treatment={"antiresorptive": 0.5}).bv_tv > usual
    assert after(bone, "8 week", treatment={"anabolic": 1.0}).bv_tv > usual
    assert after(bone, "8 week", treatment={"antiresorptive": 1.0}).bone_mm3 == crumbs


def test_the_outer_surface_stays(bone):
    worn = after(bone, "12 week")
    far = active_surface(bone) == 0
    np.testing.assert_array_equal(worn.share[far], bone.share[far])


def test_loss_does_not_depend_on_the_voxel():
    left = []
    for voxel in ("45 um", "90 um"):
        bone = rat("L5", seed=12, bv_tv=0.29, **(SMALL | {"voxel": voxel}))
        left.append(after(bone, "6 week").bv_tv / bone.bv_tv)
    assert left[0] == pytest.approx(left[1], abs=0.05)


def test_the_same_bits_on_any_number_of_threads(bone):
    one, two = (after(bone, "3 week", threads=n).share for n in (1, 2))
    assert one.tobytes() == two.tobytes()


def test_no_time_changes_nothing(bone):
    assert after(bone, "0 week") is bone


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"time": "-1 week"}, "between 0 and 104"),
        ({"time": "12"}, "without a unit"),
        ({"time": "8 week", "severity": 3}, "between 0 and 2"),
        ({"time": "8 week", "severity": math.nan}, "between 0 and 2"),
        ({"time": "8 week", "site": "skull"}, "must be one of lumbar"),
        ({"time": "8 week", "treatment": {"anabolc": 1}}, "anabolic"),
        ({"time": "8 week", "treatment": {"anabolic": 2}}, "between 0 and 1"),
    ],
)
def test_bad_input(bone, asked, said):
    with pytest.raises((VertebraError, QuantityError), match=said):
        ovariectomise(bone, **asked)


def slab(h: float) -> tuple[np.ndarray, np.ndarray]:
    n = round(0.6 / h)
    share = np.zeros((n, n, n), np.float32)
    share[n // 2 :] = 1
    return share, np.ones(share.shape, np.uint8)


@pytest.mark.parametrize("h", [0.02, 0.01])
def test_a_cavity_takes_half_an_ellipsoid_and_its_filling_gives_its_share_back(h):
    share, active = slab(h)
    original, density = share.copy(), np.ones_like(share)
    n = share.shape[0]
    sizes, pits = np.array([[0.08, 0.12, 0.5, 0.5]]), np.empty((1, 6))
    place = np.array([[n // 2, n // 2, n // 2]])
    removed = erode(share, active, h, place, sizes, pits) * h**3
    # The middle of the cavity lies on the surface: half a voxel above the centre of the first one of bone.
    assert removed == pytest.approx(2 / 3 * math.pi * 0.08 * 0.12**2, rel=0.06)
    formed = refill(share, original, density, h, pits, sizes, np.array([0.25]), 0.4, 0.8) * h**3
    assert formed == pytest.approx(0.25 * removed, rel=0.1)
    assert np.all(share <= original)


def test_a_perforated_plate_is_not_mended():
    share, active = slab(0.02)
    n = share.shape[0]
    share[n // 2 + 4 :] = 0  # a plate of 80 um
    sizes, pits = np.array([[0.09, 0.12, 0.5, 0.5]]), np.empty((1, 6))
    original = share.copy()
    erode(share, active, 0.02, np.array([[n // 2, n // 2, n // 2]]), sizes, pits)
    formed = refill(share, original, np.ones_like(share), 0.02, pits, sizes, np.array([1.0]), 0.4, 0.8)
    assert formed == 0


def test_surface_is_counted_once_whatever_cuts_the_voxel_and_twice_on_a_thin_plate():
    for cut in (0.25, 0.5, 1.0):
        share = np.zeros((9, 5, 5), np.float32)
        share[4], share[5:] = cut, 1
        area = np.empty_like(share)
        for k in range(9):
            surface_area(share, np.ones(share.shape, np.uint8), 1.0, area, k)
        assert area.sum() == pytest.approx(25)
    thin = np.zeros((9, 5, 5), np.float32)
    thin[4] = 1
    for k in range(9):
        surface_area(thin, np.ones(thin.shape, np.uint8), 1.0, area, k)
    assert area.sum() == pytest.approx(50)


def test_people_lose_the_yearly_share():
    young, old = (human("L2", seed=3, voxel="1.5 mm", years=y) for y in (50, 80))
    inside = young.region == LABELS["trabecular"]
    left = old.share[inside].sum(dtype=float) / young.share[inside].sum(dtype=float)
    assert left == pytest.approx(0.992**30, abs=0.02)
