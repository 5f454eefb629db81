"""Fronts by operations on whole arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.faces import both_sides

Array = NDArray[np.float64]


def steepness(
    share: Array, open_: NDArray[np.bool_], edges: tuple[float, float, float], sign: float
) -> Array:
    """Return the size of the one-sided gradient of every voxel; with sign −1 that of what recedes."""
    squares = np.zeros(share.shape)
    for axis, edge in enumerate(edges):
        low, high = both_sides(share, axis)
        free = np.logical_and(*both_sides(open_, axis))
        rise = np.where(free, sign * (low - high), 0.0)
        step = np.zeros(share.shape)
        below, above = both_sides(step, axis)
        above[...] = np.maximum(rise, 0.0)
        below[...] = np.maximum(below, -rise)
        squares += (step / edge) ** 2
    size: Array = np.sqrt(squares)
    return size
