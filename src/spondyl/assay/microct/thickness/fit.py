"""The sphere that touches the surface around a ball of voxels: its diameter is the thickness.

A ball reaches from one voxel centre to another, and neither is the place of the surface. The faces between
the voxels are, on average: half a voxel beyond the last centre inside, whatever the direction. So the sphere
is the one whose distances to the faces it touches, along the normals of the surface there, are alike. A mean
over many faces has not the error of each; the nearest alone would be half a voxel off on an oblique plate.

A sphere of radius r touches the faces it is turned to within the cap where a tangent plane comes no farther
than one step between voxels: centre of the face within r + step, and normal within acos(r / (r + step)). They
are found around the ball, then once more around the sphere that came of them, which sees all sides alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.faces import CELL, WHOLE, Edges, Faces
from spondyl.assay.microct.thickness.share import ranges, share
from spondyl.assay.microct.thickness.tangent import tangent

PASSES = 2
"""Times the touched faces are found: around the ball, then around the sphere."""

OPPOSED = 0.1
"""Share of the touched surface that must look the other way: directions of single faces are not certain."""

ROOM = 65536
"""Most faces looked at around one ball."""

ROUNDING = 1e-6
"""Relative error of a distance that counts as rounding."""


def one_sided(
    balls: NDArray[np.int64],
    radii: NDArray[np.float32],
    shape: tuple[int, ...],
    edges: Edges,
    faces: Faces,
    threads: int,
) -> NDArray[np.bool_]:
    """Return which balls touch the surface from one side only."""
    found = np.zeros(len(balls), np.bool_)
    share(threads, _one_sided, ranges(len(balls)), balls, radii, *_common(shape, edges, faces), found)
    return found


def fitted_radii(
    balls: NDArray[np.int64],
    radii: NDArray[np.float32],
    limited: NDArray[np.bool_],
    shape: tuple[int, ...],
    edges: Edges,
    faces: Faces,
    threads: int,
) -> NDArray[np.float32]:
    """Return the radius of the sphere that touches the surface around each ball, unit of `edges`."""
    found = np.empty(len(balls), np.float32)
    share(threads, _fit, ranges(len(balls)), balls, radii, limited, *_common(shape, edges, faces), found)
    return found


def _common(shape: tuple[int, ...], edges: Edges, faces: Faces) -> tuple[Any, ...]:
    return (
        np.asarray(shape, np.int64),
        np.asarray(edges, np.float64),
        faces.start,
        faces.cells,
        faces.table,
    )


@kernel
def _gather(
    centre: Any,
    far: float,
    with_cut: bool,
    edges: Any,
    start: Any,
    cells: Any,
    table: Any,
    found: Any,
    near: Any,
) -> int:
    """Copy the faces near a centre that look away from it, placed from there; return how many."""
    z0, z1 = _cells(centre[0], far, edges[0], cells[0])
    y0, y1 = _cells(centre[1], far, edges[1], cells[1])
    cz, cy, cx, squared = centre[0], centre[1], centre[2], far * far
    hz, hy, hx = 0.5 * edges[0], 0.5 * edges[1], 0.5 * edges[2]
    n = 0
    for k in range(z0, z1 + 1):
        dz = _gap(cz, k, edges[0])
        for j in range(y0, y1 + 1):
            dy = _gap(cy, j, edges[1])
            room = squared - dz * dz - dy * dy
            if room < 0:
                continue
            x0, x1 = _cells(cx, np.sqrt(room), edges[2], cells[2])
            row = (k * cells[1] + j) * cells[2]
            stop = min(start[row + x1 + 1], start[row + x0] + len(found) - n)
            for f in range(start[row + x0], stop):
                z, y, x = table[f, 0] * hz - cz, table[f, 1] * hy - cy, table[f, 2] * hx - cx
                close = z * z + y * y + x * x <= squared
                away = z * table[f, 3] + y * table[f, 4] + x * table[f, 5] > 0
                found[n] = f
                n += close & away & (with_cut | (table[f, 7] == 0))  # no branch: which ones is chance
    _copy(n, centre, edges, table, found, near)
    return n


@kernel
def _copy(n: int, centre: Any, edges: Any, table: Any, found: Any, near: Any) -> None:
    """Write the faces found: place from the centre, normal, area but for a factor, and step across."""
    for k in range(n):
        f, side = found[k], table[found[k], 6]
        for axis in range(3):
            near[k, axis] = table[f, axis] * (0.5 * edges[axis]) - centre[axis]
            near[k, 3 + axis] = table[f, 3 + axis] / WHOLE
        near[k, 6], near[k, 7] = abs(near[k, 3 + side]) / edges[side], edges[side]


@kernel
def _touches(face: Any, z: float, y: float, x: float, radius: float, along: float) -> bool:
    """Whether a sphere touches a face that lies at z, y, x from its centre."""
    reach = (radius + face[7]) * (1 + ROUNDING)
    square = z * z + y * y + x * x
    return along > 0 and square <= reach * reach and (along * reach) ** 2 >= radius * radius * square


@kernel
def _gap(centre: float, cell: int, edge: float) -> float:
    """Return the distance along one axis to the faces of the voxels in a cell."""
    low, high = (cell * CELL - 0.5) * edge, (cell * CELL + CELL - 0.5) * edge
    return max(0.0, max(low - centre, centre - high))


@kernel
def _cells(centre: float, far: float, edge: float, cells: int) -> Any:
    first = int(np.floor(((centre - far) / edge - 0.5) / CELL))
    last = int(np.floor(((centre + far) / edge + 0.5) / CELL))
    return max(0, first), min(cells - 1, last)


@kernel
def _is_one_sided(near: Any, n: int, radius: float) -> bool:
    total = opposed = z = y = x = 0.0
    for i in range(n):
        f = near[i]
        if _touches(f, f[0], f[1], f[2], radius, f[0] * f[3] + f[1] * f[4] + f[2] * f[5]):
            total, z, y, x = total + f[6], z + f[6] * f[3], y + f[6] * f[4], x + f[6] * f[5]
    for i in range(n):
        f = near[i]
        if z * f[3] + y * f[4] + x * f[5] > 0:
            continue
        if _touches(f, f[0], f[1], f[2], radius, f[0] * f[3] + f[1] * f[4] + f[2] * f[5]):
            opposed += f[6]
    return opposed <= OPPOSED * total


@kernel
def _centre(ball: int, shape: Any, edges: Any, out: Any) -> None:
    out[0] = edges[0] * (ball // (shape[1] * shape[2]))
    out[1] = edges[1] * ((ball // shape[2]) % shape[1])
    out[2] = edges[2] * (ball % shape[2])


@kernel
def _one_sided(
    first: int,
    last: int,
    balls: Any,
    radii: Any,
    shape: Any,
    edges: Any,
    start: Any,
    cells: Any,
    table: Any,
    found: Any,
) -> None:
    places, near, centre = np.empty(ROOM, np.int64), np.empty((ROOM, 8), np.float32), np.empty(3)
    step = edges.max() * (1 + ROUNDING)
    for b in range(first, last):
        _centre(balls[b], shape, edges, centre)
        n = _gather(centre, radii[b] + step, False, edges, start, cells, table, places, near)
        found[b] = _is_one_sided(near, n, radii[b])


@kernel
def _fit(
    first: int,
    last: int,
    balls: Any,
    radii: Any,
    limited: Any,
    shape: Any,
    edges: Any,
    start: Any,
    cells: Any,
    table: Any,
    found: Any,
) -> None:
    places = np.empty(ROOM, np.int64)
    near, centre, work = np.empty((ROOM, 8), np.float32), np.empty(3), np.empty((12, 4))
    step = edges.max() * (1 + ROUNDING)
    half = 0.5 * np.sqrt(edges[0] ** 2 + edges[1] ** 2 + edges[2] ** 2)
    for b in range(first, last):
        r = float(radii[b])
        low, high = 0.5 * edges.min(), r + half
        _centre(balls[b], shape, edges, centre)
        n = _gather(centre, high + step, limited[b], edges, start, cells, table, places, near)
        move, shift = work[10], work[11]
        move[:] = 0.0
        for _ in range(PASSES):
            if not _collect(near, n, move, r, work):
                break
            tangent(work)
            r = min(max(shift[3], low), high)
            size = np.sqrt(shift[0] ** 2 + shift[1] ** 2 + shift[2] ** 2)
            for axis in range(3):
                move[axis] += shift[axis] * min(1.0, (high - r) / max(size, ROUNDING))
        found[b] = r


@kernel
def _collect(near: Any, n: int, move: Any, radius: float, work: Any) -> bool:
    """Sum the normal equations over the faces a moved sphere touches, mean weight one; False if none."""
    mz, my, mx = move[0], move[1], move[2]
    aa = ab = ac = bb = bc = cc = a = b = c = w = ra = rb = rc = r = 0.0
    count = 0
    for i in range(n):
        f = near[i]
        z, y, x = f[0] - mz, f[1] - my, f[2] - mx
        p, q, s = f[3], f[4], f[5]
        along = z * p + y * q + x * s
        if not _touches(f, z, y, x, radius, along):
            continue
        wp, wq, ws = f[6] * p, f[6] * q, f[6] * s
        aa, ab, ac = aa + wp * p, ab + wp * q, ac + wp * s
        bb, bc, cc = bb + wq * q, bc + wq * s, cc + ws * s
        a, b, c, w = a + wp, b + wq, c + ws, w + f[6]
        ra, rb, rc, r = ra + wp * along, rb + wq * along, rc + ws * along, r + f[6] * along
        count += 1
    if count == 0:
        return False
    work[0, 0], work[0, 1], work[0, 2], work[0, 3] = aa, ab, ac, a
    work[1, 0], work[1, 1], work[1, 2], work[1, 3] = ab, bb, bc, b
    work[2, 0], work[2, 1], work[2, 2], work[2, 3] = ac, bc, cc, c
    work[3, 0], work[3, 1], work[3, 2], work[3, 3] = a, b, c, w
    work[8, 0], work[8, 1], work[8, 2], work[8, 3] = ra, rb, rc, r
    work[0:4] *= count / w
    work[8] *= count / w
    return True
