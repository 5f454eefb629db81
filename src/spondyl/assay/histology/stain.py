"""Stains: the colours of their dyes, and how much of each a tissue takes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake, nearest_word

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Stain:
    """One stain.

    Parameters
    ----------
    name, title : key, and in words.
    dyes : names.
    colours : optical density of each dye in red, green and blue, of length 1, (dyes, 3).
    tissues : names of what it tells apart, the empty section first.
    amounts : of each dye in each tissue, (tissues, dyes).
    nuclei : amounts that a nucleus adds, (dyes,).
    """

    name: str
    title: str
    dyes: tuple[str, ...]
    colours: Floats
    tissues: tuple[str, ...]
    amounts: Floats
    nuclei: Floats

    def amount(self, tissue: str) -> Floats:
        """Return the amounts of a tissue, that of soft tissue where the stain does not tell it apart."""
        return np.asarray(self.amounts[self.tissues.index(self.like(tissue))])

    def like(self, tissue: str) -> str:
        """Return the tissue of this stain that a tissue looks like."""
        if tissue in self.tissues:
            return tissue
        for other in ALIKE.get(tissue, ()):
            if other in self.tissues:
                return other
        return "soft"


ALIKE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"new_bone": ("bone",), "osteoid": ("new_bone", "bone", "positive")}
)
"""What a tissue looks like in stains that do not tell it apart, the likest first: osteoid is what osteocalcin
shows, for that stain tells no bone."""


def stain(name: str) -> Stain:
    """Return a stain.

    Raises
    ------
    MeasurementError
        If there is none of this name.

    Examples
    --------
    >>> stain("he").dyes
    ('haematoxylin', 'eosin', 'neutral')
    """
    if name not in STAINS:
        allowed = f"must be {', '.join(STAINS)}"
        raise MeasurementError(Mistake("stain", repr(name), allowed, nearest_word(name, STAINS)))
    return _stain(name)


@cache
def _table() -> Mapping[str, Any]:
    text = (files("spondyl.assay.histology") / "stains.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def _stain(name: str) -> Stain:
    row = _table()[name]
    colours = np.array([_table()["colours"][dye] for dye in row["dyes"]])
    colours = colours / np.linalg.norm(colours, axis=1, keepdims=True)
    amounts = np.array(list(row["tissues"].values()))
    return Stain(
        name,
        row["title"],
        tuple(row["dyes"]),
        colours,
        tuple(row["tissues"]),
        amounts,
        np.array(row["nuclei"]),
    )


STAINS: tuple[str, ...] = ("he", "masson-goldner", "trap", "osteocalcin")
"""Names of the stains that ship."""
