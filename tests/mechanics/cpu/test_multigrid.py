"""The hierarchy of levels and what one cycle does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cpu_cases import level_of, masks, moduli, spread
from spondyl.mechanics.cpu.hierarchy import coarser
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.multigrid import SMALLEST, Multigrid
from spondyl.mechanics.cpu.sweep import PRODUCT
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Model
from spondyl.threads import Team
from spondyl.volume import Grid


@given(masks)
def test_a_coarse_voxel_has_the_mean_modulus_of_its_children(bone):
    modulus = moduli(bone)
    even = np.pad(modulus, [(0, n % 2) for n in modulus.shape])
    z, y, x = (n // 2 for n in even.shape)
    mean = even.reshape(z, 2, y, 2, x, 2).mean(axis=(1, 3, 5), dtype=float)
    np.testing.assert_allclose(coarser(modulus), mean, rtol=3e-7)


def hierarchy(bone: np.ndarray, *, hold_low_face: bool = True) -> Multigrid:
    model = Model(Grid(bone.shape, (0.3, 0.2, 0.1)), moduli(bone))
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    free = level_of(model, Team(1))
    low = np.arange(free.rows.plane_start[1])
    fixed = (np.arange(3)[:, None] * free.rows.stride + low).ravel() if hold_low_face else None
    grid = Multigrid(level_of(model, Team(1), fixed), model.modulus, unit, periodic=False)
    grid.hold()
    return grid


def test_levels_halve_until_they_are_small():
    grid = hierarchy(np.ones((21, 18, 30), bool))
    shapes = [tuple(int(n) for n in level.rows.shape) for level in grid.levels]
    assert shapes == [(21, 18, 30), (11, 9, 15), (6, 5, 8), (3, 3, 4)]
    assert 3 * grid.levels[-2].nodes > SMALLEST >= 3 * grid.levels[-1].nodes


def test_a_coarse_place_is_held_when_enough_of_the_fine_ones_are():
    grid = hierarchy(np.ones((16, 12, 12), bool))
    fine, coarse = grid.levels[:2]
    low = int(coarse.rows.plane_start[1])
    held = (np.arange(3)[:, None] * coarse.rows.stride + np.arange(low)).ravel()
    assert set(coarse.held.fixed) >= set(held)
    assert fine.held.fixed.size == 3 * 13 * 13
    above = coarse.held.fixed % coarse.rows.stride
    assert above.max() < coarse.rows.plane_start[2]


def work(level: Level, displacement: np.ndarray) -> float:
    """Return u · K u."""
    forces = np.zeros_like(displacement)
    level.sweep(PRODUCT, displacement, forces, level.b)
    return float(displacement.astype(float) @ forces)


@pytest.mark.parametrize(("share", "left"), [(1.0, 0.06), (0.5, 0.6)])
def test_a_cycle_finds_what_smoothing_cannot(share, left):
    grid = hierarchy(np.random.default_rng(2).random((20, 18, 22)) < share)
    finest = grid.levels[0]
    wanted = np.zeros_like(finest.x)
    wanted[finest.places()] = np.random.default_rng(3).normal(size=3 * finest.nodes)
    wanted[finest.held.fixed] = 0
    for _ in range(30):  # until it is smooth itself
        finest.x[:], finest.b[:] = wanted, 0
        finest.smooth(3, from_zero=False)
        wanted = finest.x.copy()
    load = np.zeros_like(wanted)
    finest.sweep(PRODUCT, wanted, load, finest.b)
    finest.b[:] = load
    finest.smooth(3, from_zero=True)
    finest.smooth(3, from_zero=False)
    assert work(finest, wanted - finest.x) > 0.8 * work(finest, wanted)
    finest.b[:] = load
    grid.cycle()
    assert work(finest, wanted - finest.x) < left * work(finest, wanted)


def test_the_coarsest_problem_is_solved_at_once():
    grid = hierarchy(np.ones((5, 5, 5), bool))
    (only,) = grid.levels
    rng = np.random.default_rng(4)
    only.b[only.places()] = rng.normal(size=3 * only.nodes)
    only.b[only.held.fixed] = 0
    grid.cycle()
    only.residual()
    # A ten-thousandth on the diagonal keeps it from being exact.
    assert np.linalg.norm(only.d) < 0.05 * np.linalg.norm(only.b)
    assert not spread(only, only.x)[: only.rows.plane_start[1]].any()


def test_a_model_that_nothing_holds_does_no_harm():
    grid = hierarchy(np.ones((14, 12, 12), bool), hold_low_face=False)
    finest = grid.levels[0]
    finest.b[finest.places()] = np.random.default_rng(5).normal(size=3 * finest.nodes)
    grid.cycle()
    assert np.isfinite(finest.x).all()
    assert float(finest.x @ finest.b) > 0
