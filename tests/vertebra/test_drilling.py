"""Drill holes: exact in volume, where they were asked for, refused where they cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.errors import QuantityError, VertebraError
from spondyl.vertebra import Vertebra, rat
from spondyl.vertebra.hole import Hole, hole_share
from spondyl.vertebra.vertebra import CORTEX
from spondyl.volume import Grid


def block(h: float, edge: float = 3.0) -> Vertebra:
    """Solid bone; the first slices of y are empty."""
    n = round(edge / h)
    share = np.ones((n, n, n), np.float32)
    share[:, : n // 6] = 0
    grid = Grid(share.shape, (h, h, h), (-(n - 1) / 2 * h,) * 3)
    region = np.where(share > 0, CORTEX, 0).astype(np.uint8)
    return Vertebra(grid, share, np.full(share.shape, 1000, np.float32), region, "rat", "L5", 1)


@pytest.mark.parametrize("inwards", [(0, 1, 0), (0.3, 0.9, -0.2), (1, 1, 1)])
@pytest.mark.parametrize("shape", ["cylinder", "hemisphere"])
def test_the_volume_of_a_hole_is_exact_at_any_voxel(inwards, shape):
    way = np.array(inwards, float) / np.linalg.norm(inwards)
    hole = Hole(shape, 0.6, 0.6 if shape == "hemisphere" else 0.8, (-0.31, -0.52, -0.27), tuple(way))
    for h, within in ((0.1, 0.008), (0.05, 0.002)):  # second order
        bone = block(h)
        assert hole_share(bone.grid, hole, 1).sum(dtype=float) * h**3 == pytest.approx(
            hole.volume_mm3, rel=within
        )


def test_bone_leaves_as_much_as_the_cavity_holds():
    bone = block(0.1)
    drilled = bone.drill(diameter="1 mm", depth="0.9 mm")
    truth = math.pi * 0.25 * 0.9
    assert bone.bone_mm3 - drilled.bone_mm3 == pytest.approx(truth, rel=0.01)
    assert drilled.cavity.volume_mm3 == pytest.approx(truth, rel=0.01)
    assert drilled.cavity.inwards == (0.0, 1.0, 0.0)
    assert bone.cavity is None


def test_a_made_vertebra_is_drilled_alike_at_two_voxels():
    gone, volumes = [], []
    for voxel in ("70 um", "140 um"):
        bone = rat("L5", seed=7, voxel=voxel)
        drilled = bone.drill(diameter="2 mm", depth="2 mm")
        gone.append(bone.bone_mm3 - drilled.bone_mm3)
        volumes.append(drilled.cavity.volume_mm3)
        assert drilled.cavity.volume_mm3 < 1.02 * math.pi * 2
    assert volumes[0] == pytest.approx(volumes[1], rel=0.02)
    assert gone[0] == pytest.approx(gone[1], rel=0.06)


def test_a_wall_too_thin_for_the_voxels_is_drilled_where_the_inside_begins():
    """The front wall of this animal fills no voxel of 0.2 mm by half, nor does anything behind it."""
    bone = rat("L5", seed=776880544, voxel="200 um", ovariectomy="12 week")
    fine = rat("L5", seed=776880544, voxel="100 um", ovariectomy="12 week")
    coarse, known = (one.drill(diameter="2 mm", depth="2 mm").cavity for one in (bone, fine))
    assert coarse is not None
    assert known is not None
    assert coarse.volume_mm3 == pytest.approx(known.volume_mm3, rel=0.1)


def test_the_hole_is_at_its_centre():
    drilled = rat("L5", seed=7, voxel="100 um").drill(
        diameter="1 mm", depth="1 mm", direction="left", centre=("1 mm", "-0.2 mm", "0 mm")
    )
    share, grid = drilled.cavity.share, drilled.grid
    index = np.argwhere(share > 0)
    middle = (index * share[share > 0][:, None]).sum(0) / share.sum() * grid.spacing_mm + grid.origin_mm
    assert middle[:2] == pytest.approx([1.0, -0.2], abs=0.05)
    assert middle[2] > 0.5  # on the left, which is +x


def test_a_drilled_bone_is_filled_once():
    from spondyl.graft import mix

    bone = rat("L5", seed=7, voxel="150 um")
    grains = mix(granules="beta-TCP 0.3-0.6 mm", mass="1.5 mg")
    with pytest.raises(VertebraError, match="drill or break it first"):
        bone.fill(grains)
    filled = bone.drill(diameter="1.8 mm", depth="1.6 mm").fill(grains)
    assert filled.filling.sheet.tcp_mg == pytest.approx(1.5)
    with pytest.raises(VertebraError, match="must be an empty one"):
        filled.fill(grains)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"diameter": "6 mm", "depth": "1 mm"}, "the bone is .* mm across"),
        ({"diameter": "1 mm", "depth": "9 mm"}, "must end inside the bone"),
        ({"diameter": "1 mm", "depth": "1 mm", "centre": ("0 mm", "0 mm", "9 mm")}, "meets no bone"),
        ({"diameter": "1", "depth": "1 mm"}, "without a unit"),
        ({"diameter": "1 mm"}, "such as '2 mm'"),
        ({"diameter": "1 mm", "depth": "1 mm", "shape": "cilinder"}, "Did you mean 'cylinder'"),
        ({"diameter": "1 mm", "depth": "1 mm", "shape": "hemisphere"}, "must be half the diameter"),
        ({"diameter": "1 mm", "depth": "1 mm", "direction": "frontal"}, "must be one of anterior"),
        ({"diameter": "1 mm", "depth": "1 mm", "direction": (0, 0, 0)}, "not all zero"),
        ({"diameter": "1 mm", "depth": "1 mm", "direction": (0, float("nan"), 0)}, "not all zero"),
        ({"diameter": "1 mm", "depth": "1 mm", "centre": "middle"}, "three lengths"),
    ],
)
def test_holes_that_cannot_be(asked, said):
    with pytest.raises((VertebraError, QuantityError), match=said):
        rat("L5", seed=7, voxel="200 um").drill(**asked)


def test_a_second_hole_is_refused():
    once = rat("L5", seed=7, voxel="200 um").drill(diameter="1 mm", depth="1 mm")
    with pytest.raises(VertebraError, match="must be a whole bone"):
        once.drill(diameter="1 mm", depth="1 mm")
