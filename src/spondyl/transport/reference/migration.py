"""Advection up a potential in short explicit steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.domain import Domain
from spondyl.transport.faces import both_sides
from spondyl.transport.task import Migration

Array = NDArray[np.float64]


def migrate(task: Migration) -> Array:
    """Do all steps of a task; two stages each (Heun), both of which are never negative
    but by round-off, which is cut."""
    n = task.fields.copy()
    days = task.days / task.steps
    for i in range(len(n)):
        u = [both_sides(task.velocities[i][axis], axis)[0] for axis in range(3)]
        for _ in range(task.steps):
            first = np.maximum(n[i] + days * rate(task.domain, n[i], u, float(task.ceiling[i])), 0.0)
            second = np.maximum(first + days * rate(task.domain, first, u, float(task.ceiling[i])), 0.0)
            n[i] = (n[i] + second) / 2
    return n


def rate(domain: Domain, n: Array, u: list[Array], ceiling: float) -> Array:
    """Return what comes into each voxel in a day through all faces.

    Parameters
    ----------
    domain : the grid.
    n : amounts per volume of voxel.
    u : voxels swept through the inner faces of each axis in a day.
    ceiling : concentration at which nothing more enters.
    """
    c = n / domain.capacity
    free = np.maximum(0.0, 1 - c / ceiling)
    change = np.zeros_like(n)
    for axis in range(3):
        half = half_slope(domain, c, axis)
        (low, high), (low_half, high_half) = both_sides(c, axis), both_sides(half, axis)
        free_low, free_high = both_sides(free, axis)
        flux = np.where(u[axis] > 0, (low + low_half) * free_high, (high - high_half) * free_low) * u[axis]
        both_sides(change, axis)[0][...] -= flux
        both_sides(change, axis)[1][...] += flux
    return change


def half_slope(domain: Domain, c: Array, axis: int) -> Array:
    """Return half of van Leer's limited slope: the harmonic mean of the differences where they agree in sign.

    It is zero beside closed voxels and at the ends of the array.
    """
    low, high = both_sides(c, axis)
    shut_low, shut_high = both_sides(domain.share, axis)
    step = np.where((shut_low > 0) & (shut_high > 0), high - low, 0.0)
    behind, ahead = np.zeros_like(c), np.zeros_like(c)
    both_sides(behind, axis)[1][...] = step
    both_sides(ahead, axis)[0][...] = step
    product = behind * ahead
    half: Array = np.where(product > 0, product / np.where(product > 0, behind + ahead, 1.0), 0.0)
    return half
