"""The wall lies where the shares of the voxels say."""

from __future__ import annotations

import numpy as np
import pytest

from holes import box, drilled
from spondyl.graft.hole import hole
from spondyl.graft.wall import wall_distance, wall_points


def test_flat_walls_are_exact():
    space = hole(box((1.0, 1.0, 1.0), 0.1))
    at = (np.arange(14) - 1.5) * 0.1
    deep = np.minimum(at, 1.0 - at)
    truth = np.minimum(np.minimum(deep[:, None, None], deep[:, None]), deep)
    assert space.wall[truth > 0] == pytest.approx(truth[truth > 0], abs=0.012)
    assert space.wall[7, 7, :] == pytest.approx(deep, abs=1e-9)


def test_a_wall_inside_voxels_is_found():
    share = np.zeros((14, 14, 14), np.float32)
    share[2:12, 2:12, 2:12] = 1
    share[2] *= 0.3  # the wall lies 0.3 of a voxel into the first layer
    wall = wall_distance(share, (0.1, 0.1, 0.1))
    assert wall[5, 7, 7] == pytest.approx(0.28, abs=0.01)


@pytest.mark.parametrize("edge", [0.1, 0.05])
def test_a_drilled_wall_is_found_within_a_small_part_of_a_voxel(edge):
    space = hole(drilled(edge))
    shape = space.wall.shape
    z = (np.arange(shape[0]) - 1.5) * edge
    across = (np.arange(shape[1]) - (shape[1] - 1) / 2) * edge
    radial = 1.0 - np.hypot(across[:, None], across)
    truth = np.minimum(np.minimum(z, 2.0 - z)[:, None, None], radial)
    inside = truth > 0
    error = (space.wall - truth)[inside]
    assert np.sqrt((error**2).mean()) < 0.08 * edge
    assert np.abs(error).max() < 0.4 * edge


def test_volume_of_the_hole_is_that_of_its_shares():
    cavity = drilled(0.1)
    assert hole(cavity).volume_mm3 == pytest.approx(cavity.volume_mm3, rel=1e-6)


def test_points_of_a_slanted_wall_lie_on_it():
    """A plane that cuts the grid at no simple angle: shares from 8³ points a voxel."""
    way, edge, count, parts = np.array([0.6, 0.48, 0.64]), 0.1, 24, 8
    at = (np.arange(count * parts) + 0.5) / parts * edge - edge / 2
    below = way[0] * at[:, None, None] + way[1] * at[:, None] + way[2] * at < 1.3
    share = below.reshape(count, parts, count, parts, count, parts).mean(axis=(1, 3, 5)).astype(np.float32)
    points = wall_points(share, (edge,) * 3)
    middle = ((points > 0.5) & (points < 1.8)).all(axis=1)
    assert middle.sum() > 50
    assert points[middle] @ way == pytest.approx(1.3, abs=0.02 * edge)
