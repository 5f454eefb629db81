"""The share of a voxel below a plane, against counting, and the volumes of bodies made from it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spondyl.vertebra.body import shares
from spondyl.vertebra.plane import plane_share


@pytest.mark.parametrize("normal", [(0, 0, 1), (0, 1, 1), (1, 2, 3), (3, -1, 0.2)])
@pytest.mark.parametrize("depth", [-0.6, -0.2, 0.0, 0.3, 0.7])
def test_a_plane_cuts_off_what_fine_points_count(normal, depth):
    way = np.array(normal, float) / np.linalg.norm(normal)
    fine = (np.arange(80) + 0.5) / 80 - 0.5
    z, y, x = np.meshgrid(fine, fine, fine, indexing="ij")
    counted = np.mean(depth + z * way[0] + y * way[1] + x * way[2] > 0)
    assert plane_share(depth, *way) == pytest.approx(counted, abs=0.008)


def test_the_two_sides_of_a_plane_make_the_voxel():
    rng = np.random.default_rng(1)
    for _ in range(200):
        way = rng.standard_normal(3)
        way /= np.linalg.norm(way)
        depth = rng.uniform(-1, 1)
        assert plane_share(depth, *way) + plane_share(-depth, *-way) == pytest.approx(1, abs=1e-12)


def ellipsoid(h: float) -> float:
    axis = np.arange(-1.3 + h / 2, 1.3, h)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    root = np.sqrt((z / 1.1) ** 2 + (y / 0.8) ** 2 + (x / 0.6) ** 2)
    return float(shares((1 - root).astype(np.float32), (h, h, h), 1).sum(dtype=float)) * h**3


def test_the_volume_of_an_ellipsoid_does_not_depend_on_the_voxel():
    truth = 4 / 3 * math.pi * 1.1 * 0.8 * 0.6
    coarse, fine = (abs(ellipsoid(h) / truth - 1) for h in (0.1, 0.05))
    assert coarse < 0.01
    assert fine < coarse / 2.5  # second order
