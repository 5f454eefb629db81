"""Interpolation between levels, and that restriction is its transpose."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given

from cpu_cases import LARGE, level_of, masks, moduli, seeds
from spondyl.mechanics.cpu.hierarchy import coarser
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.multigrid import prolong, restrict
from spondyl.mechanics.cpu.places import node_numbers
from spondyl.mechanics.cpu.strips import Strips, make_strips
from spondyl.mechanics.model import Model
from spondyl.threads import Team
from spondyl.volume import Grid


class Pair(NamedTuple):
    fine: Level
    coarse: Level
    strips: Strips

    def to_fine(self, displacement: np.ndarray) -> np.ndarray:
        self.fine.x[:] = 0
        prolong(self.fine, self.coarse, self.strips, displacement)
        return self.fine.x.copy()

    def to_coarse(self, forces: np.ndarray) -> np.ndarray:
        out = np.full_like(self.coarse.b, np.nan)
        out.reshape(3, -1)[:, self.coarse.nodes :] = 0
        restrict(self.fine, self.coarse, self.strips, forces, out)
        return out


def pair(
    modulus: np.ndarray,
    team: Team,
    held: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
    *,
    periodic: bool = False,
) -> Pair:
    """Return a level, the next coarser one and the strips between them; places held on each."""
    levels = [
        level_of(Model(Grid(each.shape, (0.1,) * 3), each), team, fixed, periodic=periodic)
        for each, fixed in zip((modulus, coarser(modulus)), held, strict=True)
    ]
    return Pair(*levels, make_strips(levels[0].rows, levels[1].rows, team))


def random_displacement(level: Level, rng: np.random.Generator) -> np.ndarray:
    """Return a displacement: zero where held, the same at twins."""
    field = np.zeros(level.x.size, np.float32)
    field[level.places()] = rng.normal(size=3 * level.nodes)
    field[level.held.fixed] = 0
    by_component = field.reshape(3, -1)
    by_component[:, level.held.ghosts] = by_component[:, level.held.masters]
    if level.held.wrap:
        low, high = level.rows.plane_start[:2], level.rows.plane_start[-2:]
        by_component[:, high[0] : high[1]] = by_component[:, low[0] : low[1]]
    return field


def random_forces(level: Level, rng: np.random.Generator) -> np.ndarray:
    """Return forces: zero where held, the whole at one of twins."""
    forces = random_displacement(level, rng)
    by_component = forces.reshape(3, -1)
    by_component[:, level.held.ghosts] = 0
    if level.held.wrap:
        by_component[:, level.rows.plane_start[-2] : level.rows.plane_start[-1]] = 0
    return forces


def same_work(two: Pair, seed: int) -> None:
    rng = np.random.default_rng(seed)
    forces, displacement = random_forces(two.fine, rng), random_displacement(two.coarse, rng)
    moved, gathered = two.to_fine(displacement), two.to_coarse(forces)
    work = float(forces.astype(float) @ moved)
    # Single precision, and cancellation in both sums.
    size = float(np.linalg.norm(forces) * np.linalg.norm(moved))
    assert work == pytest.approx(float(gathered.astype(float) @ displacement), rel=0, abs=2e-6 * size)


@given(masks, seeds)
def test_restriction_is_the_transpose_of_interpolation(bone, seed):
    same_work(pair(moduli(bone), Team(1)), seed)


@given(masks, seeds)
def test_with_supports_too(bone, seed):
    modulus, rng = moduli(bone), np.random.default_rng(seed)
    free = pair(modulus, Team(1))
    held = tuple(
        np.unique(rng.choice(level.places(), rng.integers(0, level.nodes) + 1)) for level in free[:2]
    )
    two = pair(modulus, Team(1), held)
    same_work(two, seed)
    assert not two.to_fine(random_displacement(two.coarse, rng))[held[0]].any()
    assert not two.to_coarse(random_forces(two.fine, rng))[held[1]].any()


@given(masks, seeds)
def test_periodic_too(bone, seed):
    even = np.repeat(np.repeat(np.repeat(bone, 2, 0), 2, 1), 2, 2)
    same_work(pair(moduli(even), Team(1), periodic=True), seed)


@given(masks)
def test_linear_fields_are_interpolated_exactly(bone):
    two = pair(moduli(bone), Team(1))
    fields = []
    for level, size in ((two.fine, 1), (two.coarse, 2)):
        k, j, i = np.unravel_index(node_numbers(level.rows), [int(n) + 1 for n in level.rows.shape])
        field = np.zeros((3, level.rows.stride), np.float32)
        field[:, : level.nodes] = size * np.stack([i + 2 * j, j - 3 * k, k + i]) + [[1], [2], [3]]
        fields.append(field.ravel())
    found = two.to_fine(fields[1])
    np.testing.assert_array_equal(found[two.fine.places()], fields[0][two.fine.places()])


@given(masks, seeds)
def test_no_force_is_lost(bone, seed):
    two = pair(moduli(bone), Team(1))
    forces = random_forces(two.fine, np.random.default_rng(seed))
    total = two.to_coarse(forces).reshape(3, -1).sum(axis=1, dtype=float)
    expected = forces.reshape(3, -1).sum(axis=1, dtype=float)
    np.testing.assert_allclose(total, expected, rtol=0, atol=1e-6 * np.abs(forces).sum())


@given(masks, seeds)
def test_what_is_there_is_added_to(bone, seed):
    two = pair(moduli(bone), Team(1))
    rng = np.random.default_rng(seed)
    before, displacement = random_displacement(two.fine, rng), random_displacement(two.coarse, rng)
    moved = two.to_fine(displacement)
    two.fine.x[:] = before
    prolong(two.fine, two.coarse, two.strips, displacement)
    np.testing.assert_allclose(two.fine.x, before + moved, rtol=0, atol=1e-5)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(threads):
    modulus = moduli(np.random.default_rng(8).random(LARGE) < 0.7)
    found = []
    for count in (1, threads):
        team = Team(count)
        two = pair(modulus, team)
        rng = np.random.default_rng(9)
        displacement = random_displacement(two.coarse, rng)
        forces = random_forces(two.fine, rng)
        found.append((two.to_fine(displacement).tobytes(), two.to_coarse(forces).tobytes()))
        same_work(two, 10)
        team.close()
    assert found[0] == found[1]
