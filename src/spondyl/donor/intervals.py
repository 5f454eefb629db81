"""What many simulated donors say: a middle and intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (50, 80, 95)


@dataclass(frozen=True, slots=True)
class Interval:
    """Median and equal-tailed intervals of a number over donors; infinite means never.

    Parameters
    ----------
    median : half of the donors lie below.
    half, most, nearly_all : intervals that hold 50, 80 and 95 % of the donors.
    """

    median: float
    half: tuple[float, float]
    most: tuple[float, float]
    nearly_all: tuple[float, float]

    def as_json(self) -> dict[str, float | list[float | None] | None]:
        """Return plain numbers; None stands for never."""
        bands = zip(LEVELS, (self.half, self.most, self.nearly_all), strict=True)
        return {"median": finite_or_none(self.median)} | {
            f"interval_{level}": [finite_or_none(end) for end in band] for level, band in bands
        }


def interval(values: Array) -> Interval:
    """Return the interval of values over donors, (n,); the values themselves, so that infinity may be one.

    Examples
    --------
    >>> interval(np.arange(101.0)).most
    (10.0, 90.0)
    """
    middle, *ends = quantiles(values, [0.5, *(tail for level in LEVELS for tail in _tails(level))])
    bands = list(zip(ends[::2], ends[1::2], strict=True))
    return Interval(middle, bands[0], bands[1], bands[2])


def quantiles(values: Array, shares: list[float]) -> list[float]:
    """Return the values below which shares of the donors lie."""
    return [float(value) for value in np.quantile(values, shares, method="nearest")]


def _tails(level: int) -> tuple[float, float]:
    return (1 - level / 100) / 2, (1 + level / 100) / 2


def finite_or_none(value: float) -> float | None:
    """Return a number as JSON can hold it: what never comes is None."""
    return value if math.isfinite(value) else None
