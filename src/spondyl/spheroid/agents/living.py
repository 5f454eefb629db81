"""Cells live: they make energy, grow, divide, die and are cleared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.chance import AXIS, FATE, directions, uniforms
from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.parameters import Parameters
from spondyl.spheroid.agents.state import State, joined, taken
from spondyl.spheroid.radial.energy import division, energy_share, glucose_capacity, hazard, remaining

Array = NDArray[np.float64]


@kernel
def energies(cells: Any, oxygen: Any, glucose: Any, day: float, energy: Any) -> None:
    """Set the energy of each cell, over what it would make with plenty."""
    for i in range(energy.size):
        energy[i] = energy_share(cells, oxygen[i], glucose[i], day)


@kernel
def sugar_capacities(cells: Any, oxygen: Any, day: float, capacity: Any) -> None:
    """Set the largest glucose uptake of each cell, nmol/day."""
    share = remaining(cells.glucose_share, day, cells.adaptation_time)
    for i in range(capacity.size):
        capacity[i] = glucose_capacity(cells, oxygen[i], share)


@kernel
def rates(
    cells: Any,
    energy: Any,
    oxygen: Any,
    contacts: Any,
    crowding: float,
    alone: float,
    dying: Any,
    dividing: Any,
) -> None:
    """Set the hazard of death and the rate of division of each cell, 1/day."""
    for i in range(energy.size):
        dying[i] = hazard(cells, energy[i]) + (alone if contacts[i] == 0 else 0.0)
        dividing[i] = division(cells, oxygen[i], 0.0, contacts[i] / crowding)


def lived(state: State, culture: Culture, parameters: Parameters, days: float) -> State:
    """Return the cells after a time in which they grow, die, are cleared and divide, but stay where they are.

    A cell dies with the probability 1 - exp(-hazard · days) and, alive, divides once with the probability
    exp(rate · days) - 1: the expected number grows as exp((rate - hazard) · days), exactly.

    Raises
    ------
    CultureError
        The step is so long that a cell would divide more than once.
    """
    n = len(state)
    dying, dividing = np.empty(n), np.empty(n)
    contacts = state.contacts.astype(np.float64)
    about = (parameters.crowding, parameters.anoikis)
    rates(culture.cells, state.energy, state.oxygen_mM, contacts, *about, dying, dividing)
    chance = np.expm1(dividing * days)
    if n and chance.max() > 1:
        longest = f"{np.log(2) / dividing.max():.3g} days"
        raise CultureError(
            Mistake("step", f"{days:g} days", f"cells divide once in a step: at most {longest}")
        )
    drawn = uniforms(state.seed, state.step, state.cell, FATE)
    alive = state.living
    dies = alive & (drawn[:, 0] < -np.expm1(-dying * days))
    divides = alive & ~dies & (drawn[:, 1] < chance)
    grown = _sized(state, culture, parameters, days, dies)
    return _divided(grown, np.flatnonzero(divides))


def _sized(
    state: State, culture: Culture, parameters: Parameters, days: float, dies: NDArray[np.bool_]
) -> State:
    """Let the living grow or shrink to their size, and the dead, those that die now too, lose volume."""
    alive = state.living & ~dies
    small = parameters.packing * culture.cells.settled_volume
    packed = np.minimum(state.contacts / parameters.compacting, 1.0)
    goal = parameters.free_volume + (min(small, parameters.free_volume) - parameters.free_volume) * packed
    time = np.where(goal > state.volume_mm3, parameters.regrowth, culture.cells.compaction_time)
    living = goal + (state.volume_mm3 - goal) * np.exp(-days / time)
    shrunk = np.exp(-culture.cells.clearing_rate * days)
    volume = np.where(alive, living, state.volume_mm3 * shrunk)
    left = np.where(alive, 1.0, state.left * shrunk)
    return replace(state, volume_mm3=volume, left=left, crawl=np.where(alive[:, None], state.crawl, 0.0))


def _divided(state: State, which: NDArray[np.int64]) -> State:
    """Split cells in halves along an axis drawn at random; the middle of both is where the mother was."""
    if not which.size:
        return state
    volume, position, cell = state.volume_mm3.copy(), state.position_mm.copy(), state.cell[which]
    volume[which] /= 2
    apart = np.cbrt(volume[which] * (3 / (4 * np.pi)))[:, None] * directions(
        state.seed, state.step, cell, AXIS
    )
    position[which] += 0.5 * apart
    mothers = replace(state, volume_mm3=volume, position_mm=position)
    daughters = taken(mothers, which)
    numbers = state.next_cell + np.arange(len(which), dtype=np.int64)
    daughters = replace(daughters, cell=numbers, position_mm=daughters.position_mm - apart)
    return replace(joined(mothers, daughters), next_cell=state.next_cell + len(which))


def cleared(state: State, share: float) -> State:
    """Return the state without dead cells of which less than a share is left."""
    kept = state.left >= share
    return state if kept.all() else taken(state, kept)
