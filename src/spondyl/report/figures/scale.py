"""A linear axis: from values to places on the drawing, with round ticks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` drawn from `start` to `end` (drawing units, downwards)."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def length(self) -> float:
        """Length of the axis, drawing units."""
        return abs(self.end - self.start)


def covering(values: Iterable[float], start: float, end: float, margin: float = 0.06) -> Scale:
    """Return a scale over all finite values with a margin; equal values get room around them.

    Parameters
    ----------
    values : what must be visible; NaN is ignored.
    start, end : places of the lowest and of the highest value.
    margin : empty part of the range at either end.
    """
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    room = (high - low) * margin or abs(high) * 0.1 or 1.0
    bottom = 0.0 if low >= 0 and low - room < 0 else low - room
    return Scale(bottom, high + room, start, end)


def ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Return about `count` round numbers (1, 2 or 5 times a power of ten) within a range.

    Examples
    --------
    >>> ticks(0.0, 9.7)
    (0.0, 2.0, 4.0, 6.0, 8.0)
    """
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if raw <= factor * power * (1 + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(index * step, 12) for index in range(first, last + 1))


def tick_decimals(marks: tuple[float, ...]) -> int:
    """Return the decimals that tell neighbouring ticks apart."""
    if len(marks) < 2:
        return 2
    step = marks[1] - marks[0]
    return min(max(-math.floor(math.log10(step) + 1e-9), 0), 9)
