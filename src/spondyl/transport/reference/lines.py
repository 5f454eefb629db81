"""One implicit step of diffusion along all lines of voxels at once; the first axis runs along them.

The matrix of a line has positive pivots and no positive entry beside its diagonal. Elimination is written so
that nothing is ever subtracted: every result is positive and as exact as its inputs, however long the step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def solve_lines(amount: Array, capacity: Array, g: Array, held: Mask | None) -> Array:
    """Return the concentrations c with capacity c + (what leaves through the faces) = amount.

    Parameters
    ----------
    amount : per volume of voxel, (n, ...).
    capacity : share of the voxel that takes part, (n, ...).
    g : conductance of inner faces times days, (n − 1, ...).
    held : voxels that keep their amount, (n, ...).
    """
    count = len(amount)
    passed = np.zeros_like(amount)  # to the next voxel, per unit of its concentration
    kept = np.empty_like(amount)
    ratio = last = np.zeros_like(amount[0])
    for i in range(count):
        low = g[i - 1] if i else 0.0
        high = g[i] if i + 1 < count else 0.0
        rest = capacity[i] + low * ratio
        here = amount[i] + low * last
        pivot = rest + high
        passed[i], ratio, last = high / pivot, rest / pivot, here / pivot
        if held is not None:
            passed[i] = np.where(held[i], 0.0, passed[i])
            ratio = np.where(held[i], 1.0, ratio)
            last = np.where(held[i], amount[i] / capacity[i], last)
        kept[i] = last
    for i in range(count - 2, -1, -1):
        kept[i] += passed[i] * kept[i + 1]
    return kept


def step_lines(
    amount: Array, capacity: Array, g: Array, held: Mask | None, order: int
) -> tuple[Array, Array]:
    """Return the amounts after one step and what passed each inner face upwards.

    Order 1 is backward Euler. Order 2 takes two half steps and adds twice their correction of the whole one
    (Richardson 1911), as a flux that takes from no voxel more than it has (Zalesak 1979).
    """
    c = solve_lines(amount, capacity, g, held)
    flux = g * (c[:-1] - c[1:])
    if order == 1:
        return capacity * c, flux
    first = solve_lines(amount, capacity, g / 2, held)
    second = solve_lines(capacity * first, capacity, g / 2, held)
    low = capacity * second
    twice = g / 2 * ((first[:-1] - first[1:]) + (second[:-1] - second[1:]))
    extra = _limited(twice - flux, low, held)
    change = np.zeros_like(low)
    change[:-1] -= extra
    change[1:] += extra
    if held is not None:
        change[held] = 0.0
    return np.maximum(low + change, 0.0), twice + extra


def _limited(extra: Array, low: Array, held: Mask | None) -> Array:
    """Return the fluxes scaled so that what leaves a voxel is there."""
    leaving = np.zeros_like(low)
    leaving[:-1] += np.maximum(extra, 0.0)
    leaving[1:] += np.maximum(-extra, 0.0)
    scale = np.minimum(1.0, low / np.where(leaving > 0, leaving, 1.0))
    scale[leaving <= 0] = 1.0
    if held is not None:
        scale[held] = 1.0
    return np.where(extra > 0, scale[:-1], scale[1:]) * extra
