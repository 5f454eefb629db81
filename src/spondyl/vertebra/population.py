"""The animal that a seed stands for: sizes and morphometry drawn from the spread between animals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from spondyl.errors import Mistake, VertebraError, nearest_word
from spondyl.quantity import Parameter, convert_number, shipped
from spondyl.vertebra.streams import stream

LEVELS = {"rat": ("L1", "L2", "L3", "L4", "L5", "L6"), "human": ("L1", "L2", "L3", "L4")}
"""Vertebrae that can be made, by species."""

NAMES = {
    "rat": (
        "rat_height",
        "rat_width",
        "rat_depth",
        "rat_waist",
        "rat_concavity",
        "rat_cortex",
        "rat_end_plate",
        "rat_relief",
        "rat_l1_size",
        "rat_l2_size",
        "rat_l3_size",
        "rat_l4_size",
        "rat_l5_size",
        "rat_l6_size",
        "rat_bv_tv",
        "rat_tb_th",
        "rat_tb_sp",
        "rat_tb_da",
        "rat_thickness_follows",
        "rat_tissue_density",
        "rat_cortex_density",
    ),
    "human": (
        "human_height",
        "human_width",
        "human_depth",
        "human_waist",
        "human_concavity",
        "human_cortex",
        "human_end_plate",
        "human_relief",
        "human_l1_size",
        "human_l2_size",
        "human_l3_size",
        "human_l4_size",
        "human_bv_tv",
        "human_tb_th",
        "human_tb_sp",
        "human_tb_da",
        "human_thickness_follows",
        "human_tissue_density",
        "human_cortex_density",
    ),
}
"""Parameters by species."""

UNITS = {"um": "mm", "mg/cm3": "mg/cm3", "mm": "mm", "1": "1"}

DRAWN = (
    "height",
    "width",
    "depth",
    "waist",
    "concavity",
    "cortex",
    "end_plate",
    "tb_da",
    "tissue_density",
    "cortex_density",
)


MORPHOMETRY = ("bv_tv", "tb_th", "tb_sp", "tb_da")


def animal(species: str, level: str, seed: int) -> dict[str, float]:
    """Return the numbers of one animal: lengths in mm, densities in mg HA/cm³, by name without the species.

    ``bv_tv`` and ``tb_th`` of one animal go together as much as ``thickness_follows`` says; each number has a
    stream of its own, so that a number given by the user changes no other.
    """
    table = _of(species)
    size = table[f"{level.lower()}_size"].value
    numbers = {name: _drawn(table[name], _normal(seed, name)) for name in DRAWN}
    for name in ("height", "width", "depth"):
        numbers[name] *= size
    follows = table["thickness_follows"].value
    more, own = _normal(seed, "bv_tv"), _normal(seed, "tb_th")
    numbers["bv_tv"] = _drawn(table["bv_tv"], more)
    thick = follows * more + math.sqrt(1 - follows**2) * own
    numbers["tb_th"] = _drawn(table["tb_th"], thick)
    numbers["relief"] = table["relief"].value
    return numbers


def known_level(species: str, level: str) -> str:
    """Return the level as it is written here.

    Raises
    ------
    VertebraError
        If this species has no such vertebra.
    """
    allowed = LEVELS[species]
    given = str(level).strip().upper()
    if given not in allowed:
        near = nearest_word(given, allowed)
        raise VertebraError(
            Mistake(f"{species} vertebra", repr(level), f"must be one of {', '.join(allowed)}", near)
        )
    return given


def known_seed(seed: object) -> int:
    """Return the seed; it must be a whole number, zero or above."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise VertebraError(Mistake("seed", repr(seed), "must be a whole number, 0 or above"))
    return int(seed)


def usual(species: str) -> Mapping[str, float]:
    """Return BV/TV, thickness, spacing (mm) and DA of the middle animal of a species."""
    table = _of(species)
    return {name: _in_house_units(table[name], table[name].value) for name in MORPHOMETRY}


def _of(species: str) -> dict[str, Parameter]:
    table = shipped()["vertebra"]
    return {name.removeprefix(f"{species}_"): table[name] for name in NAMES[species]}


def _normal(seed: int, name: str) -> float:
    # Beyond 2.5 standard deviations animals are not taken into studies.
    return float(np.clip(stream(seed, "animal", name).standard_normal(), -2.5, 2.5))


def _drawn(parameter: Parameter, normal: float) -> float:
    """Return the parameter of an animal that lies `normal` standard deviations from the middle."""
    value, spread = parameter.value, parameter.spread
    if parameter.distribution == "lognormal" and spread is not None:
        value *= spread**normal
    elif parameter.distribution == "normal" and spread is not None:
        value += spread * normal
    return _in_house_units(parameter, min(max(value, parameter.low), parameter.high))


def _in_house_units(parameter: Parameter, value: float) -> float:
    to = UNITS[parameter.unit]
    if to == parameter.unit:
        return value
    return convert_number(value, parameter.unit, to, where=parameter.name)
