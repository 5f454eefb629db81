"""Names, symbols and units of measurements, as the page prints them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One kind of measurement.

    Parameters
    ----------
    assay, key : as in the measurement table, e.g. ``"microct"`` and ``"bv_tv"``.
    name : in words, as it stands inside a sentence.
    symbol : standard abbreviation; the key when the measurement is not listed.
    unit : unit on the page, empty for a pure number.
    scale : factor from the table's value to the printed one.
    outcome : False for what only describes how the measurement was made.
    """

    assay: str
    key: str
    name: str
    symbol: str
    unit: str
    scale: float
    outcome: bool

    @property
    def title(self) -> str:
        """Name and symbol, e.g. ``"bone volume fraction (BV/TV)"``."""
        return self.name if self.symbol in self.name else f"{self.name} ({self.symbol})"

    def opening(self, text: str) -> str:
        """Return text that begins with the title as it opens a sentence.

        A bare key keeps its spelling.
        """
        return text if self.name == self.key else capital(text)

    @property
    def difference_unit(self) -> str:
        """Unit of a difference: percentage points for a percentage."""
        return "percentage points" if self.unit == "%" else self.unit


def capital(text: str) -> str:
    """Return text as it opens a sentence; a Greek letter keeps its size, for a capital beta reads as B."""
    return text[:1].upper() + text[1:] if text[:1].isascii() else text


def endpoint_of(assay: str, key: str, unit: str) -> Endpoint:
    """Return how a measurement is printed.

    A listed measurement is rescaled (a fraction to per cent) only when the table gives it in the listed
    unit; otherwise the table's own unit is printed, so that a number never stands beside a wrong unit.

    Parameters
    ----------
    assay, key, unit : as in the measurement table.

    Examples
    --------
    >>> endpoint_of("microct", "bv_tv", "1").title
    'bone volume fraction (BV/TV)'
    >>> endpoint_of("microct", "bv_tv", "%").scale
    1.0
    """
    given = printed_unit(unit)
    row = _table("endpoints.toml").get(assay, {}).get(key)
    if row is None:
        return Endpoint(assay, key, key, key, given, 1.0, outcome=True)
    shown, scale = given, 1.0
    if given == printed_unit(row["unit"]):
        shown, scale = printed_unit(row.get("shown", row["unit"])), float(row.get("scale", 1))
    return Endpoint(assay, key, row["name"], row["symbol"], shown, scale, row["role"] == "outcome")


def listed_unit(assay: str, key: str) -> str | None:
    """Return the unit a listed measurement has in the table; None when it is not listed.

    Examples
    --------
    >>> listed_unit("microct", "tb_th_um"), listed_unit("microct", "luck")
    ('µm', None)
    """
    row = _table("endpoints.toml").get(assay, {}).get(key)
    return None if row is None else str(row["unit"])


def assay_title(assay: str) -> str:
    """Return the assay in words, e.g. ``"Micro-computed tomography"``."""
    return str(_table("endpoints.toml")["assays"].get(assay, assay))


def rank(assay: str, key: str) -> tuple[int, int, str, str]:
    """Return a sort key: listed measurements in the order of the list, then the others by name."""
    table = _table("endpoints.toml")
    assays, keys = list(table["assays"]), list(table.get(assay, {}))
    place = assays.index(assay) if assay in assays else len(assays)
    return place, keys.index(key) if key in keys else len(keys), assay, key


def printed_unit(unit: str) -> str:
    """Return a unit as printed: ``"mm^3"`` becomes ``"mm³"``; a pure number has none."""
    given = unit.strip()
    return str(_table("units.toml")["printed"].get(given, given))


@cache
def _table(name: str) -> Mapping[str, Any]:
    text = (files("spondyl.report") / name).read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))
