"""Where cells are cultured, and in what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Vessel:
    """A plate, dish or flask.

    Parameters
    ----------
    name : e.g. ``"96-well round"``.
    wells : in one of them.
    area_mm2 : floor of a well.
    most_ul : a well holds before it overflows, µL (mm³).
    usual_ul : medium that a well is given when nothing is asked.
    places : spheroids that a well keeps apart; 0 for a flat floor, which keeps none apart.
    shape : round, microwells, flat or flask.
    """

    name: str
    wells: int
    area_mm2: float
    most_ul: float
    usual_ul: float
    places: int
    shape: str


@cache
def vessels() -> Mapping[str, Vessel]:
    """Return the vessels that are known, by name.

    Examples
    --------
    >>> vessels()["96-well round"].area_mm2
    32.0
    """
    found = {name: Vessel(name=name, **entry) for name, entry in _table("vessels.toml").items()}
    return MappingProxyType(found)


@cache
def media() -> Mapping[str, float]:
    """Return the glucose of the basal media that are known, mmol/L, by name.

    Examples
    --------
    >>> media()["low glucose"]
    5.55
    """
    return MappingProxyType({name: entry["glucose_mM"] for name, entry in _table("media.toml").items()})


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("spondyl.spheroid") / name).read_text("utf-8"))
