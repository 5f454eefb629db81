"""A wall that the voxels hardly see is still where the drill begins."""

from __future__ import annotations

import numpy as np

from spondyl.vertebra import rat


def test_the_drill_begins_at_a_wall_thinner_than_half_a_voxel() -> None:
    bone = rat("L5", seed=2061661004, voxel="125 um", ovariectomy="12 week")
    hole = bone.drill(diameter="2 mm", depth="2 mm")
    assert hole.cavity is not None
    z, _, x = (n // 2 for n in bone.region.shape)
    front = np.flatnonzero(bone.region[z, :, x] > 0)[0]
    mouth = np.flatnonzero((hole.cavity.share > 0.5).any(axis=(0, 2)))[0]
    assert abs(mouth - front) <= 2
    assert 5.5 < hole.cavity.volume_mm3 < 7.0
