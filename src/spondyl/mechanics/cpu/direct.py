"""The coarsest level, solved at once by its inverse.

A few hundred unknowns: small enough that a library's threads would cost more than they save, and add up in an
order of their own.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.places import masters_of
from spondyl.mechanics.cpu.stage import Direct
from spondyl.mechanics.cpu.sweep import ORIGIN, copy_plane, copy_to_ghosts
from spondyl.mechanics.cpu.vectorcode import LANES

SHIFT = 1e-4
"""Share of the diagonal added to it, so that motions nothing holds do no harm."""


def make_direct(level: Level, stiffness: NDArray[np.float64]) -> Direct:
    """Return the inverse of a level.

    Parameters
    ----------
    stiffness : of an element of unit modulus of that level, (24, 24).
    """
    places = _free(level)
    matrix = _assembled(level, stiffness)[np.ix_(places, places)]
    matrix[np.diag_indices_from(matrix)] *= 1 + SHIFT
    _invert(matrix)
    return Direct(places, matrix.astype(np.float32))


def _assembled(level: Level, stiffness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the stiffness of all places of a level, those of ghosts given to their masters."""
    full = np.flatnonzero(level.packets.modulus)
    packet, lane = full // LANES, full % LANES
    rows = level.packets.starts.reshape(-1, 4)[packet] + lane[:, None]
    nodes = (rows[:, :, None] + np.arange(2)).reshape(-1, 8)
    masters = masters_of(level.rows, level.held, nodes)
    at = (masters[:, :, None] + level.rows.stride * np.arange(3)).reshape(-1, 24)
    entries = level.packets.modulus[full, None, None] * stiffness
    matrix = np.zeros((level.x.size, level.x.size))
    np.add.at(matrix, (at[:, :, None], at[:, None, :]), entries)
    return matrix


def _free(level: Level) -> NDArray[np.int64]:
    """Return the places that are neither held nor ghosts, nor without stiffness."""
    free = np.zeros(level.x.size, bool)
    free[level.places()] = np.tile(level.diagonal[: level.nodes] > 0, 3)
    free[level.held.fixed] = False
    return np.flatnonzero(free)


@numba.njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _dot(a, b):
    total = 0.0
    for i in range(a.size):
        total += np.float64(a[i]) * np.float64(b[i])
    return total


@kernel
def _invert(matrix):
    """Replace a positive definite matrix by its inverse: Cholesky's L, then L⁻¹, then L⁻ᵀ L⁻¹."""
    n = matrix.shape[0]
    for i in range(n):
        for j in range(i):
            matrix[i, j] = (matrix[i, j] - _dot(matrix[i, :j], matrix[j, :j])) / matrix[j, j]
        matrix[i, i] = np.sqrt(matrix[i, i] - _dot(matrix[i, :i], matrix[i, :i]))
    turned = np.zeros((n, n))  # row j holds column j of L⁻¹
    for j in range(n):
        turned[j, j] = 1 / matrix[j, j]
        for i in range(j + 1, n):
            turned[j, i] = -_dot(matrix[i, j:i], turned[j, j:i]) / matrix[i, i]
    for i in range(n):
        for j in range(i + 1):
            matrix[i, j] = _dot(turned[i, i:], turned[j, i:])
            matrix[j, i] = matrix[i, j]


@inner
def solve_directly(at, direct):
    """Write the solution of K x = b to x."""
    places, inverse, x = direct.places, direct.inverse, at.x
    n = places.size
    load = np.empty(n, np.float32)
    for i in range(n):
        load[i] = at.b[places[i]]
    x[:] = 0
    for i in range(n):
        x[places[i]] = _dot(inverse[i], load)
    _spread(at)


@inner
def _spread(at):
    """Copy displacements of masters to their ghosts."""
    for k in range(at.rows.shape[0] + 1):
        copy_to_ghosts(at.x, at.rows.stride, at.held, k)
    if at.held.wrap:
        copy_plane(at.x, at.rows, ORIGIN, at.rows.shape[0])
