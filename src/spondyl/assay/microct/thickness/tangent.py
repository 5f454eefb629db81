"""The shift of a centre and the radius for which a sphere best touches some faces."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.kernel import kernel

STEPS = 3
"""Steps of iterated Tikhonov; each leaves a share 1 / (1 + faces) of the error."""


@kernel
def tangent(work: Any) -> None:
    """Write the shift s of the centre and the radius r that best meet ``n·s + r = distance`` over the faces.

    The centre of the ball lies within half a voxel of the best one, and each face within half a voxel of the
    surface: both errors are alike, so a shift weighs as much as one face. Steps of iterated Tikhonov leave
    a shift free that the faces determine, and one that they do not at nought.
    """
    matrix, held, right, residual, found = work[0:4], work[4:8], work[8], work[9], work[11]
    _factor(matrix, held)
    found[:] = 0.0
    for _ in range(STEPS):
        for p in range(4):
            residual[p] = right[p]
            for q in range(4):
                residual[p] -= matrix[p, q] * found[q]
        _solve(held, residual)
        for p in range(4):
            found[p] += residual[p]


@kernel
def _factor(matrix: Any, lower: Any) -> None:
    """Write the Cholesky factor of the matrix, one added for each of the three shifts."""
    for p in range(4):
        for q in range(p + 1):
            value = matrix[p, q] + (p == q and p < 3)
            for k in range(q):
                value -= lower[p, k] * lower[q, k]
            lower[p, q] = np.sqrt(value) if p == q else value / lower[q, q]


@kernel
def _solve(lower: Any, right: Any) -> None:
    """Replace the right side by the solution."""
    for p in range(4):
        for k in range(p):
            right[p] -= lower[p, k] * right[k]
        right[p] /= lower[p, p]
    for p in range(3, -1, -1):
        for k in range(p + 1, 4):
            right[p] -= lower[k, p] * right[k]
        right[p] /= lower[p, p]
