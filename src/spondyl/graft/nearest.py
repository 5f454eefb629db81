"""The nearest of many points to each voxel, where the voxel of about the nearest is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel


@kernel
def nearest_points(near: Any, points: Any, starts: Any, edges: Any) -> Any:
    """Return the distance from each voxel centre to the nearest point in or around a voxel.

    Parameters
    ----------
    near : for each voxel the raveled number of the voxel to look in and around (z, y, x).
    points : mm, sorted by the voxel they lie in, (n, 3).
    starts : where the points of each voxel begin.
    edges : voxel edges, mm.
    """
    nz, ny, nx = near.shape
    distance = np.empty((nz, ny, nx))
    at = np.empty(3)
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                at[0], at[1], at[2] = k * edges[0], j * edges[1], i * edges[2]
                distance[k, j, i] = around(at, near[k, j, i], near.shape, points, starts)
    return distance


@inner
def around(at: Any, voxel: int, shape: Any, points: Any, starts: Any) -> float:
    """Return the distance from a place to the nearest point in a voxel and its 26 neighbours."""
    _, ny, nx = shape
    k, j, i = voxel // (ny * nx), voxel // nx % ny, voxel % nx
    least = 1e30
    for c in range(max(0, k - 1), min(shape[0], k + 2)):
        for b in range(max(0, j - 1), min(ny, j + 2)):
            row = (c * ny + b) * nx
            # The points of neighbours along x follow each other.
            for n in range(starts[row + max(0, i - 1)], starts[row + min(nx, i + 2)]):
                dz, dy, dx = at[0] - points[n, 0], at[1] - points[n, 1], at[2] - points[n, 2]
                least = min(least, dz * dz + dy * dy + dx * dx)
    return float(np.sqrt(least))
