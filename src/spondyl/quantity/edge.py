"""Text with a unit becomes a plain number, once, at the edge."""

from __future__ import annotations

import math
import re

from spondyl.errors import Mistake, QuantityError
from spondyl.quantity.units import meant, registry, shown, understood

_LONGEST = 80
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3}(?![\d.]))?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d", re.ASCII)


def convert(given: str | float, to: str, *, where: str, positive: bool = False) -> float:
    """Convert a quantity that a person wrote to a plain number in the unit `to`.

    Parameters
    ----------
    given : text such as ``"20 um"``; a bare number only where `to` is ``"1"``.
    to : unit wanted; ``"1"`` for a pure number.
    where : the file and key, or the option, that holds the text; begins the error message.
    positive : refuse zero and negative numbers.

    Raises
    ------
    QuantityError
        No number, no unit, an unknown unit, a unit of another kind, a number that is not finite or
        (with `positive`) not above zero.

    Examples
    --------
    >>> convert("20 um", "mm", where="--voxel")
    0.02
    >>> convert("18 GPa", "MPa", where="--modulus")
    18000.0
    >>> convert(0.3, "1", where="--poisson")
    0.3
    """
    text, number, unit = _split(given, to, where)
    value = _in_unit(number, unit, to, text, where)
    if positive and value <= 0:
        raise QuantityError(Mistake(where, shown(text), "must be above zero"))
    return value


def convert_number(number: float, unit: str, to: str, *, where: str) -> float:
    """Convert `number` in `unit` to the unit `to`; the errors are those of :func:`convert`.

    Examples
    --------
    >>> convert_number(1.5, "mm", "um", where="gap")
    1500.0
    """
    return _in_unit(number, unit, to, f"{number:g} {unit}", where)


def lengths_mm(given: str, *, where: str) -> float | tuple[float, float, float]:
    """Read one length, or three ordered z, y, x and divided by commas, in mm; each must be above zero.

    Examples
    --------
    >>> lengths_mm("20 um", where="--voxel")
    0.02
    >>> lengths_mm("40 um, 20 um, 20 um", where="--voxel")
    (0.04, 0.02, 0.02)
    """
    parts = [part.strip() for part in given.split(",")] if len(given) <= 3 * _LONGEST else [given]
    if len(parts) == 1:
        return convert(given, "mm", where=where, positive=True)
    if len(parts) != 3 or not all(parts):
        allowed = "must be one length such as '20 um', or three (z, y, x) such as '40 um, 20 um, 20 um'"
        raise QuantityError(Mistake(where, shown(given), f"{allowed}; the decimal sign is a point"))
    z, y, x = _each_mm(parts, where)
    return z, y, x


def _each_mm(parts: list[str], where: str) -> list[float]:
    lengths: list[float] = []
    mistakes: list[Mistake] = []
    for part, axis in zip(parts, "zyx", strict=True):
        try:
            lengths.append(convert(part, "mm", where=f"{where} ({axis})", positive=True))
        except QuantityError as problem:
            mistakes.extend(problem.mistakes)
    if mistakes:
        raise QuantityError(mistakes)
    return lengths


def _split(given: object, to: str, where: str) -> tuple[str, float, str]:
    """Return the text, its number and its unit."""
    if isinstance(given, str):
        text = given.strip()
        number, unit = _read(text, to, where)
    elif isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < 1e300:
        text, number, unit = repr(given), float(given), ""
    else:
        raise QuantityError(Mistake(where, shown(given), f"must be {meant(to)}"))
    if not unit and to != "1":
        raise QuantityError(Mistake(where, f"{shown(text)} without a unit", f"must be {meant(to)}"))
    return text, number, unit or "1"


def _read(text: str, to: str, where: str) -> tuple[float, str]:
    found = _NUMBER.match(text)
    if _COMMA.match(text):
        allowed = "must be one number with a decimal point, not a comma"
        raise QuantityError(Mistake(where, shown(text), allowed))
    if found is None or len(text) > _LONGEST:
        raise QuantityError(Mistake(where, shown(text), f"must be {meant(to)}"))
    return float(found.group()), text[found.end() :].strip()


def _in_unit(number: float, unit: str, to: str, text: str, where: str) -> float:
    import pint

    source, target = understood(unit, where, text), understood(to, where)
    if source.dimensionality != target.dimensionality:
        given = f"{shown(text)}, {meant(unit).split(' such as')[0]}"
        raise QuantityError(Mistake(where, given, f"must be {meant(to)}"))
    try:
        value = (
            number if source == target else float(registry().Quantity(number, source).to(target).magnitude)
        )
    except (pint.PintError, ArithmeticError) as problem:
        raise QuantityError(Mistake(where, shown(text), f"must be {meant(to)}")) from problem
    if not math.isfinite(value):
        raise QuantityError(Mistake(where, shown(text), f"must be finite when written in {to}"))
    # 4.1 um shall be 0.0041 mm, not 0.0040999999999999995.
    return value if source == target else float(f"{value:.15g}")
