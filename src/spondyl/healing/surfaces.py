"""How fast a surface moves through shares of voxels: the size of a gradient, seen from one side.

Upwind differences after Godunov (Osher & Sethian 1988): a flat front moves at its speed in any direction,
and a voxel next to a full one fills while the full one does not overfill.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def growing(share: Array, open_: Mask, edges: tuple[float, float, float]) -> Array:
    """Return |∇share| where it grows: from neighbours that hold more, 1/mm, (z, y, x)."""
    return _size(share, open_, edges, 1.0)


def waning(share: Array, open_: Mask, edges: tuple[float, float, float]) -> Array:
    """Return |∇share| where it recedes: towards neighbours that hold less, 1/mm, (z, y, x)."""
    return _size(share, open_, edges, -1.0)


def _size(share: Array, open_: Mask, edges: tuple[float, float, float], sign: float) -> Array:
    total = np.zeros(share.shape)
    for axis, edge in enumerate(edges):
        step = np.zeros(share.shape)
        for here, there in _sides(axis):
            both = open_[here] & open_[there]
            rise = np.where(both, sign * (share[there] - share[here]), 0.0)
            np.maximum(step[here], rise, out=step[here])
        total += (step / edge) ** 2
    return np.sqrt(total)


def _sides(axis: int) -> tuple[tuple[tuple[slice, ...], tuple[slice, ...]], ...]:
    low = tuple(slice(None, -1) if one == axis else slice(None) for one in range(3))
    high = tuple(slice(1, None) if one == axis else slice(None) for one in range(3))
    return (low, high), (high, low)
