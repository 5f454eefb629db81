"""The coarsest level, solved at once by its inverse.

A few hundred unknowns: small enough that a library's threads would cost more than they save, and add up in an
order of their own.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.places import spread

SHIFT = 1e-4
"""Share of the diagonal added to it, so that motions nothing holds do no harm."""


class Direct(NamedTuple):
    """Places of the free degrees of freedom, int64 (n,), and their inverse stiffness, float32 (n, n)."""

    places: NDArray[np.int64]
    inverse: NDArray[np.float32]


def make_direct(level: Level) -> Direct:
    """Return the inverse of a level; its vectors are left zero."""
    places = _free(level)
    matrix = np.empty((places.size, places.size))
    for column, place in enumerate(places):
        level.x[place] = 1
        spread(level.rows, level.held, level.x)
        level.residual()
        matrix[column] = -level.d[places]
        level.x[:] = 0
    level.d[:] = 0
    matrix = (matrix + matrix.T) / 2
    matrix[np.diag_indices_from(matrix)] *= 1 + SHIFT
    _invert(matrix)
    return Direct(places, matrix.astype(np.float32))


def solve_directly(level: Level, direct: Direct) -> None:
    """Write the solution of K x = b to x."""
    _multiply(direct.places, direct.inverse, level.b, level.x)
    spread(level.rows, level.held, level.x)


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
def _multiply(places, inverse, b, x):
    n = places.size
    load = np.empty(n, np.float32)
    for i in range(n):
        load[i] = b[places[i]]
    x[:] = 0
    for i in range(n):
        x[places[i]] = _dot(inverse[i], load)
