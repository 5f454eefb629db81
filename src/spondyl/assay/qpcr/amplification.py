"""Raw amplification curves to quantification cycles, well by well and target by target.

After Ramakers (2003) and Ruijter (2009): the exponential phase of a curve on a logarithmic axis is a
straight line once the right baseline is subtracted, so the baseline is the one that makes it straight; the
slope of that line is the efficiency; the efficiency of a target is the mean of its wells; and the
quantification cycle is where the line crosses one threshold for all wells of the target.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEPTHS = tuple(0.4 + 0.02 * step for step in range(120))
"""Baselines tried, as depths below the last point of the phase over its height above the lowest point."""

FEWEST_POINTS = 4
"""A line through fewer points of a curve says nothing about how straight it is."""


@dataclass(frozen=True, slots=True)
class Phase:
    """The exponential phase of one curve.

    Parameters
    ----------
    baseline : fluorescence without product.
    first, last : places in the curve of its first and last point; after `last` the second derivative is
        largest.
    factor : copies a cycle makes of one, from the slope over the phase.
    level : log10 of the fluorescence above the baseline at `last`.
    r_squared : of the line.
    """

    baseline: float
    first: int
    last: int
    factor: float
    level: float
    r_squared: float


def phase(fluorescence: Floats, least_rise: float) -> Phase | None:
    """Return the exponential phase of a curve; None where nothing was amplified.

    Parameters
    ----------
    fluorescence : at one cycle after the other, shape (cycles,).
    least_rise : how many times the noise of the ground the curve must rise to count as amplified.
    """
    if fluorescence.size < 2 * FEWEST_POINTS:
        return None
    last = _last(fluorescence)
    if last is None or not _amplified(fluorescence, last, least_rise):
        return None
    baseline = _straight(fluorescence, last)
    if baseline is None:
        return None
    first = _first(fluorescence - baseline, last)
    if last - first + 1 < FEWEST_POINTS:
        return None
    logs = np.log10(fluorescence[first : last + 1] - baseline)
    cycles = np.arange(logs.size, dtype=np.float64)
    slope, _ = np.polyfit(cycles, logs, 1)
    r = float(np.corrcoef(cycles, logs)[0, 1])
    return Phase(baseline, first, last, float(10**slope), float(logs[-1]), r * r)


def line(fluorescence: Floats, found: Phase, low: float, high: float) -> tuple[float, float] | None:
    """Return slope and place of the line through the points within a window, both of log10 fluorescence.

    Parameters
    ----------
    fluorescence : of the curve.
    found : its phase.
    low, high : of the window, log10 of the fluorescence above the baseline.

    Returns
    -------
    slope a cycle, and value at the curve's first point; None for fewer than three points.
    """
    logs = np.log10(fluorescence[found.first : found.last + 1] - found.baseline)
    cycles = np.arange(found.first, found.last + 1, dtype=np.float64)
    inside = (logs >= low) & (logs <= high)
    if inside.sum() < FEWEST_POINTS - 1:
        return None
    slope, start = np.polyfit(cycles[inside], logs[inside], 1)
    return float(slope), float(start)


def _last(fluorescence: Floats) -> int | None:
    """Return the last point before the one with the largest second derivative on the way up."""
    second = np.diff(fluorescence, 2)
    second = second[:-1] if second.size > FEWEST_POINTS else second
    steepest = int(np.diff(fluorescence).argmax())
    if steepest < FEWEST_POINTS:
        return None
    return int(second[: steepest + 1].argmax())


def _amplified(fluorescence: Floats, last: int, least_rise: float) -> bool:
    ground = fluorescence[: max(last - FEWEST_POINTS, FEWEST_POINTS)]
    noise = float(np.std(np.diff(ground)) / np.sqrt(2))
    rise = float(fluorescence[last:].max() - np.median(ground))
    return rise > max(least_rise * noise, 0.0)


def _first(above: Floats, last: int) -> int:
    """Return where the rise that leads to `last` begins: going back, the curve must fall and stay above 0."""
    first = last
    while first > 0 and 0 < above[first - 1] < above[first]:
        first -= 1
    return first


def _straight(fluorescence: Floats, last: int) -> float | None:
    """Return the baseline with which upper and lower half of the phase are equally steep on a log axis.

    Too high a baseline makes the lower half the steeper one, too low a baseline the upper half. It is looked
    for from above: where the ground itself rises slowly, a second one lies far below, with which the ground
    would pass for the beginning of the phase.
    """
    top = float(fluorescence[last])
    spread = top - float(fluorescence[: last + 1].min())
    if spread <= 0:
        return None
    high = top - DEPTHS[0] * spread
    for depth in DEPTHS[1:]:
        low = top - depth * spread
        if _bend(fluorescence, last, low) < 0:
            return _between(fluorescence, last, low, high)
        high = low
    return None


def _between(fluorescence: Floats, last: int, low: float, high: float) -> float:
    """Return the baseline between one that is too low and one that is too high, by halving."""
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _bend(fluorescence, last, middle) > 0:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def _bend(fluorescence: Floats, last: int, baseline: float) -> float:
    """Return slope of the lower less that of the upper half: above zero, the baseline is too high."""
    first = _first(fluorescence - baseline, last)
    logs = np.log10(fluorescence[first : last + 1] - baseline)
    if logs.size < FEWEST_POINTS:
        return 1.0
    half = logs.size // 2
    return _slope(logs[:half]) - _slope(logs[-half:])


def _slope(logs: Floats) -> float:
    cycles = np.arange(logs.size) - 0.5 * (logs.size - 1)
    return float(cycles @ logs / (cycles @ cycles))
