"""The widest way through lattices whose windows are known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from spondyl.graft.bed import balls
from spondyl.graft.pores import clearance, widest_path

NOWHERE = np.float32(1.0)


def path_through(centres: list[tuple[float, float, float]], size: float, edge: float) -> float:
    """Widest way down a cell of a lattice whose walls are mirrors, spheres of diameter 1."""
    count = round(size / edge) + 1
    wall = np.full((count,) * 3, NOWHERE)
    spheres = balls(np.array(centres), np.full(len(centres), 0.5))
    clear = clearance(spheres, wall, (edge,) * 3)
    top, bottom = np.zeros(wall.shape, bool), np.zeros(wall.shape, bool)
    top[0], bottom[-1] = True, True
    return widest_path(clear, top, bottom)


def cubic(size: int) -> list[tuple[float, float, float]]:
    return list(itertools.product(range(size + 1), repeat=3))


def test_window_of_the_simple_cubic_lattice():
    """Four touching spheres of diameter d leave a window of (√2 − 1) d."""
    truth = math.sqrt(2) - 1
    assert path_through(cubic(2), 2.0, 0.05) == pytest.approx(truth, abs=1e-5)
    # Where no point lies in the middle of the window, the way found is too small by less than two steps.
    off = path_through(cubic(2), 2.0, 2 / 45)
    assert truth - 2 * 2 / 45 < off < truth


def test_window_of_the_face_centred_lattice_converges_to_that_of_three_spheres():
    """Three touching spheres leave a window of (2/√3 − 1) d."""
    side = math.sqrt(2)
    cell = [(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]
    lattice = [
        tuple(side * (c + s) for c, s in zip(corner, shift, strict=True))
        for corner in cell
        for shift in itertools.product((-1, 0, 1, 2), repeat=3)
    ]
    truth = 2 / math.sqrt(3) - 1
    errors = [truth - path_through(lattice, side, side / n) for n in (20, 40, 80)]
    assert all(abs(error) < side / n for error, n in zip(errors, (20, 40, 80), strict=True))
    assert abs(errors[2]) < 0.01


def test_nothing_passes_a_closed_layer():
    wall = np.full((9, 9, 9), NOWHERE)
    wall[4] = -1.0
    top, bottom = np.zeros(wall.shape, bool), np.zeros(wall.shape, bool)
    top[0], bottom[-1] = True, True
    assert widest_path(wall, top, bottom) == 0.0


def test_the_wider_of_two_ways_counts_by_its_narrowest_place():
    clear = np.full((7, 3, 9), np.float32(-1.0))
    clear[:, 1, 1] = 0.2
    clear[:, 1, 6] = 0.5
    clear[3, 1, 6] = 0.3
    top, bottom = np.zeros(clear.shape, bool), np.zeros(clear.shape, bool)
    top[0], bottom[-1] = True, True
    assert widest_path(clear, top, bottom) == pytest.approx(0.6)


def test_clearance_is_the_distance_to_the_nearest_ball():
    spheres = balls(np.array([[0.3, 0.5, 0.5], [0.8, 0.2, 0.6]]), np.array([0.2, 0.1]))
    clear = clearance(spheres, np.full((11, 11, 11), NOWHERE), (0.1, 0.1, 0.1), threads=2)
    at = np.stack(np.meshgrid(*[np.arange(11) * 0.1] * 3, indexing="ij"), axis=-1)
    truth = np.minimum(
        np.linalg.norm(at - spheres.centres_mm[0], axis=-1) - 0.2,
        np.linalg.norm(at - spheres.centres_mm[1], axis=-1) - 0.1,
    )
    assert clear == pytest.approx(truth, abs=1e-6)
