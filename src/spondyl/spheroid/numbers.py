"""The stage's parameters as plain numbers in the units of the kernels: mm, day, nmol, mmol/L."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from spondyl.quantity import Parameter, convert_number, shipped

STAGE, NETWORK_STAGE = "spheroid", "spheroid/osteogenic"

INSIDE = {
    "um": "mm",
    "um^3": "mm^3",
    "m^2/s": "mm^2/day",
    "mmol/L/mmHg": "mmol/L/mmHg",
    "fmol/hour": "nmol/day",
    "pmol/day": "nmol/day",
}
"""Unit of a table's row → unit of the kernels, where they differ."""

SPECIES = ("human", "rat")


@dataclass(frozen=True, slots=True)
class Numbers:
    """The parameters of ``spheroid/parameters.toml`` that a culture needs, for one species.

    Each field is the row of the same name, or of that name behind the species; meanings stand there.
    """

    radius_scale: float
    radius_exponent: float
    closest_cell_volume: float
    suspended_cell_volume: float
    loose_packing: float
    compaction_time: float
    radius_spread: float
    oxygen_diffusion: float
    oxygen_medium_diffusion: float
    oxygen_solubility: float
    oxygen_uptake: float
    oxygen_half: float
    oxygen_oxidative: float
    spheroid_oxygen_share: float
    adaptation_time: float
    glucose_diffusion: float
    glucose_medium_diffusion: float
    lactate_diffusion: float
    lactate_medium_diffusion: float
    glucose_uptake: float
    lactate_yield: float
    lactate_limit: float
    glucose_half: float
    spheroid_glucose_share: float
    pasteur_rise: float
    atp_per_oxygen: float
    energy_half: float
    energy_steepness: float
    starvation_hazard: float
    baseline_hazard: float
    anoikis_hazard: float
    clearing_rate: float
    spheroid_growth: float
    monolayer_growth: float
    confluent_density: float
    growth_oxygen_half: float
    alp_turnover: float
    vegf_secretion: float
    bmp2_secretion: float


SPECIFIC = {
    "human": {
        "glucose_uptake": "human_glucose_uptake",
        "lactate_yield": "human_lactate_yield",
        "lactate_limit": "human_lactate_limit",
    },
    "rat": {
        "glucose_uptake": "rat_glucose_uptake",
        "lactate_yield": "rat_lactate_yield",
        "lactate_limit": "rat_lactate_limit",
    },
}
"""Rows that differ between species."""


def row_of(field: str, species: str) -> str:
    """Return the name of the row that a field is read from."""
    return SPECIFIC[species].get(field, field)


def inside(row: Parameter, number: float) -> float:
    """Return a number of a row in the unit of the kernels."""
    return number * _factor(row.unit)


@cache
def _factor(unit: str) -> float:
    return convert_number(1.0, unit, INSIDE.get(unit, unit), where=STAGE)


def numbers(species: str, table: Mapping[str, Parameter] | None = None) -> Numbers:
    """Return the numbers for a species.

    Parameters
    ----------
    species : "rat" or "human".
    table : parameters of the stage; the shipped ones when None.

    Examples
    --------
    >>> round(numbers("human").oxygen_uptake, 6)  # 98 fmol/h is 0.002352 nmol/day
    0.002352
    """
    if table is None:
        return _usual(species)
    rows = {field.name: table[row_of(field.name, species)] for field in fields(Numbers)}
    return Numbers(**{name: inside(row, row.value) for name, row in rows.items()})


@cache
def _usual(species: str) -> Numbers:
    return numbers(species, shipped()[STAGE])
