"""The drill hole as a volume of interest, bone inside it, and union: counted against what was built."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.assay.microct.defect import DrillHole, defect_bone
from spondyl.assay.microct.timelapse.transform import turn
from spondyl.assay.microct.union import end_union, rim_union
from spondyl.errors import MeasurementError
from spondyl.volume import Grid

GRID = Grid((50, 60, 70), (0.04, 0.03, 0.03))
STRAIGHT = DrillHole("cylinder", 1.0, 0.88, (0.4, 0.9, 1.0), (1.0, 0.0, 0.0))
SLANTED = DrillHole("cylinder", 0.8, 0.9, (0.7, 0.6, 0.7), (1.0, 0.7, 0.9))
ROUND = DrillHole("hemisphere", 1.1, 0.95, (0.5, 0.9, 1.0), (1.0, 0.2, -0.1))
BUR = DrillHole("hemisphere", 1.2, 0.6, (0.48, 0.9, 1.0), (1.0, 0.0, 0.0))
CAP = DrillHole("hemisphere", 1.6, 0.5, (0.5, 0.9, 1.0), (1.0, 0.0, 0.3))


@pytest.mark.parametrize("hole", [STRAIGHT, SLANTED, ROUND, BUR, CAP])
def test_volume(hole: DrillHole) -> None:
    assert hole.inside(GRID).sum() * GRID.voxel_mm3 == pytest.approx(hole.volume_mm3, rel=0.01)


def test_planned_volumes() -> None:
    assert STRAIGHT.volume_mm3 == pytest.approx(math.pi * 0.25 * 0.88)
    assert BUR.volume_mm3 == pytest.approx(2 / 3 * math.pi * 0.6**3)
    ball = DrillHole("hemisphere", 1.0, 1.0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    assert ball.volume_mm3 == pytest.approx(math.pi * 0.125 + 2 / 3 * math.pi * 0.125)


def test_deepest_point_and_mouth() -> None:
    z = np.flatnonzero(BUR.inside(GRID).any(axis=(1, 2)))
    assert (z[0], z[-1]) == (12, 26)  # centres 0.50 to 1.06 mm; the hole goes from 0.48 to 1.08


def test_moved_with_the_bone() -> None:
    motion = turn((0.2, 1.0, -0.4), 12.0, (1.0, 0.9, 1.0), (0.05, -0.03, 0.04))
    grid = Grid((70, 90, 90), (0.03, 0.03, 0.03))
    hole = DrillHole("cylinder", 1.0, 0.9, (0.6, 1.3, 1.3), (1.0, 0.0, 0.0))
    points = (np.argwhere(hole.moved(motion).inside(grid)) + 0.5) * 0.03
    back = motion.inverse().many(points)
    depth, off = back[:, 0] - 0.6, np.hypot(back[:, 1] - 1.3, back[:, 2] - 1.3)
    assert depth.min() > -1e-9
    assert depth.max() < 0.9 + 1e-9
    assert off.max() < 0.5 + 1e-6
    assert len(points) * grid.voxel_mm3 == pytest.approx(hole.volume_mm3, rel=0.01)


def test_new_bone_by_depth() -> None:
    voi = STRAIGHT.inside(GRID)
    bone = np.zeros(GRID.shape, dtype=bool)
    bone[:16] = True  # slices 10 to 15 of the hole, 0.24 of 0.88 mm
    before = np.zeros_like(bone)
    before[:12] = True
    found = defect_bone(bone, STRAIGHT, GRID, baseline=before, layers=3)
    assert found.tv_mm3 == pytest.approx(voi.sum() * GRID.voxel_mm3)
    assert found.bv_tv == pytest.approx((bone & voi).sum() / voi.sum())
    assert found.new_bv_mm3 == pytest.approx((bone & ~before & voi).sum() * GRID.voxel_mm3)
    top, middle, bottom = found.new_bv_tv_by_depth
    assert top == pytest.approx(4 / 7)  # seven slices have their centres in the upper 0.293 mm
    assert (middle, bottom) == (0, 0)


BLOCK = Grid((40, 60, 60), (0.025, 0.025, 0.025))
HOLE = DrillHole("cylinder", 1.0, 0.8, (0.1, 0.75, 0.75), (1.0, 0.0, 0.0))


def block() -> np.ndarray:
    """A solid block with the hole drilled into it."""
    bone = np.ones(BLOCK.shape, dtype=bool)
    bone[HOLE.inside(BLOCK)] = False
    return bone


def off_axis() -> np.ndarray:
    return np.sqrt(HOLE.along_and_off2(BLOCK)[1])


def test_an_open_hole_is_not_bridged() -> None:
    found = rim_union(block(), HOLE, BLOCK)
    assert (found.score, found.grade, found.neck_mm2) == (0.0, "none", 0.0)
    assert len(found.bridged) == 4
    assert len(found.bridged[0]) == 12


def test_a_filled_hole_is_bridged_all_through() -> None:
    found = rim_union(np.ones(BLOCK.shape, dtype=bool), HOLE, BLOCK)
    assert (found.score, found.grade, found.neck_share) == (1.0, "complete", 1.0)
    chord = 2 * math.sqrt(0.5**2 - 0.25**2)
    assert found.neck_mm2 == pytest.approx(chord * 0.8, rel=0.06)


def test_a_lining_of_the_wall_is_no_union() -> None:
    bone = block() | (HOLE.inside(BLOCK) & (off_axis() > 0.4))
    assert rim_union(bone, HOLE, BLOCK).score == 0.0


def test_a_floor_bridges_the_lowest_layer_only() -> None:
    bone = block()
    bone[33:] = True
    assert rim_union(bone, HOLE, BLOCK).by_layer == (0.0, 0.0, 0.0, 1.0)


def test_a_rod_bridges_one_direction_with_its_own_section() -> None:
    bone = block()
    bone[6:10, 28:32, :] = True  # 0.1 × 0.1 mm, along x, in the layer 0.1 to 0.3 mm below the mouth
    found = rim_union(bone, HOLE, BLOCK)
    assert sum(map(bool, found.bridged[0])) == 1
    assert found.score == pytest.approx(1 / 48)
    assert found.neck_mm2 == pytest.approx(0.01, rel=1e-9)
    bone[6:10, 28:32, 30] = False
    assert rim_union(bone, HOLE, BLOCK).score == 0.0


def test_voxels_that_meet_at_an_edge_do_not_bridge() -> None:
    bone = block()
    bone[6:10, 28:30, :30] = True
    bone[6:10, 30:32, 30:] = True
    assert rim_union(bone, HOLE, BLOCK).score == 0.0


def test_union_does_not_change_when_the_block_is_turned() -> None:
    bone = block()
    bone[6:10, 28:32, :] = True
    hole = DrillHole("cylinder", 1.0, 0.8, (0.75, 0.75, 0.1), (0.0, 0.0, 1.0))
    turned = np.ascontiguousarray(bone.transpose(2, 1, 0))
    grid = Grid(turned.shape, BLOCK.spacing_mm)
    one, other = rim_union(bone, HOLE, BLOCK), rim_union(turned, hole, grid)
    assert sum(map(bool, other.bridged[0])) == 1
    assert (other.score, other.neck_mm2) == pytest.approx((one.score, one.neck_mm2))


def test_no_host_bone_is_not_assessable() -> None:
    found = rim_union(HOLE.inside(BLOCK), HOLE, BLOCK)
    assert (found.score, found.grade) == (None, "not assessable")


def test_between_end_plates() -> None:
    grid = Grid((30, 24, 36), (0.05, 0.05, 0.05))
    bone = np.zeros(grid.shape, dtype=bool)
    bone[:5] = bone[25:] = True
    voi = np.zeros_like(bone)
    voi[5:25, 2:22, :] = True
    assert end_union(bone, voi, grid).grade == "none"
    bone[5:25, 4:10, 3:9] = True
    bone[15, 4:10, 3:9] = False
    bone[15, 4:8, 3:6] = True
    found = end_union(bone, voi, grid)
    assert [bool(b) for b in found.bridged[0]] == [False, True] + [False] * 10
    assert found.score == pytest.approx(1 / 12)
    assert found.neck_mm2 == pytest.approx(12 * 0.05**2)
    assert found.neck_share == pytest.approx(12 / (20 * 36))
    bone[15] = False
    assert end_union(bone, voi, grid).neck_mm2 == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: DrillHole("cone", 1, 1, (0, 0, 0), (1, 0, 0)), ["'cone'", "'cylinder'"]),
        (lambda: DrillHole("cylinder", 0, -1, (0, 0, 0), (0, 0, 0)), ["diameter", "depth", "direction"]),
        (lambda: DrillHole("cylinder", math.nan, 1, (0, math.inf, 0), (1, 0, 0)), ["nan mm", "entry"]),
        (
            lambda: DrillHole("cylinder", 1, 1.7, (0.4, 0.9, 1.0), (1, 0, 0)).inside(GRID),
            ["z: found 0.4 to 2.1 mm", "0 to 2 mm"],
        ),
        (
            lambda: DrillHole("hemisphere", 1, 0.5, (0.4, 0.3, 1.0), (1, 0, 0)).inside(GRID),
            ["-0.2 to 0.8 mm"],
        ),
        (
            lambda: DrillHole("cylinder", 0.01, 0.01, (0.4, 0.9, 1.0), (1, 0, 0)).inside(GRID),
            ["voxel centre"],
        ),
        (lambda: rim_union(block(), HOLE, BLOCK, directions=50), ["50", "1 to 20"]),
        (lambda: rim_union(block()[1:], HOLE, BLOCK), ["(39, 60, 60)", "(40, 60, 60)"]),
        (lambda: defect_bone(block()[1:], HOLE, BLOCK), ["(39, 60, 60)"]),
        (lambda: end_union(block(), block(), BLOCK), ["border"]),
        (lambda: end_union(block(), block(), BLOCK, axis=2), ["two different axes"]),
    ],
)
def test_mistakes(make: object, words: list[str]) -> None:
    with pytest.raises(MeasurementError) as error:
        make()
    assert all(word in str(error.value) for word in words), str(error.value)
