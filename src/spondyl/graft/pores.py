"""The widest way through the pores: the largest ball that passes from the opening to the bottom."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.bed import Bodies
from spondyl.graft.compiled import kernel
from spondyl.threads import in_threads
from spondyl.volume.grid import Triple

SLABS = 16


def clearance(
    bodies: Bodies, wall: NDArray[np.float32], edges: Triple, threads: int = 1
) -> NDArray[np.float32]:
    """Return how far each point lies from the wall and the bodies, mm; negative inside a body.

    Near the edges between two faces of a granule it is a little less than the true distance, never more.

    Parameters
    ----------
    bodies : centres in the frame whose first point is at 0.
    wall : distance of each point to the wall, mm (z, y, x).
    edges : distances between points, mm.
    threads : changes no result.
    """
    clear = wall.copy()
    bounds = np.linspace(0, wall.shape[0], SLABS + 1).astype(int)

    def slab(part: int) -> None:
        nearest_surface(
            clear, int(bounds[part]), int(bounds[part + 1]), bodies.centres_mm, bodies.radii_mm,
            bodies.normals, bodies.offsets_mm, np.array(edges), float(wall.max()),
        )  # fmt: skip

    in_threads(slab, range(SLABS), threads)
    return clear


@kernel
def nearest_surface(
    clear: Any,
    first: int,
    last: int,
    centres: Any,
    radii: Any,
    normals: Any,
    offsets: Any,
    edges: Any,
    reach: float,
) -> None:
    """Lower `clear` in planes `first` to `last` to the distance from the surfaces of bodies."""
    _, ny, nx = clear.shape
    for body in range(radii.size):
        far = radii[body] + reach
        cz, cy, cx = centres[body, 0], centres[body, 1], centres[body, 2]
        k0, k1 = max(first, int((cz - far) / edges[0])), min(last - 1, int((cz + far) / edges[0]) + 1)
        j0, j1 = max(0, int((cy - far) / edges[1])), min(ny - 1, int((cy + far) / edges[1]) + 1)
        i0, i1 = max(0, int((cx - far) / edges[2])), min(nx - 1, int((cx + far) / edges[2]) + 1)
        for k in range(k0, k1 + 1):
            z = k * edges[0] - cz
            for j in range(j0, j1 + 1):
                y = j * edges[1] - cy
                for i in range(i0, i1 + 1):
                    x = i * edges[2] - cx
                    near = clear[k, j, i] + radii[body]
                    square = z * z + y * y + x * x
                    if near > 0 and square >= near * near:
                        continue  # even the ball around it is farther away than what is nearest so far
                    away = np.sqrt(square) - radii[body]
                    for face in range(offsets.shape[1]):
                        ahead = (
                            normals[body, face, 0] * z
                            + normals[body, face, 1] * y
                            + normals[body, face, 2] * x
                        )
                        away = max(away, ahead - offsets[body, face])
                    if away < clear[k, j, i]:
                        clear[k, j, i] = away


def widest_path(
    clear: NDArray[np.float32], top: NDArray[np.bool_], bottom: NDArray[np.bool_], least: float = 0.0
) -> float:
    """Return the diameter of the largest ball that can move from a top to a bottom point; 0 for none.

    Points are taken in the order of their clearance and joined to those beside them (26 neighbours); the ball
    is that of the point that first joins top and bottom, right to within about the distance between points.

    Parameters
    ----------
    clear : clearance of each point, mm.
    top, bottom : points where the way may begin and end.
    least : clearance below which no way is looked for, mm.
    """
    inside = np.flatnonzero(clear > least)
    order = inside[np.argsort(-clear.ravel()[inside], kind="stable")]
    ends = top.astype(np.uint8) + 2 * bottom.astype(np.uint8)
    last = first_joined(order, ends.ravel(), np.array(clear.shape))
    return 2 * float(clear.ravel()[last]) if last >= 0 else 0.0


@kernel
def first_joined(order: Any, ends: Any, shape: Any) -> int:
    """Return the point whose joining connects both ends, −1 for none."""
    parent = np.full(ends.size, -1, np.int32)
    plane, row = shape[1] * shape[2], shape[2]
    for point in order:
        parent[point] = point
        root = point
        k, j, i = point // plane, point % plane // row, point % row
        for dk in range(-1, 2):
            for dj in range(-1, 2):
                for di in range(-1, 2):
                    c, b, a = k + dk, j + dj, i + di
                    if c < 0 or b < 0 or a < 0 or c >= shape[0] or b >= shape[1] or a >= shape[2]:
                        continue
                    other = c * plane + b * row + a
                    if parent[other] < 0:
                        continue
                    while parent[other] != other:
                        parent[other] = parent[parent[other]]
                        other = parent[other]
                    if other != root:
                        parent[other] = root
                        ends[root] |= ends[other]
        if ends[root] == 3:
            return int(point)
    return -1
