"""What passes the faces between voxels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import nothing
from spondyl.transport.domain import Domain

Array = NDArray[np.float64]


def both_sides(field: NDArray[Any], axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the values below and above each inner face; `axis` counts z, y, x of the last three axes."""
    more = (slice(None),) * (2 - axis)
    below: Any = (..., slice(None, -1), *more)
    above: Any = (..., slice(1, None), *more)
    return field[below], field[above]


def harmonic_mean(low: Array, high: Array) -> Array:
    """Return 2 a b / (a + b), zero where both are."""
    total = low + high
    mean: Array = 2 * low * high / np.where(total > 0, total, 1.0)
    return mean


def conductance(domain: Domain, diffusivity: Array | np.float64, axis: int) -> Array:
    """Return the share of a voxel's volume that passes each inner face in a day, per unit of difference.

    Parameters
    ----------
    domain : the grid.
    diffusivity : mm²/day, ending in (z, y, x), or one number.
    axis : 0, 1 or 2 for z, y or x.
    """
    share = domain.passing[axis]
    if isinstance(diffusivity, np.float64):
        rate: Array = share * diffusivity
        return rate
    return share * harmonic_mean(*both_sides(diffusivity, axis))


def upward(domain: Domain, potential: Array, mobility: Array | np.float64) -> Array:
    """Return the voxels swept through their upper faces in a day, up a potential: (3, z, y, x).

    Parameters
    ----------
    domain : the grid.
    potential : (z, y, x).
    mobility : mm²/day per unit of the potential, (z, y, x) or one number.
    """
    u = nothing(domain.share, (3, *domain.shape))
    for axis in range(3):
        low, high = both_sides(potential, axis)
        both_sides(u[axis], axis)[0][...] = conductance(domain, mobility, axis) * (high - low)
    return u


def flows(u: Array, axis: int) -> tuple[Array, Array]:
    """Return the faster of the two flows out of each voxel along an axis, and the sum of those into it.

    Parameters
    ----------
    u : voxels swept through the upper faces along the axis, 0 at the last ones, (z, y, x).
    """
    up, down = np.maximum(u, 0.0), np.maximum(-u, 0.0)
    out, into = up.copy(), down.copy()
    low, high = both_sides(out, axis)[1], both_sides(into, axis)[1]
    low[...] = np.maximum(low, both_sides(down, axis)[0])
    high[...] += both_sides(up, axis)[0]
    return out, into
