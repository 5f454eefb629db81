"""Fronts on processors: rows of voxels, so that loops run in vector instructions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import bare, bare_kernel

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Triple = tuple[float, float, float]


def steepness(share: Array, open_: Mask, edges: Triple, sign: float) -> Array:
    """Return the size of the one-sided gradient of every voxel; with sign −1 that of what recedes."""
    out = np.empty(share.shape)
    _sizes(np.ascontiguousarray(share), open_, edges, sign, out)
    return out


@bare_kernel
def _sizes(share: Array, open_: Mask, edges: Triple, sign: float, out: Array) -> None:
    """Write the size of the one-sided gradient of every voxel; with sign −1 it is that of what recedes."""
    nz, ny, nx = share.shape
    for k in range(nz):
        for j in range(ny):
            row, free = share[k, j], open_[k, j]
            for i in range(nx):
                out[k, j, i] = 0.0
            if k > 0 or k + 1 < nz:
                low, high = max(k - 1, 0), min(k + 1, nz - 1)
                _add(row, free, share[low, j], open_[low, j], share[high, j], open_[high, j],
                     edges[0], sign, out[k, j])  # fmt: skip
            if j > 0 or j + 1 < ny:
                low, high = max(j - 1, 0), min(j + 1, ny - 1)
                _add(row, free, share[k, low], open_[k, low], share[k, high], open_[k, high],
                     edges[1], sign, out[k, j])  # fmt: skip
            for i in range(nx):
                step = 0.0
                if free[i]:
                    if i > 0 and free[i - 1]:
                        step = max(step, sign * (row[i - 1] - row[i]))
                    if i + 1 < nx and free[i + 1]:
                        step = max(step, sign * (row[i + 1] - row[i]))
                step /= edges[2]
                out[k, j, i] = np.sqrt(out[k, j, i] + step * step)


@bare
def _add(
    row: Array,
    free: Mask,
    low: Array,
    free_low: Mask,
    high: Array,
    free_high: Mask,
    edge: float,
    sign: float,
    out: Array,
) -> None:
    """Add the square of the steeper of two one-sided differences, along one axis, for a row of voxels."""
    for i in range(len(row)):
        down = sign * (low[i] - row[i]) if free_low[i] else 0.0
        up = sign * (high[i] - row[i]) if free_high[i] else 0.0
        step = max(max(down, up), 0.0) / edge if free[i] else 0.0
        out[i] += step * step
