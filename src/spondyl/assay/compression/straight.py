"""The straight part of a load curve: the steepest stretch whose slope is sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_POINTS = 5
MOST_ENDS = 400
"""Places tried as begin and end; longer curves are tried at so many, evenly spaced."""

SURE = 4.0
"""Standard errors that are taken off: enough for the best of the many stretches that are tried."""

GROUND = 1e-4
"""Scatter, as a share of the largest load, that no record goes below: keeps a noiseless curve's longest
straight part from losing against three of its points."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A line through a stretch of the curve.

    Parameters
    ----------
    first, last : places of its first and last sample.
    slope : N/mm.
    slope_se : standard error of the slope, N/mm.
    zero_mm : displacement at which the line meets zero load.
    r_squared : of the line.
    """

    first: int
    last: int
    slope: float
    slope_se: float
    zero_mm: float
    r_squared: float


def straightest(displacement: Floats, load: Floats, least_span: float) -> Straight | None:
    """Return the stretch whose slope, less four of its standard errors, is largest; None where none rises.

    Toe and yield make a curve flatter, so its straight part is its steepest; noise makes short stretches
    steeper or flatter than they are, which the standard errors take off again.

    Parameters
    ----------
    displacement, load : up to the largest load, shape (samples,).
    least_span : share of the largest load that the line must rise by over the stretch.
    """
    ends = np.unique(np.linspace(0, load.size, min(load.size + 1, MOST_ENDS)).astype(np.int64))
    first, after = np.triu_indices(ends.size, 1)
    begin, end = ends[first], ends[after]
    long = end - begin >= FEWEST_POINTS
    begin, end = begin[long], end[long]
    slope, se = _slopes(displacement, load, begin, end)
    rise = slope * (displacement[end - 1] - displacement[begin])
    fits = (rise >= least_span * load.max()) & (slope > 0)
    if not fits.any():
        return None
    best = int(np.where(fits, slope - SURE * se, -np.inf).argmax())
    return line(displacement, load, int(begin[best]), int(end[best]))


def from_start(displacement: Floats, load: Floats) -> Straight | None:
    """Return the stretch from the first sample on whose slope has the least standard error; None if it falls.

    For records that begin on the straight part, such as those of an extensometer.
    """
    after = np.arange(min(2 * FEWEST_POINTS, load.size), load.size + 1)
    slope, se = _slopes(displacement, load, np.zeros_like(after), after)
    best = int(np.where(slope > 0, se, np.inf).argmin())
    return line(displacement, load, 0, int(after[best])) if slope[best] > 0 else None


def between(displacement: Floats, load: Floats, low: float, high: float) -> Straight | None:
    """Return the stretch between two shares of the largest load on the way up to it; None if it is short.

    Parameters
    ----------
    displacement, load : up to the largest load, shape (samples,).
    low, high : shares of the largest load, 0 to 1.
    """
    top = load.max()
    after = int(np.flatnonzero(load >= high * top)[0])
    below = np.flatnonzero(load[:after] < low * top)
    first = int(below[-1]) + 1 if below.size else 0
    if after + 1 - first < FEWEST_POINTS:
        return None
    found = line(displacement, load, first, after + 1)
    return found if found.slope > 0 else None


def line(displacement: Floats, load: Floats, first: int, after: int) -> Straight:
    """Return the least-squares line through the samples from `first` until before `after`."""
    x, y = displacement[first:after], load[first:after]
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    rest = dy - slope * dx
    se = float(np.sqrt(rest @ rest / max(x.size - 2, 1) / (dx @ dx)))
    explained = 1 - float(rest @ rest) / float(dy @ dy) if (dy @ dy) > 0 else 0.0
    zero = float(x.mean() - y.mean() / slope) if slope else float("nan")
    return Straight(first, after - 1, slope, se, zero, explained)


def _slopes(
    displacement: Floats, load: Floats, first: NDArray[np.int64], after: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return slopes and their standard errors of many stretches, from running sums."""
    x, y = displacement - displacement.mean(), load - load.mean()
    sums = [np.concatenate([[0.0], np.cumsum(each)]) for each in (x, y, x * x, x * y, y * y)]
    sx, sy, sxx, sxy, syy = (each[after] - each[first] for each in sums)
    count = (after - first).astype(np.float64)
    xx, xy, yy = sxx - sx * sx / count, sxy - sx * sy / count, syy - sy * sy / count
    flat = xx <= 1e-12 * float(x @ x)
    slope = np.where(flat, 0.0, xy / np.where(flat, 1.0, xx))
    rest = np.maximum(yy - slope * xy, 0.0) + count * (GROUND * float(np.abs(load).max())) ** 2
    se = np.sqrt(rest / np.maximum(count - 2, 1) / np.where(flat, np.inf, xx))
    return slope, np.where(flat, np.inf, se)
