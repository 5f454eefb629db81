"""How fast a surface moves through shares of voxels: the size of a gradient, seen from one side.

Upwind differences after Godunov (Osher & Sethian 1988): a flat front moves at its speed in any direction,
and a voxel next to a full one fills while the full one does not overfill.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home, nothing
from spondyl.compiled import inner, kernel
from spondyl.transport.faces import both_sides

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Triple = tuple[float, float, float]


def growing(share: Array, open_: Mask, edges: Triple) -> Array:
    """Return |∇share| where it grows: from neighbours that hold more, 1/mm, (z, y, x)."""
    return _size(share, open_, edges, 1.0)


def waning(share: Array, open_: Mask, edges: Triple) -> Array:
    """Return |∇share| where it recedes: towards neighbours that hold less, 1/mm, (z, y, x)."""
    return _size(share, open_, edges, -1.0)


def _size(share: Array, open_: Mask, edges: Triple, sign: float) -> Array:
    if not at_home(share):
        return _whole(share, open_, edges, sign)
    out = np.empty(share.shape)
    _sizes(np.ascontiguousarray(share), open_, edges, sign, out)
    return out


def _whole(share: Array, open_: Mask, edges: Triple, sign: float) -> Array:
    """Return the same by operations on whole arrays, which a device does as fast."""
    squares = nothing(share)
    for axis, edge in enumerate(edges):
        low, high = both_sides(share, axis)
        free = np.logical_and(*both_sides(open_, axis))
        rise = np.where(free, sign * (low - high), 0.0)
        step = nothing(share)
        below, above = both_sides(step, axis)
        above[...] = np.maximum(rise, 0.0)
        below[...] = np.maximum(below, -rise)
        squares += (step / edge) ** 2
    size: Array = np.sqrt(squares)
    return size


@kernel
def _sizes(share: Array, open_: Mask, edges: Triple, sign: float, out: Array) -> None:
    """Write the size of the one-sided gradient of every voxel; with sign −1 it is that of what recedes."""
    nz, ny, nx = share.shape
    for k in range(nz):
        for j in range(ny):
            row, free = share[k, j], open_[k, j]
            for i in range(nx):
                out[k, j, i] = 0.0
            if k > 0 or k + 1 < nz:
                low, high = max(k - 1, 0), min(k + 1, nz - 1)
                _add(row, free, share[low, j], open_[low, j], share[high, j], open_[high, j],
                     edges[0], sign, out[k, j])  # fmt: skip
            if j > 0 or j + 1 < ny:
                low, high = max(j - 1, 0), min(j + 1, ny - 1)
                _add(row, free, share[k, low], open_[k, low], share[k, high], open_[k, high],
                     edges[1], sign, out[k, j])  # fmt: skip
            for i in range(nx):
                step = 0.0
                if free[i]:
                    if i > 0 and free[i - 1]:
                        step = max(step, sign * (row[i - 1] - row[i]))
                    if i + 1 < nx and free[i + 1]:
                        step = max(step, sign * (row[i + 1] - row[i]))
                step /= edges[2]
                out[k, j, i] = np.sqrt(out[k, j, i] + step * step)


@inner
def _add(
    row: Array,
    free: Mask,
    low: Array,
    free_low: Mask,
    high: Array,
    free_high: Mask,
    edge: float,
    sign: float,
    out: Array,
) -> None:
    """Add the square of the steeper of two one-sided differences, along one axis, for a row of voxels."""
    for i in range(len(row)):
        down = sign * (low[i] - row[i]) if free_low[i] else 0.0
        up = sign * (high[i] - row[i]) if free_high[i] else 0.0
        step = max(max(down, up), 0.0) / edge if free[i] else 0.0
        out[i] += step * step
