"""Oxygen and glucose come to rest around the cells where they are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.field import Solute, Solved, solve
from spondyl.spheroid.agents.living import energies, sugar_capacities
from spondyl.spheroid.agents.mesh import Mesh, Outside, mesh_around
from spondyl.spheroid.agents.parameters import Parameters
from spondyl.spheroid.agents.sharing import sample, spread
from spondyl.spheroid.agents.state import Fields, State
from spondyl.spheroid.radial.energy import remaining

Array = NDArray[np.float64]

_DENSE = 0.55
"""Share of a cube's space at which it counts as tissue in full: that of loosely packed balls."""


def fed(state: State, culture: Culture, parameters: Parameters, days: float) -> State:
    """Return the state with oxygen, glucose and energy at each cell, and the medium poorer by what was taken.

    Parameters
    ----------
    days : time over which the cells take from the medium; 0 leaves the medium as it is. The medium is that at
        the end of the time (backward Euler), so no step is too long.
    """
    reach = float(np.max(np.linalg.norm(state.position_mm - state.position_mm.mean(axis=0), axis=1)))
    reach += float(state.radius_mm.max())
    outside = _ways(culture, reach, days)
    layer = min(way.layer_mm(reach) for way in outside)
    mesh = mesh_around(state.position_mm, state.radius_mm, parameters.cube, layer)
    space = np.minimum(spread(mesh, state.position_mm, state.volume_mm3) / _DENSE, 1.0)
    living, cells = state.living, culture.cells
    breath = cells.oxygen_uptake * remaining(cells.oxygen_share, state.day, cells.adaptation_time)
    mixed = (culture.place.oxygen_above, state.medium_glucose_mM)
    before = _carried(state.fields, mesh)
    oxygen = _rest(state, mesh, space, culture, outside, 0, mixed, np.where(living, breath, 0.0), before)
    at_cells = sample(mesh, oxygen.value, state.position_mm)
    capacity = np.empty(len(state))
    sugar_capacities(cells, at_cells, state.day, capacity)
    glucose = _rest(state, mesh, space, culture, outside, 1, mixed, np.where(living, capacity, 0.0), before)
    sugar = sample(mesh, glucose.value, state.position_mm)
    energy = np.empty(len(state))
    energies(cells, at_cells, sugar, state.day, energy)
    first = tuple(round(number / mesh.spacing_mm) for number in mesh.origin_mm)
    return replace(
        state,
        oxygen_mM=at_cells,
        glucose_mM=sugar,
        energy=np.where(living, energy, 0.0),
        medium_glucose_mM=state.medium_glucose_mM - days * glucose.inflow / culture.place.share,
        fields=Fields((first[0], first[1], first[2]), mesh.spacing_mm, oxygen.value, glucose.value),
    )


def _ways(culture: Culture, reach: float, days: float) -> tuple[Outside, Outside]:
    """Return how oxygen and glucose come to the cells: film around them, medium above, and its emptying."""
    place = culture.place
    emptying = (0.0, days / place.share)
    return tuple(  # type: ignore[return-value]
        Outside(d, place.film / (4 * math.pi * reach * d) + place.layer[row] + emptying[row])
        for row, d in enumerate(place.outside[:2])
    )


def _rest(
    state: State,
    mesh: Mesh,
    space: Array,
    culture: Culture,
    outside: tuple[Outside, Outside],
    row: int,
    mixed: tuple[float, float],
    uptake: Array,
    before: tuple[Array, Array] | None,
) -> Solved:
    half = (culture.cells.oxygen_half, culture.cells.glucose_half)[row]
    medium, tissue = culture.place.outside[row], culture.place.inside[row]
    solute = Solute(mixed[row], half, outside[row])
    capacity = spread(mesh, state.position_mm, uptake)
    start = None if before is None else before[row]
    return solve(mesh, solute, capacity, medium + (tissue - medium) * space, start)


def _carried(fields: Fields | None, mesh: Mesh) -> tuple[Array, Array] | None:
    """Return the last fields on the cubes of a new grid, the nearest cube where it reaches farther."""
    if fields is None or fields.spacing_mm != mesh.spacing_mm:
        return None
    old = fields.oxygen_mM.shape[::-1]
    places = [
        np.clip(round(origin / mesh.spacing_mm) - first + np.arange(size), 0, length - 1)
        for origin, first, size, length in zip(
            mesh.origin_mm, fields.origin, mesh.shape[::-1], old, strict=True
        )
    ]
    where = np.ix_(places[2], places[1], places[0])
    return np.ascontiguousarray(fields.oxygen_mM[where]), np.ascontiguousarray(fields.glucose_mM[where])
