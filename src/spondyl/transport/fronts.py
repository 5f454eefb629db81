"""How fast a surface moves through shares of voxels: the size of a gradient, seen from one side.

Upwind differences after Godunov (Osher & Sethian 1988): a flat front moves at its speed in any direction,
and a voxel next to a full one fills while the full one does not overfill.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Triple = tuple[float, float, float]


def growing(share: Array, open_: Mask, edges: Triple) -> Array:
    """Return |∇share| where it grows: from neighbours that hold more, 1/mm, (z, y, x).

    Examples
    --------
    >>> growing(np.array([[[1.0, 0.0, 0.0]]]), np.ones((1, 1, 3), bool), (0.5, 0.5, 0.5))
    array([[[0., 2., 0.]]])
    """
    return _steepness(share, open_, edges, 1.0)


def waning(share: Array, open_: Mask, edges: Triple) -> Array:
    """Return |∇share| where it recedes: towards neighbours that hold less, 1/mm, (z, y, x)."""
    return _steepness(share, open_, edges, -1.0)


def _steepness(share: Array, open_: Mask, edges: Triple, sign: float) -> Array:
    if at_home(share):
        from spondyl.transport import cpu

        return cpu.steepness(share, open_, edges, sign)
    from spondyl.transport import gpu

    return gpu.steepness(share, open_, edges, sign)
