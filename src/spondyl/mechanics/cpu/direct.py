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
from spondyl.mechanics.cpu.stage import Direct
from spondyl.mechanics.cpu.sweep import ORIGIN, RESIDUAL, copy_plane, copy_to_ghosts, sweep
from spondyl.threads import new_meeting

SHIFT = 1e-4
"""Share of the diagonal added to it, so that motions nothing holds do no harm."""


def make_direct(level: Level) -> Direct:
    """Return the inverse of a level; its vectors are left zero."""
    places = _free(level)
    matrix = np.empty((places.size, places.size))
    _columns(new_meeting(), level.stage(), places, matrix)
    matrix = (matrix + matrix.T) / 2
    matrix[np.diag_indices_from(matrix)] *= 1 + SHIFT
    _invert(matrix)
    return Direct(places, matrix.astype(np.float32))


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


@kernel
def _columns(meeting, at, places, matrix):
    """Write the stiffness of the given places, column by column; the vectors of the level are left zero."""
    for column in range(places.size):
        at.x[places[column]] = 1
        _spread(at)
        sweep(ORIGIN, ORIGIN + 1, meeting, RESIDUAL, at.x, at.d, at.b, at, np.float32(0), np.float32(0))
        for i in range(places.size):
            matrix[column, i] = -at.d[places[i]]
        at.x[:] = 0
    at.d[:] = 0


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
