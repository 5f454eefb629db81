"""What a cell takes up, the energy it makes of it, and how soon it starves."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import kernel
from spondyl.spheroid.radial.profile import uptake


@kernel
def remaining(share: float, day: float, time: float) -> float:
    """Return the part of the monolayer's uptake that is left on a day: from 1 to `share`."""
    return float(share + (1.0 - share) * np.exp(-day / time))


@kernel
def glucose_capacity(cells: Any, oxygen: float, share: float) -> float:
    """Return the largest glucose uptake of one cell, nmol/day: it rises as oxygen falls (Pasteur effect)."""
    want = cells.oxygen_half / (cells.oxygen_half + max(oxygen, 0.0))
    return float(cells.glucose_uptake * share * (1.0 + (cells.pasteur_rise - 1.0) * want))


@kernel
def energy_share(cells: Any, oxygen: float, glucose: float, day: float) -> float:
    """Return the ATP that a cell makes over what it would make with plenty of both."""
    breath = cells.oxygen_uptake * remaining(cells.oxygen_share, day, cells.adaptation_time)
    sugar = remaining(cells.glucose_share, day, cells.adaptation_time)
    capacity = glucose_capacity(cells, oxygen, sugar)
    made = cells.oxygen_atp * uptake(oxygen, breath, cells.oxygen_half)
    made += cells.glucose_atp * uptake(glucose, capacity, cells.glucose_half)
    most = cells.oxygen_atp * breath + cells.glucose_atp * cells.glucose_uptake * sugar
    return made / most if most > 0 else 1.0  # a cell that takes up nothing wants nothing


@kernel
def hazard(cells: Any, energy: float) -> float:
    """Return the hazard of death of a cell, 1/day."""
    starving = 1.0 / (1.0 + (max(energy, 0.0) / cells.energy_half) ** cells.energy_steepness)
    return float(cells.steady_hazard + cells.starvation_hazard * starving)


@kernel
def division(cells: Any, oxygen: float, lactate: float, crowding: float) -> float:
    """Return the rate of division of a cell, 1/day."""
    room = max(0.0, 1.0 - crowding) * max(0.0, 1.0 - lactate / cells.lactate_limit)
    air = max(oxygen, 0.0) / (cells.growth_oxygen_half + max(oxygen, 0.0))
    return float(cells.growth_rate * room * air)
