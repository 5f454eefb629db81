"""Exact Euclidean distance from every voxel to the nearest voxel of a set.

Separable lower envelopes of parabolas (Felzenszwalb & Huttenlocher 2012, Theory of Computing 8:415), one
axis after the other, for voxels of any shape. A voxel of the set hides what lies behind it in its line, so
each run of voxels between two of the set is worked on alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.labels import Edges
from spondyl.assay.microct.thickness.share import ranges, share
from spondyl.compiled import bare, kernel

NOWHERE = np.float32(1e30)
"""Squared distance where the set is empty."""

TILE = 16
"""Neighbouring columns worked on together, so that memory is read in whole lines."""


def squared_distance(
    labels: NDArray[np.uint8], target: int, edges: Edges, threads: int
) -> NDArray[np.float32]:
    """Return the squared distance between centres, from each voxel to the nearest that carries a label.

    Parameters
    ----------
    labels : shape (z, y, x).
    target : label of the voxels measured to.
    edges : voxel edges (z, y, x) in any unit; whole numbers give exact results up to 2²⁴.
    threads : changes no result.

    Returns
    -------
    Shape (z, y, x), the unit of `edges` squared; ``NOWHERE`` when no voxel carries the label.
    """
    nz, ny, _ = labels.shape
    squared = np.empty(labels.shape, np.float32)
    z, y, x = (float(edge) for edge in edges)
    share(threads, _planes, ranges(nz), labels, target, squared, y * y, x * x)
    share(threads, _columns, ranges(ny), squared, z * z)
    return squared


@kernel
def _planes(first: int, last: int, labels: Any, target: int, squared: Any, yy: float, xx: float) -> None:
    _, ny, nx = labels.shape
    work, parabolas = np.empty((TILE, ny)), np.empty((3, ny + 1))
    for z in range(first, last):
        for y in range(ny):
            _row(labels[z, y], target, squared[z, y], xx)
        for x in range(0, nx, TILE):
            _tile(squared[z], x, min(nx, x + TILE), yy, work, parabolas)


@kernel
def _columns(first: int, last: int, squared: Any, zz: float) -> None:
    nz, _, nx = squared.shape
    work, parabolas = np.empty((TILE, nz)), np.empty((3, nz + 1))
    for y in range(first, last):
        for x in range(0, nx, TILE):
            _tile(squared[:, y], x, min(nx, x + TILE), zz, work, parabolas)


@bare
def _row(labels: Any, target: int, squared: Any, xx: float) -> None:
    nx = len(labels)
    last = -1
    for x in range(nx):
        if labels[x] == target:
            last = x
        squared[x] = NOWHERE if last < 0 else np.float32((x - last) * (x - last) * xx)
    last = -1
    for x in range(nx - 1, -1, -1):
        if labels[x] == target:
            last = x
        if last >= 0:
            squared[x] = min(squared[x], np.float32((last - x) * (last - x) * xx))


@bare
def _tile(plane: Any, first: int, last: int, step: float, work: Any, parabolas: Any) -> None:
    n = plane.shape[0]
    for k in range(n):
        for x in range(first, last):
            work[x - first, k] = plane[k, x]
    for x in range(last - first):
        _runs(work[x], step, parabolas)
    for k in range(n):
        for x in range(first, last):
            plane[k, x] = work[x - first, k]


@bare
def _runs(column: Any, step: float, parabolas: Any) -> None:
    n, k = len(column), 0
    while k < n:
        if column[k] == 0:
            k += 1
            continue
        first = k
        while k < n and column[k] > 0:
            k += 1
        if k - first > 1 or first == 0 or k == n:
            _envelope(column, first, k, step, parabolas)
        else:
            column[first] = min(column[first], step)


@bare
def _envelope(column: Any, first: int, last: int, step: float, parabolas: Any) -> None:
    """Replace a run of a column by the lower envelope of the parabolas that stand on it and at its ends."""
    at, edge, height = parabolas[0], parabolas[1], parabolas[2]
    n, count = len(column), 0
    for k in range(max(0, first - 1), min(n, last + 1)):
        if column[k] >= NOWHERE:
            continue
        begin = -np.inf
        while count > 0:
            apart = k - at[count - 1]
            begin = 0.5 * (k + at[count - 1] + (column[k] - height[count - 1]) / (step * apart))
            if begin > edge[count - 1]:
                break
            count -= 1
            begin = -np.inf
        at[count], edge[count], height[count] = k, begin, column[k]
        count += 1
    part = 0
    for k in range(first, last if count else first):
        while part + 1 < count and edge[part + 1] < k:
            part += 1
        column[k] = height[part] + step * (k - at[part]) * (k - at[part])
