"""Balls that would grow beyond the border of the volume of interest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import PHASE, UNKNOWN, Edges, Faces
from spondyl.assay.microct.thickness.fit import one_sided
from spondyl.assay.microct.thickness.share import ranges, share


def crossing(
    squared: NDArray[np.float32], labels: NDArray[np.uint8], masked: bool, edges: Edges, threads: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the balls that reach beyond the volume of interest: flat index, squared distance to its border.

    Parameters
    ----------
    squared : squared radius of the ball at each voxel, shape (z, y, x).
    labels : same shape.
    masked : whether any voxel of the array lies outside the volume of interest.
    edges : voxel edges (z, y, x), in the unit of `squared`.
    threads : changes no result.
    """
    cut = squared_distance(labels, UNKNOWN, edges, threads) if masked else np.empty((0, 0, 0), np.float32)
    rows = ranges(labels.shape[0])
    found = share(threads, _crossing, rows, squared, labels, cut, np.asarray(edges, np.float64))
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])


def end_at_border(
    squared: NDArray[np.float32],
    balls: NDArray[np.int64],
    ends: NDArray[np.float32],
    edges: Edges,
    faces: Faces,
    threads: int,
) -> NDArray[np.int64]:
    """Shorten, in place, those of the balls that touch the surface from one side only; return which."""
    flat = squared.reshape(-1)
    growing = one_sided(balls, np.sqrt(flat[balls]), squared.shape, edges, faces, threads)
    flat[balls[growing]] = ends[growing]
    return balls[growing]


@kernel
def _crossing(first: int, last: int, squared: Any, labels: Any, cut: Any, edges: Any) -> Any:
    nz, ny, nx = squared.shape
    balls, ends, n = np.empty(1024, np.int64), np.empty(1024, np.float32), 0
    for z in range(first, last):
        dz = edges[0] * min(z + 1, nz - z)
        for y in range(ny):
            dy = edges[1] * min(y + 1, ny - y)
            for x in range(nx):
                if labels[z, y, x] != PHASE:
                    continue
                end = min(dz, min(dy, edges[2] * min(x + 1, nx - x))) ** 2
                if cut.size > 0:
                    end = min(end, cut[z, y, x])
                if squared[z, y, x] <= end:
                    continue
                if n == len(balls):
                    balls, ends = np.append(balls, balls), np.append(ends, ends)
                balls[n], ends[n] = (z * ny + y) * nx + x, end
                n += 1
    return balls[:n].copy(), ends[:n].copy()
