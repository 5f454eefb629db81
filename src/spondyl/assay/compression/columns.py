"""Which column of an export holds what, and in which unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.errors import MeasurementError, Mistake, nearest_word

UNITS: Mapping[str, Mapping[str, float]] = {
    "force": {
        "N": 1.0, "mN": 1e-3, "kN": 1e3, "MN": 1e6, "lbf": 4.4482216152605, "kgf": 9.80665, "gf": 9.80665e-3,
    },
    "displacement": {
        "mm": 1.0, "um": 1e-3, "nm": 1e-6, "cm": 10.0, "m": 1e3, "in": 25.4,
    },
    "time": {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0},
}  # fmt: skip
"""Units by what is measured, each with its factor to N, mm and s."""

MEANT = {"force": "N", "displacement": "mm", "time": "s"}

OTHER_WORDS = {
    "newton": "N", "newtons": "N", "lb": "lbf", "lbs": "lbf", "µm": "um", "μm": "um", "micron": "um",
    "inch": "in", "inches": "in", "in.": "in", '"': "in", "sec": "s", "sec.": "s", "seconds": "s",
    "second": "s", "millimeter": "mm", "millimetre": "mm", "meter": "m", "metre": "m",
}  # fmt: skip

WORDS: Mapping[str, tuple[str, ...]] = {
    "force": ("force", "load", "kraft", "standardkraft", "prufkraft", "last", "charge", "fuerza", "carga"),
    "displacement": (
        "displacement", "disp", "extension", "stroke", "crosshead", "position", "deformation", "weg",
        "standardweg", "traversenweg", "traverse", "verformung", "verschiebung", "deplacement",
        "desplazamiento", "deflection",
    ),
    "time": ("time", "zeit", "prufzeit", "temps", "tiempo", "elapsed"),
}  # fmt: skip
"""Words of a heading that say what the column holds."""

NOT_MEANT = ("stress", "strain", "rate", "speed", "spannung", "dehnung", "peak", "true", "energy", "work")

_UNIT = re.compile(r"^(?P<name>.*?)\s*(?:[\[(]\s*(?P<a>[^\])]*?)\s*[\])]|/\s*(?P<b>\S+)|\s(?P<c>\S+))\s*$")


@dataclass(frozen=True, slots=True)
class Found:
    """A column: its place, its heading, and its unit as one of :data:`UNITS`; empty where none is stated."""

    place: int
    heading: str
    unit: str


def understood(text: str) -> str | None:
    """Return the unit that a text means, None for one that is not known.

    Examples
    --------
    >>> understood("(kN)"), understood("µm"), understood("sec"), understood("furlong")
    ('kN', 'um', 's', None)
    """
    plain = text.strip().strip("()[]").strip()
    plain = OTHER_WORDS.get(plain.lower(), plain)
    for table in UNITS.values():
        if plain in table:
            return plain
    # Machines write "n" and "KN"; only where no other unit differs by its capitals ("mN", "MN").
    near = [unit for table in UNITS.values() for unit in table if unit.lower() == plain.lower()]
    return near[0] if len(near) == 1 else None


def parted(heading: str) -> tuple[str, str | None]:
    """Part a heading into name and unit; None where the heading states no unit that is known.

    Examples
    --------
    >>> parted("Load (N)"), parted("Standardkraft [kN]"), parted("Weg/mm"), parted("Extension")
    (('Load', 'N'), ('Standardkraft', 'kN'), ('Weg', 'mm'), ('Extension', None))
    """
    found = _UNIT.match(heading.strip())
    if found is None:
        return heading.strip(), None
    unit = understood(found["a"] or found["b"] or found["c"] or "")
    return (found["name"].strip(), unit) if unit else (heading.strip(), None)


def found_columns(
    name: str, headings: Sequence[str], units: Sequence[str], asked: Mapping[str, str]
) -> dict[str, Found]:
    """Find force, displacement and, if there is one, time.

    Parameters
    ----------
    name : of the file.
    headings, units : of each column; units may be empty texts, when the heading is searched for them.
    asked : by what is measured, the heading or number (from 1) of the column to take.

    Raises
    ------
    MeasurementError
        A column that is missing or found twice, or one in a unit of another kind.
    """
    columns: dict[str, Found] = {}
    mistakes: list[Mistake] = []
    for kind in ("force", "displacement", "time"):
        places = _asked(headings, asked[kind]) if kind in asked else _matching(kind, headings)
        if len(places) == 1:
            columns[kind] = _column(name, kind, places[0], headings, units, mistakes)
        elif kind != "time":
            mistakes.append(_missing(name, kind, headings, places, asked.get(kind)))
    if mistakes:
        raise MeasurementError(mistakes)
    return columns


def _column(
    name: str,
    kind: str,
    place: int,
    headings: Sequence[str],
    units: Sequence[str],
    mistakes: list[Mistake],
) -> Found:
    heading, inside = parted(headings[place])
    below = units[place].strip() if place < len(units) else ""
    unit = understood(below) if below else inside
    if below and unit is None:
        allowed = f"must be one of {', '.join(UNITS[kind])}"
        mistakes.append(Mistake(f"{name} › {heading}", f"the unit {below!r}", allowed))
    if unit is not None and unit not in UNITS[kind]:
        near = f", a unit of {next(k for k, table in UNITS.items() if unit in table)}"
        allowed = f"{kind} must be in one of {', '.join(UNITS[kind])}"
        mistakes.append(Mistake(f"{name} › {heading}", f"the unit {unit}{near}", allowed))
    return Found(place, heading, unit or "")


def _asked(headings: Sequence[str], wanted: str) -> list[int]:
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(headings):
        return [int(wanted) - 1]
    exact = [i for i, heading in enumerate(headings) if heading.strip() == wanted.strip()]
    return exact or [i for i, h in enumerate(headings) if parted(h)[0].lower() == wanted.strip().lower()]


def _matching(kind: str, headings: Sequence[str]) -> list[int]:
    return [
        place
        for place, heading in enumerate(headings)
        if (words := _words(heading)) & set(WORDS[kind]) and not words & set(NOT_MEANT)
    ]


def _words(heading: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", heading.lower()).encode("ascii", "ignore").decode("ascii")
    return set(re.findall(r"[a-z]+", plain))


def _missing(
    name: str, kind: str, headings: Sequence[str], places: Sequence[int], wanted: str | None
) -> Mistake:
    listed = ", ".join(heading for heading in headings if heading)[:160]
    if wanted is not None:
        near = nearest_word(wanted, headings)
        return Mistake(f"{name}, {kind} column", repr(wanted), f"must be one of {listed}, or a number", near)
    remedy = f"say which with --{kind}-column (a heading, or a number from 1)"
    if places:
        several = ", ".join(headings[place] for place in places)
        return Mistake(name, f"{len(places)} columns of {kind}: {several}", remedy)
    return Mistake(name, f"no column of {kind} among {listed}", remedy)
