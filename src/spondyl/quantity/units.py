"""Unit expressions: a strict grammar before pint, and words for what a unit measures.

pint on its own would evaluate arithmetic that somebody wrote into a settings file. Here a unit is names with
whole exponents from 1 to 9, multiplied or divided: ``mm``, ``1/mm``, ``mg/cm3``, ``cells/mm^3``, ``mm²/day``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from spondyl.errors import Mistake, QuantityError, nearest_word

if TYPE_CHECKING:
    import pint

_LONGEST = 80
_UNDER_ONE = re.compile(r"1\s*$|1?\s*/\s*(?=.)")
_FACTOR = re.compile(r"([A-Za-zµμΩΩÅ°%_]+)(?:(?:\^|\*\*)?(-?[1-9])|(⁻?[¹²³⁴⁵⁶⁷⁸⁹]))?")
_BETWEEN = re.compile(r"\s*([*·/]|\s)\s*")
_PLAIN_DIGITS = str.maketrans("⁻¹²³⁴⁵⁶⁷⁸⁹", "-123456789")


def check_unit(unit: str, *, where: str) -> None:
    """Raise :class:`QuantityError` unless `unit` is understood; ``"1"`` stands for a pure number.

    Examples
    --------
    >>> check_unit("cells/mm^3", where="seeding.unit")
    """
    understood(unit, where)


def understood(unit: str, where: str, text: str | None = None) -> pint.Unit:
    """Return pint's unit for an expression of the grammar; `text` is all that the person wrote."""
    import pint

    given = shown(unit if text is None else text)
    product = registry().Unit("")
    for name, power in _factors(unit, where, given):
        try:
            factor = registry().parse_units(name)
        except (pint.PintError, ValueError) as problem:
            near = nearest_word(name, _table()["known"].split())
            raise QuantityError(Mistake(where, given, f"'{name}' is no known unit", near)) from problem
        product = product * factor**power
    return product


def meant(unit: str) -> str:
    """Say in words what a unit measures, with an example.

    Examples
    --------
    >>> meant("cm")
    "a length such as '20 um'"
    """
    dimension = understood(unit, "unit").dimensionality
    for example, words in _table()["meaning"].items():
        if understood(example, "unit").dimensionality == dimension:
            return str(words)
    return f"a quantity in {unit}"


def shown(given: object) -> str:
    """Quote what was given for an error message, cut when it is long."""
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:50]}… ({len(text)} characters)"


@cache
def registry() -> pint.UnitRegistry[float]:
    """Return the one unit registry; counts of cells are a dimension of their own."""
    import pint

    units: pint.UnitRegistry[float] = pint.UnitRegistry()
    units.define("cell = [cell]")
    return units


def _factors(unit: str, where: str, given: str) -> list[tuple[str, int]]:
    """Take a unit expression apart into names and exponents."""
    broken = QuantityError(Mistake(where, given, "must end with a unit such as mm, 1/mm, N/mm or mg/cm^3"))
    opening = _UNDER_ONE.match(unit)
    at, sign = (opening.end(), -1) if opening else (0, 1)
    factors: list[tuple[str, int]] = []
    if not unit or len(unit) > _LONGEST:
        raise broken
    while at < len(unit):
        found = _FACTOR.match(unit, at)
        if found is None:
            raise broken
        power = (found.group(2) or found.group(3) or "1").translate(_PLAIN_DIGITS)
        factors.append((found.group(1), sign * int(power)))
        between = _BETWEEN.match(unit, found.end())
        at = between.end() if between else found.end()
        if (between is None) != (at == len(unit)):
            raise broken
        sign = -1 if between and between.group(1) == "/" else 1
    return factors


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "units.toml").read_text(encoding="utf-8"))
