"""What a kernel must know of the cells and of what stands around them, in plain numbers."""

from __future__ import annotations

from typing import NamedTuple


class Cells(NamedTuple):
    """Rates of one cell; nmol, mm³, mmol/L, day.

    Parameters
    ----------
    oxygen_uptake, oxygen_half : largest uptake in monolayer, and the level at half of it.
    glucose_uptake, glucose_half : the same of glucose, with plenty of oxygen.
    oxygen_share, glucose_share : of those uptakes that remain once the cell has adapted to its spheroid.
    adaptation_time : with which they fall.
    pasteur_rise : glucose uptake without oxygen over that with plenty.
    lactate_yield : lactate made for each glucose.
    lactate_limit : level that stops division.
    oxygen_atp, glucose_atp : ATP made for each oxygen molecule and each glucose taken up.
    energy_half, energy_steepness, starvation_hazard : Hill law of starving.
    steady_hazard : of death whatever the energy.
    clearing_rate : of dead cells.
    growth_rate, growth_oxygen_half : of division, and the oxygen at half of it.
    settled_volume, first_volume : volume a cell takes at rest and at the start.
    compaction_time : with which the one becomes the other.
    """

    oxygen_uptake: float
    oxygen_half: float
    glucose_uptake: float
    glucose_half: float
    oxygen_share: float
    glucose_share: float
    adaptation_time: float
    pasteur_rise: float
    lactate_yield: float
    lactate_limit: float
    oxygen_atp: float
    glucose_atp: float
    energy_half: float
    energy_steepness: float
    starvation_hazard: float
    steady_hazard: float
    clearing_rate: float
    growth_rate: float
    growth_oxygen_half: float
    settled_volume: float
    first_volume: float
    compaction_time: float


class Exchange(NamedTuple):
    """How oxygen, glucose and lactate move, in each field in this order; mm²/day, day/mm³, mm³, mmol/L.

    Parameters
    ----------
    inside : diffusivities in the spheroid.
    outside : diffusivities in the medium.
    film : resistance of the medium around a ball over that of endless medium, 1 / (4π D r).
    layer : resistance of the medium above the cells of one well, for one spheroid.
    share : medium that belongs to one spheroid.
    oxygen_above : level in equilibrium with the gas.
    most_cells : cells of one spheroid at which division stops.
    """

    inside: tuple[float, float, float]
    outside: tuple[float, float, float]
    film: float
    layer: tuple[float, float, float]
    share: float
    oxygen_above: float
    most_cells: float


class Schedule(NamedTuple):
    """The steps of a culture.

    Parameters
    ----------
    step : length of a step, day.
    steps : their number.
    remap : True lays the shells anew, equally thick, before each step: for cells that divide for long.
    """

    step: float
    steps: int
    remap: bool
