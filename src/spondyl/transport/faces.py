"""What passes the faces between voxels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.domain import Domain

Array = NDArray[np.float64]


def both_sides(field: NDArray[Any], axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the values below and above each inner face; `axis` counts z, y, x of the last three axes."""
    line = np.moveaxis(field, axis - 3, 0)
    return np.moveaxis(line[:-1], 0, axis - 3), np.moveaxis(line[1:], 0, axis - 3)


def harmonic_mean(low: Array, high: Array) -> Array:
    """Return 2 a b / (a + b), zero where both are."""
    total = low + high
    mean: Array = 2 * low * high / np.where(total > 0, total, 1.0)
    return mean


def conductance(domain: Domain, diffusivity: Array, axis: int) -> Array:
    """Return the share of a voxel's volume that passes each inner face in a day, per unit of difference.

    Parameters
    ----------
    domain : the grid.
    diffusivity : mm²/day, ending in (z, y, x).
    axis : 0, 1 or 2 for z, y or x.
    """
    share = np.minimum(*both_sides(domain.share, axis))
    rate: Array = harmonic_mean(*both_sides(diffusivity, axis)) * share / domain.spacing_mm[axis] ** 2
    return rate


def velocity(domain: Domain, potential: Array, mobility: Array, axis: int) -> Array:
    """Return the voxels that are swept through each inner face in a day, upwards.

    Parameters
    ----------
    domain : the grid.
    potential, mobility : (z, y, x); the mobility may be a number.
    axis : 0, 1 or 2 for z, y or x.
    """
    low, high = both_sides(potential, axis)
    u: Array = conductance(domain, np.broadcast_to(mobility, domain.shape), axis) * (high - low)
    return u


def flows(u: Array, shape: tuple[int, int, int], axis: int) -> tuple[Array, Array]:
    """Return the faster of the two flows out of each voxel along an axis, and the sum of those into it."""
    up, down, into = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    both_sides(up, axis)[0][...] = np.maximum(u, 0.0)
    both_sides(down, axis)[1][...] = np.maximum(-u, 0.0)
    both_sides(into, axis)[0][...] = np.maximum(-u, 0.0)
    both_sides(into, axis)[1][...] += np.maximum(u, 0.0)
    return np.maximum(up, down), into


def upward(domain: Domain, potential: Array, mobility: Array, number: int) -> Array:
    """Return the velocities of a field at the upper faces of all voxels, (3, voxels), zero at the last ones.

    Parameters
    ----------
    domain : the grid.
    potential, mobility : of all fields, (1 or k, z, y, x), and (k,) or (k, z, y, x).
    number : of the field.
    """
    u = np.zeros((3, *domain.shape))
    for axis in range(3):
        g = potential[min(number, len(potential) - 1)]
        both_sides(u[axis], axis)[0][...] = velocity(domain, g, mobility[number], axis)
    return u.reshape(3, -1)
