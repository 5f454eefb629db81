"""The nearest of many points to each voxel, handed on from voxel to voxel."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel

PASSES = 3
"""Passes there and back; later ones change nothing that matters."""


@kernel
def nearest_points(known: Any, points: Any, edges: Any) -> Any:
    """Return the distance from each voxel centre to the nearest point.

    Each voxel takes the best of the points that its six neighbours know, there and back through the grid
    (vector distance transform).

    Parameters
    ----------
    known : a point near each voxel to begin with; the nearest when done (z, y, x).
    points : mm, (n, 3).
    edges : of a voxel, mm.
    """
    nz, ny, nx = known.shape
    square = np.empty((nz, ny, nx))
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                square[k, j, i] = apart(known[k, j, i], k, j, i, points, edges)
    for _ in range(PASSES):
        if hand_on(1, points, edges, known, square) + hand_on(-1, points, edges, known, square) == 0:
            break
    return np.sqrt(square)


@inner
def apart(point: int, k: int, j: int, i: int, points: Any, edges: Any) -> float:
    """Return the square of the distance between a voxel centre and a point."""
    dz, dy, dx = (
        k * edges[0] - points[point, 0],
        j * edges[1] - points[point, 1],
        i * edges[2] - points[point, 2],
    )
    return float(dz * dz + dy * dy + dx * dx)


@inner
def hand_on(way: int, points: Any, edges: Any, known: Any, square: Any) -> int:
    """Pass once through the grid, forwards or backwards; return how many voxels changed."""
    nz, ny, nx = known.shape
    changed = 0
    for step in range(nz * ny * nx):
        voxel = step if way > 0 else nz * ny * nx - 1 - step
        k, j, i = voxel // (ny * nx), voxel // nx % ny, voxel % nx
        for side in range(6):
            c = k + (side == 0) - (side == 1)
            b = j + (side == 2) - (side == 3)
            a = i + (side == 4) - (side == 5)
            if c < 0 or b < 0 or a < 0 or c == nz or b == ny or a == nx or known[c, b, a] == known[k, j, i]:
                continue
            far = apart(known[c, b, a], k, j, i, points, edges)
            if far < square[k, j, i]:
                square[k, j, i], known[k, j, i] = far, known[c, b, a]
                changed += 1
    return changed
