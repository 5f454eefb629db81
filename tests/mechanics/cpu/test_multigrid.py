"""The hierarchy of levels and what one cycle does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from cpu_cases import level_of, masks, moduli, spread
from spondyl.mechanics.cpu.cycle import DEGREES, SHARED, STEPS
from spondyl.mechanics.cpu.hierarchy import coarser
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.multigrid import SMALLEST, Multigrid, prolong, restrict
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


def hierarchy(bone: np.ndarray, *, hold_low_face: bool = True, threads: int = 1) -> Multigrid:
    model = Model(Grid(bone.shape, (0.3, 0.2, 0.1)), moduli(bone))
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    free = level_of(model, Team(1))
    low = np.arange(free.rows.plane_start[1])
    fixed = (np.arange(3)[:, None] * free.rows.stride + low).ravel() if hold_low_face else None
    grid = Multigrid(level_of(model, Team(threads), fixed), model.modulus, unit, periodic=False)
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


def loaded(bone: np.ndarray, threads: int = 1) -> Multigrid:
    grid = hierarchy(bone, threads=threads)
    finest = grid.levels[0]
    finest.b[finest.places()] = np.random.default_rng(6).normal(size=3 * finest.nodes)
    finest.b[finest.held.fixed] = 0
    return grid


def plain_solution(grid: Multigrid, depth: int) -> np.ndarray:
    """Solve K x = b of a level as the compiled cycle should, step by step."""
    level = grid.levels[depth]
    if depth == len(grid.levels) - 1:
        x = np.zeros_like(level.x)
        x[grid.direct.places] = grid.direct.inverse @ level.b[grid.direct.places]
        return spread_to_ghosts(level, x)
    total, direction, product = np.zeros_like(level.x), np.zeros_like(level.x), np.zeros_like(level.x)
    load, before = level.b.copy(), 0.0
    for _ in range(STEPS if depth else 1):
        level.b[:] = load
        level.smooth(DEGREES[min(depth, 1)], from_zero=True)
        level.residual()
        coarse = grid.levels[depth + 1]
        restrict(level, coarse, grid.strips[depth], level.d, coarse.b)
        kept = level.x.copy()
        found = plain_solution(grid, depth + 1)
        level.x[:], level.b[:] = kept, load
        prolong(level, coarse, grid.strips[depth], found)
        level.smooth(DEGREES[min(depth, 1)], from_zero=False)
        if depth == 0:
            return level.x
        share = -float(level.x.astype(float) @ product) / before if before else 0.0
        direction = level.x + np.float32(share) * direction
        down = float(level.x.astype(float) @ load)
        level.sweep(PRODUCT, direction, product, level.b)
        before = float(direction.astype(float) @ product)
        total += np.float32(down / before) * direction
        load -= np.float32(down / before) * product
    return total


def spread_to_ghosts(level: Level, vector: np.ndarray) -> np.ndarray:
    by_component = vector.reshape(3, -1)
    by_component[:, level.held.ghosts] = by_component[:, level.held.masters]
    return vector


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_a_cycle_is_what_its_steps_are_one_by_one(share):
    bone = np.random.default_rng(7).random((21, 18, 30)) < share
    grid = loaded(bone)
    assert len(grid.levels) > 3
    expected = plain_solution(grid, 0).copy()
    again = loaded(bone)
    again.cycle()
    found = again.levels[0].x
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5 * float(np.abs(expected).max()))


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit_of_a_cycle(threads):
    bone = np.random.default_rng(8).random((40, 33, 35)) < 0.6
    found = []
    for count in (1, threads):
        grid = loaded(bone, count)
        assert grid.levels[1].nodes > SHARED > grid.levels[3].nodes
        assert grid.levels[1].packets.slab_start.size > 2
        for _ in range(3):
            grid.cycle()
        found.append(grid.levels[0].x.tobytes())
        grid.levels[0].team.close()
    assert found[0] == found[1]
