"""A culture in time: profiles at rest at every step, cells and medium carried from one to the next."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import kernel
from spondyl.spheroid.radial.energy import division, energy_share, glucose_capacity, hazard, remaining
from spondyl.spheroid.radial.profile import link_shells, settle, uptake
from spondyl.spheroid.radial.shells import cell_volume, lay_anew, lay_faces

OXYGEN, GLUCOSE, LACTATE, ENERGY = 0, 1, 2, 3
"""Rows of a step's levels."""


@kernel
def advance(
    cells: Any,
    place: Any,
    schedule: Any,
    fresh: Any,
    renewed: Any,
    state: Any,
    face: Any,
    level: Any,
    pool: Any,
) -> None:
    """Culture for `schedule.steps` steps.

    Row k of each array is what holds at time k · step; its levels are at rest with the cells of that time and
    with the medium at the end of the step that begins there (backward Euler for the medium: no step is too
    long).

    Parameters
    ----------
    cells, place, schedule : see :mod:`spondyl.spheroid.radial.cells`.
    fresh : glucose of fresh medium at each step, mmol/L, shape (steps + 1,).
    renewed : share of the medium that is renewed at the beginning of each step, shape (steps + 1,).
    state : living and dead cells, shape (steps + 1, 2, shells); row 0 is given, the others are set.
    face : set; radii of the faces, mm, shape (steps + 1, shells + 1).
    level : set; oxygen, glucose, lactate (mmol/L) and energy, shape (steps + 1, 4, shells).
    pool : set; mean glucose and lactate of the medium, mmol/L, shape (steps + 1, 2).
    """
    shells = state.shape[2]
    link, capacity, source = np.empty(shells), np.empty(shells), np.zeros(shells)
    work = np.empty((2, shells))
    pool[0, 0], pool[0, 1] = fresh[0], 0.0
    for i in range(shells):
        level[0, OXYGEN, i], level[0, GLUCOSE, i], level[0, LACTATE, i] = place.oxygen_above, fresh[0], 0.0
    for k in range(schedule.steps + 1):
        day = k * schedule.step
        living, dead = state[k, 0], state[k, 1]
        lay_faces(living, dead, cell_volume(cells, day), face[k])
        if schedule.remap:
            lay_anew(living, dead, face[k], work)
            lay_faces(living, dead, cell_volume(cells, day), face[k])
        pool[k, 0] += renewed[k] * (fresh[k] - pool[k, 0])
        pool[k, 1] -= renewed[k] * pool[k, 1]
        lasting = schedule.step if k < schedule.steps else 0.0
        eaten = _rest(
            cells, place, day, lasting, living, face[k], level[k], pool[k], link, capacity, source, work
        )
        if k < schedule.steps:
            pool[k + 1, 0] = pool[k, 0] - lasting * eaten / place.share
            pool[k + 1, 1] = pool[k, 1] + lasting * cells.lactate_yield * eaten / place.share
            _live(cells, place, schedule.step, level[k], state[k], state[k + 1])
            for i in range(shells):
                for row in range(ENERGY):
                    level[k + 1, row, i] = level[k, row, i]


@kernel
def _rest(
    cells: Any,
    place: Any,
    day: float,
    lasting: float,
    living: Any,
    face: Any,
    level: Any,
    pool: Any,
    link: Any,
    capacity: Any,
    source: Any,
    work: Any,
) -> float:
    """Bring oxygen, glucose, lactate and energy to rest; return the glucose taken up, nmol/day."""
    film = place.film / (4 * np.pi * max(face[-1], 1e-4))
    breath = cells.oxygen_uptake * remaining(cells.oxygen_share, day, cells.adaptation_time)
    sugar = remaining(cells.glucose_share, day, cells.adaptation_time)
    for i in range(living.size):
        source[i], capacity[i] = 0.0, living[i] * breath
    link_shells(face, place.inside[0], film / place.outside[0] + place.layer[0], link)
    settle(level[OXYGEN], capacity, cells.oxygen_half, source, link, place.oxygen_above, work)
    for i in range(living.size):
        capacity[i] = living[i] * glucose_capacity(cells, level[OXYGEN, i], sugar)
    emptying = lasting / place.share
    link_shells(face, place.inside[1], film / place.outside[1] + place.layer[1] + emptying, link)
    settle(level[GLUCOSE], capacity, cells.glucose_half, source, link, pool[0], work)
    eaten = 0.0
    for i in range(living.size):
        taken = uptake(level[GLUCOSE, i], capacity[i], cells.glucose_half)
        source[i], capacity[i] = cells.lactate_yield * taken, 0.0
        eaten += taken
    link_shells(face, place.inside[2], film / place.outside[2] + place.layer[2] + emptying, link)
    settle(level[LACTATE], capacity, cells.glucose_half, source, link, pool[1], work)
    for i in range(living.size):
        level[ENERGY, i] = energy_share(cells, level[OXYGEN, i], level[GLUCOSE, i], day)
    return eaten


@kernel
def _live(cells: Any, place: Any, step: float, level: Any, now: Any, later: Any) -> None:
    """Let cells divide and die, and the dead be cleared, for one step; each rate is held constant over it."""
    alive = 0.0
    for i in range(now.shape[1]):
        alive += now[0, i]
    crowding = alive / place.most_cells
    for i in range(now.shape[1]):
        dying = hazard(cells, level[ENERGY, i])
        gain = division(cells, level[OXYGEN, i], level[LACTATE, i], crowding) - dying
        grown = np.expm1(gain * step) / gain if abs(gain) > 1e-12 else step
        later[0, i] = now[0, i] * (1.0 + gain * grown)
        left = np.exp(-cells.clearing_rate * step)
        later[1, i] = now[1, i] * left + dying * now[0, i] * grown * (1.0 + left) / 2
