"""Pictures show the bone where it is."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.vertebra import rat
from spondyl.vertebra.picture import picture, surface


def test_a_picture_shows_bone_bright_and_has_the_height_asked_for():
    bone = rat("L5", seed=7, voxel="150 um", arch=False)
    shown = picture(bone, height=120)
    assert shown.dtype == np.uint8
    assert shown.shape[0] > 120
    assert (shown.max(2) > 200).mean() > 0.02


def test_cutting_open_shows_the_inside_and_a_hole_shows():
    bone = rat("L5", seed=7, voxel="150 um", arch=False)
    whole, opened = surface(bone, 100), surface(bone, 100, cut_open=True)
    assert whole.shape == opened.shape
    assert np.any(whole != opened)
    drilled = surface(bone.drill(diameter="2 mm", depth="2 mm"), 100)
    assert drilled.astype(int).sum() < whole.astype(int).sum()  # a hollow is darker


def test_surfaces_have_the_scale_of_sections_however_coarse_the_voxels():
    shapes = [surface(rat("L5", seed=7, voxel=voxel, arch=False), 300).shape for voxel in ("90 um", "180 um")]
    assert np.divide(*shapes)[:2].tolist() == pytest.approx([1, 1], rel=0.1)  # margins are whole voxels
