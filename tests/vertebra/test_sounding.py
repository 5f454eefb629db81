"""Networks are what their recipe says, whatever was drawn: evenly spread waves, and trimmed animals."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.vertebra import rat
from spondyl.vertebra.network import Recipe, draw_network, levels_of
from spondyl.vertebra.recipes import Usual
from spondyl.vertebra.sounding import LAG, Lattice, own_network, sounded, told
from spondyl.vertebra.streams import stream
from spondyl.vertebra.waves import random_waves

RECIPE = Recipe(0.7, 0.07, -0.4, 1.6)
HALF = 2.0


def lattice(count: int = 30, size: float = 3.0) -> Lattice:
    axis = (np.arange(count) + 0.5) * size / count - size / 2
    return Lattice(axis, axis, axis, np.ones((count,) * 3, np.bool_))


@pytest.mark.parametrize("seed", range(5))
def test_waves_are_spread_evenly_over_directions_and_lengths(seed):
    waves = random_waves(stream(seed, "test"), 0.8, 1.0, spread=0.15)
    ways = waves.vectors / np.linalg.norm(waves.vectors, axis=1, keepdims=True)
    # Drawn without strata, entries of 64 directions differ from a third by 0.04 and from 0 by 0.03.
    np.testing.assert_allclose(ways.T @ ways / len(ways), np.eye(3) / 3, atol=0.02)
    lengths = np.log(2 * np.pi / np.linalg.norm(waves.vectors, axis=1) / 0.8)
    assert lengths.mean() == pytest.approx(0, abs=0.004)
    assert lengths.std() == pytest.approx(0.15, rel=0.04)


def test_fields_at_points_are_those_of_the_waves():
    network, points = draw_network(stream(1, "network"), RECIPE, HALF), lattice(6)
    ahead = (0.05, -0.1, 0.2)
    places = np.stack(np.meshgrid(points.z, points.y, points.x, indexing="ij"), -1).reshape(-1, 3) + ahead
    found = sounded(network, points, 2, ahead)
    for number, waves in enumerate(waves for family in network.families for waves in family):
        value, slope = waves.at(places)
        np.testing.assert_allclose(found[number, 0], value, atol=2e-5)
        np.testing.assert_allclose(found[number, 1:], slope.T, atol=5e-4)


def test_the_level_of_a_point_is_where_its_plate_ends():
    """Against the rule itself: a round rim where the field of holes falls to the level."""
    network, points = draw_network(stream(2, "network"), RECIPE, HALF), lattice(12)
    fields = sounded(network, points, 1)
    critical = levels_of(network, fields)
    (f, u), (steep, slope) = fields[:2, 0], np.linalg.norm(fields[:2, 1:], axis=1)
    mean, (plates, _) = 0.3, network.families[0]
    mean *= np.sqrt((plates.vectors**2).sum(1).mean())
    full = RECIPE.thickness_mm / 2 * np.maximum(1 + 0.18 * u, 0.2)
    for level in (-1.5, -0.4, 0.5):
        rim = np.clip((u - level) / slope / full, 0, 1)
        inside = np.abs(f) < full * np.sqrt(rim * (2 - rim)) * (0.7 * steep + mean)
        assert 0.01 < inside.mean() < 0.5
        assert (inside == (level < critical[0])).mean() > 0.999  # single precision at the edge


@pytest.mark.parametrize("seed", [4, 5])
def test_an_animals_own_network_has_what_its_recipe_gives_on_average(seed):
    points = lattice()
    usual = Usual(bv_tv=0.2, differ=0.09, ratio=2.2, ratio_slope=1.5)
    drawn = draw_network(stream(seed, "network"), RECIPE, HALF)
    own = own_network(seed, RECIPE, usual, HALF, points, 2)
    lag = LAG * RECIPE.thickness_mm
    found = told(own, sounded(own, points, 2), points, lag, 2)
    plain = told(drawn, sounded(drawn, points, 2), points, lag, 2)
    share = (own.levels(points.heights()) < levels_of(own, sounded(own, points, 1)).max(0)).mean()
    assert share == pytest.approx(0.2, abs=1e-3)
    assert found.differ == pytest.approx(usual.differ, rel=0.03)
    np.testing.assert_allclose(
        found.fabric, np.diag([1, usual.ratio, usual.ratio]) / (1 + 2 * usual.ratio), atol=0.012
    )
    assert abs(plain.fabric - found.fabric).max() > 0.015
    # Not another network: the same waves, a little longer or turned.
    for before, after in zip(drawn.families[0], own.families[0], strict=True):
        np.testing.assert_array_equal(before.phases, after.phases)
        np.testing.assert_allclose(before.vectors, after.vectors, atol=0.4 * np.abs(before.vectors).max())


def test_an_animal_has_one_network_at_all_voxels():
    levels = {
        rat("L5", seed=6, voxel=voxel, arch=False).numbers["hole_level"] for voxel in ("90 um", "150 um")
    }
    assert len(levels) == 1
