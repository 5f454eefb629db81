"""The coarsest level: its inverse stiffness, found on the processor since it is small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import lapack

Double = NDArray[np.float64]

SHIFT = 1e-4
"""Share of the diagonal that is added to it, so that motions nothing holds do no harm."""


def inverse_stiffness(
    modulus: NDArray[np.float32], stiffness: Double, held: NDArray[np.uint8], *, wrap: bool
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the inverse stiffness of the free degrees of freedom, (m, m), and these, (m,).

    Degrees of freedom are numbered component by component.

    Parameters
    ----------
    modulus : of each voxel, (z, y, x).
    stiffness : of an element of unit modulus, (24, 24).
    held : of each node, bit c set where component c is prescribed.
    wrap : whether opposite faces are one set of nodes.
    """
    matrix = _assembled(modulus, stiffness, held.size, wrap=wrap)
    free = np.flatnonzero(np.concatenate([(held >> c) & 1 for c in range(3)]) == 0)
    if not free.size:
        return np.empty((0, 0), np.float32), free
    inner = matrix[np.ix_(free, free)]
    inner[np.diag_indices_from(inner)] *= 1 + SHIFT
    factor, _ = lapack.dpotrf(inner, lower=1)
    inverse, _ = lapack.dpotri(factor, lower=1)
    lower = np.tril(inverse)
    return np.asarray(lower + np.tril(lower, -1).T, np.float32), free


def _assembled(modulus: NDArray[np.float32], stiffness: Double, count: int, *, wrap: bool) -> Double:
    corners = [(k, j, i) for k in (0, 1) for j in (0, 1) for i in (0, 1)]
    voxels = np.nonzero(modulus)
    shape = modulus.shape if wrap else tuple(n + 1 for n in modulus.shape)
    numbers = [
        np.ravel_multi_index(tuple((v + d) % n for v, d, n in zip(voxels, corner, shape, strict=True)), shape)
        for corner in corners
    ]
    _, local = np.unique(np.stack(numbers, axis=1), return_inverse=True)
    dofs = (local.reshape(-1, 8, 1) + count * np.arange(3)).reshape(-1, 24)
    matrix = np.zeros((3 * count, 3 * count))
    values = modulus[voxels].astype(np.float64)[:, None, None] * stiffness
    np.add.at(matrix, (dofs[:, :, None], dofs[:, None, :]), values)
    return matrix
