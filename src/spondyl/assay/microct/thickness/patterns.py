"""Six neighbouring voxels of a line as the bits of a byte, so that a sum over them is one look into a table.

Place x + 1 of a line of patterns holds voxels x − 2 … x + 3, the first in the lowest bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.labels import PHASE, UNKNOWN
from spondyl.compiled import bare, inner

REACH = 3
"""Voxels that a window reaches to either side of the one it is about."""

PLANES = 2 * REACH + 1
"""Planes kept at a time; plane z lies at place z modulo this number."""


class Tables(NamedTuple):
    """Sums over the bits of a pattern, for windows of five voxels and of six (first index).

    Parameters
    ----------
    sums : of weights, and of weights times the step from the middle of the window, shape (2, 64, 2).
    signed : the same, with the weights of bits that are not set taken off, shape (2, 2, 64).
    weights : Gaussian of one voxel, shape (2, 6).
    turned : the pattern from the other end, shape (2, 64).
    """

    sums: NDArray[np.float64]
    signed: NDArray[np.float64]
    weights: NDArray[np.float64]
    turned: NDArray[np.uint8]


def tables() -> Tables:
    """Return the tables of windows of five and six voxels."""
    sums, weights, turned = np.zeros((2, 64, 2)), np.zeros((2, 6)), np.zeros((2, 64), np.uint8)
    signed = np.zeros((2, 2, 64))
    for kind, n in enumerate((5, 6)):
        steps = np.arange(n) - 0.5 * (n - 1)
        weight = np.exp(-0.5 * steps**2)
        weights[kind, :n] = weight / weight.sum()
        for pattern in range(1 << n):
            bits = (pattern >> np.arange(n)) & 1
            sums[kind, pattern] = (bits * weights[kind, :n]) @ np.stack([np.ones(n), steps], axis=1)
            turned[kind, pattern] = bits[::-1] @ (1 << np.arange(n))
        for pattern in range(1 << n):
            signed[kind, :, pattern] = sums[kind, pattern] - sums[kind, (1 << n) - 1 - pattern]
    return Tables(sums, signed, weights, turned)


@inner
def room(ny: int, nx: int) -> Any:
    """Return space for the patterns of the phase and of what is unknown."""
    shape = (PLANES, ny + 2 * REACH, nx + 1)
    return np.empty(shape, np.uint8), np.empty(shape, np.uint8)


@bare
def read_plane(labels: Any, z: int, inside: Any, unknown: Any) -> None:
    """Write the patterns of a plane; what lies beyond the array is unknown."""
    nz, ny, nx = labels.shape
    slot = (z + PLANES) % PLANES
    for j in range(ny + 2 * REACH):
        y = j - REACH
        beyond = z < 0 or z >= nz or y < 0 or y >= ny
        p, u = 0, 63
        for v in range(nx + REACH):
            label = UNKNOWN if beyond or v >= nx else int(labels[z, y, v])
            p = (p >> 1) | (32 if label == PHASE else 0)
            u = (u >> 1) | (32 if label == UNKNOWN else 0)
            if v >= 2:
                inside[slot, j, v - 2] = p
                unknown[slot, j, v - 2] = u
