"""Equal spheres poured into a large box pack as spheres do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from holes import box
from spondyl.graft import Granules, mix
from spondyl.graft.filling import pour_mix
from spondyl.graft.hole import hole
from spondyl.graft.poured import Poured

SIZE = 0.5


def bed(drops: int, seed: int = 3) -> tuple[Poured, np.ndarray]:
    balls = Granules(SIZE, SIZE, micro_porosity=0.0, reach=1.0, facets=12, density_mg_mm3=3.07)
    space = hole(box((5.0, 5.0, 5.0), 0.125))
    poured = pour_mix(replace(mix(granules=balls), drops=drops), space, np.zeros(0), seed)
    return poured, poured.centres[poured.landed]


@pytest.fixture(scope="module")
def loose() -> tuple[Poured, np.ndarray]:
    return bed(drops=1)


def inner_fraction(centres: np.ndarray) -> float:
    """Share of points in the middle of the box, two diameters from any wall, that lie in a sphere."""
    low, high = 0.25 - 0.0625 + 2 * SIZE, 0.25 - 0.0625 + 5.0 - 2 * SIZE
    points = np.random.default_rng(0).uniform(low, high, (100_000, 3))
    return float((cKDTree(centres).query(points)[0] < SIZE / 2).mean())


def test_equal_spheres_pack_between_random_loose_and_random_close(loose):
    fraction = inner_fraction(loose[1])
    assert 0.55 < fraction < 0.64
    # Visscher and Bolsterli (1972) found 0.582 for spheres dropped and rolled one by one.
    assert fraction == pytest.approx(0.582, abs=0.02)


def test_spheres_that_may_choose_pack_closer_but_stay_random(loose):
    fraction = inner_fraction(bed(drops=8)[1])
    assert inner_fraction(loose[1]) < fraction < 0.64


def test_no_two_spheres_overlap(loose):
    distance, _ = cKDTree(loose[1]).query(loose[1], k=2)
    assert distance[:, 1].min() >= SIZE * (1 - 1e-6)


def test_spheres_rest_on_three_points_and_touch_six_others(loose):
    """A sphere that rests on three others adds three contacts, each with two sides: six on average."""
    centres, low, high = loose[1], 0.1875, 5.1875
    spheres = np.array([len(found) - 1 for found in cKDTree(centres).query_ball_point(centres, 1.002 * SIZE)])
    walls = (centres - SIZE / 2 < low + 1e-3).sum(axis=1) + (centres + SIZE / 2 > high - 1e-3).sum(axis=1)
    assert np.mean(spheres + walls >= 3) > 0.97
    middle = ((centres > low + 2 * SIZE) & (centres < high - 2 * SIZE)).all(axis=1)
    assert 5.5 < spheres[middle].mean() < 6.1


def test_walls_loosen_the_packing(loose):
    """The whole box holds less than its middle: spheres cannot fill the corner between wall and sphere."""
    whole = loose[1].shape[0] * np.pi / 6 * SIZE**3 / 125
    assert whole < inner_fraction(loose[1]) - 0.02
