"""A number with a passport."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How far a number may be trusted."""

    MEASURED = "measured"
    DERIVED = "derived"
    FITTED = "fitted"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A biological or material number and everything a reader needs to judge it.

    Parameters
    ----------
    name : key in its table, unique within the stage.
    value : the number used by default, in `unit`.
    unit : unit as pint reads it; ``"1"`` for a pure number.
    low, high : range the value must stay in, same unit.
    meaning : one sentence.
    source : key of ``references.bib``; for an assumption, a key or an empty text.
    kind : measured, derived, fitted or assumed.
    distribution : name of the distribution over animals or belief, e.g. ``"lognormal"``; None for a
        plain range.
    spread : parameter of that distribution, e.g. the geometric standard deviation; None without one.
    stage : the folder whose ``parameters.toml`` holds it.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    meaning: str
    source: str
    kind: Kind
    distribution: str | None = None
    spread: float | None = None
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """One work that can be cited.

    Parameters
    ----------
    key : BibTeX key.
    text : formatted citation: authors, year, title, journal, pages.
    doi : digital object identifier, or an empty text.
    """

    key: str
    text: str
    doi: str = ""
