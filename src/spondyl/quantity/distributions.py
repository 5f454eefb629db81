"""Distributions a parameter may have, and what their spread means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping


def spread_mistake(
    distribution: str, value: float, low: float, high: float, spread: float | None
) -> str | None:
    """Return what is wrong with a distribution's spread, or None.

    Parameters
    ----------
    distribution : one of :data:`DISTRIBUTIONS`.
    value : the parameter's value: mean of normal and beta, median of lognormal.
    low, high : its range; the support of beta and uniform.
    spread : standard deviation of normal and beta, geometric standard deviation of lognormal; uniform
        has none.

    Examples
    --------
    >>> spread_mistake("lognormal", 5.0, 1.0, 20.0, 0.4)
    'must be a geometric standard deviation above 1'
    """
    return DISTRIBUTIONS[distribution](value, low, high, spread)


def _normal(_value: float, _low: float, _high: float, spread: float | None) -> str | None:
    return None if spread is not None and spread > 0 else "must be a standard deviation above 0"


def _lognormal(value: float, low: float, _high: float, spread: float | None) -> str | None:
    if value <= 0 or low < 0:
        return "belongs to a positive value and range only: a lognormal number is above 0"
    return None if spread is not None and spread > 1 else "must be a geometric standard deviation above 1"


def _beta(value: float, low: float, high: float, spread: float | None) -> str | None:
    if not low < value < high:
        return "belongs to a value inside its range only: a beta number lies between low and high"
    widest = math.sqrt((value - low) * (high - value))
    if spread is not None and 0 < spread < widest:
        return None
    return f"must be a standard deviation between 0 and {widest:.6g}, the widest a beta can be here"


def _uniform(_value: float, low: float, high: float, spread: float | None) -> str | None:
    if spread is not None:
        return "must be left out: low and high say how wide a uniform number is"
    return None if low < high else "belongs to a range with low below high only"


DISTRIBUTIONS: Mapping[str, Callable[[float, float, float, float | None], str | None]] = {
    "normal": _normal,
    "lognormal": _lognormal,
    "beta": _beta,
    "uniform": _uniform,
}
