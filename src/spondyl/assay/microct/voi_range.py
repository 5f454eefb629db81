"""Ranges along the axes of an array, and the voxels whose centres lie in them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

Range = tuple[float, float]
AXES = ("z", "y", "x")


def range_mistakes(axis: str, given: Range, shape: str = "box") -> list[Mistake]:
    """Say what is wrong with a range: not finite, or its end before its start."""
    start, stop = given
    if math.isfinite(start) and math.isfinite(stop) and start < stop:
        return []
    return [
        Mistake(
            f"voi › {shape} › {axis}", f"{start} to {stop}", "must be two finite lengths, start before stop"
        )
    ]


def along(count: int, step: float, given: Range) -> NDArray[np.bool_]:
    """Tell which of `count` voxels of length `step` have their centre in the half-open range `given`."""
    centres = (np.arange(count) + 0.5) * step
    slack = 1e-9 * step
    return np.asarray((centres >= given[0] - slack) & (centres < given[1] - slack))


def refuse_outside(shape: str, ranges: dict[str, Range], extents: list[float], unit: str) -> None:
    """Raise a MeasurementError when a range, by axis, leaves the scan, which ends at `extents`."""
    wrong = []
    for (axis, (start, stop)), extent in zip(ranges.items(), extents, strict=True):
        slack = 1e-9 * extent
        if start < -slack or stop > extent + slack:
            allowed = f"must lie within the scan, 0 to {extent:g} {unit}"
            wrong.append(Mistake(f"voi › {shape} › {axis}", f"{start:g} to {stop:g} {unit}", allowed))
    if wrong:
        raise MeasurementError(wrong)
