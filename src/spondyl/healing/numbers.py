"""The stage's parameters as plain numbers in units of the fields: mm, day, cells/mm³, ng/mL, MPa."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from spondyl.errors import HealingError, Mistake, nearest_word
from spondyl.quantity import Parameter, convert_number, shipped

STAGE = "healing"

INSIDE = {"m^2/s": "mm^2/day"}
"""Unit of a table's row → unit of the fields, where they differ."""

OXYGEN_PER_CELL = 86_400 * 1e9
"""From mol/s of a cell to mmol/L/day of a cell/mm³."""

PER_ML = 1000.0
"""From ng/day of a cell to ng/mL/day of a cell/mm³."""

HOST = ("progenitors", "formation", "resorption")
"""What differs between hosts, in shares of a healthy animal."""

Numbers = Mapping[str, float]
Host = Mapping[str, float]


def numbers(parameters: Mapping[str, Parameter] | None = None, **changed: float) -> Numbers:
    """Return every number of the stage.

    Parameters
    ----------
    parameters : numbers of the stage ``healing``; the shipped ones if None.
    changed : numbers in place of the table's, in the units of the fields.

    Raises
    ------
    HealingError
        If a changed number is not one of the table, or lies outside its range.
    """
    table = parameters or shipped()[STAGE]
    unknown = [name for name in changed if name not in table]
    if unknown:
        near = nearest_word(unknown[0], table)
        allowed = "spondyl params lists them under healing"
        raise HealingError(Mistake(f"parameters › {unknown[0]}", "no number of healing", allowed, near))
    found = {name: _inside(row.value, row.unit) for name, row in table.items()}
    for name, value in changed.items():
        low, high = (_inside(edge, table[name].unit) for edge in (table[name].low, table[name].high))
        if not low <= value <= high:
            allowed = f"must lie between {low:g} and {high:g}"
            raise HealingError(Mistake(f"parameters › {name}", f"{value:g}", allowed))
    return MappingProxyType(found | changed)


def host_of(known: Numbers, ovariectomised: bool, seed: int | None) -> Host:
    """Return a host: healthy or ovariectomised, its own animal or (seed None) the usual one.

    Its three shares are drawn log-normally, each from a stream of its own.
    """
    lost = {
        "progenitors": known["ovx_progenitors"],
        "formation": known["ovx_formation"],
        "resorption": known["ovx_resorption"],
    }
    usual = lost if ovariectomised else dict.fromkeys(HOST, 1.0)
    if seed is None:
        return MappingProxyType(usual)
    return MappingProxyType(
        {
            name: value * float(np.exp(known["animal_spread"] * _stream(seed, name).standard_normal()))
            for name, value in usual.items()
        }
    )


def _stream(seed: int, name: str) -> np.random.Generator:
    import hashlib

    key = hashlib.sha256(f"spondyl/healing/{seed}/{name}".encode()).digest()[:16]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))


def _inside(value: float, unit: str) -> float:
    return convert_number(value, unit, INSIDE[unit], where=STAGE) if unit in INSIDE else value
