"""The faces between a phase and what surrounds it, with the direction of the surface there.

The direction is the slope of the phase (+1 inside, −1 outside) smoothed by a Gaussian of one voxel, cut at
2.5 voxels. On a plane the smoothed phase depends on the distance to the plane alone, so its slope has the
direction of the plane however the voxels lie.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.labels import PHASE, Edges
from spondyl.assay.microct.thickness.patterns import PLANES, REACH, Tables, read_plane, room, tables
from spondyl.assay.microct.thickness.share import ranges, share
from spondyl.assay.microct.thickness.slope import direction
from spondyl.compiled import bare, kernel

WHOLE = 32767.0
"""Length of a unit normal as it is kept."""

CELL = 4
"""Edge of the cells, voxels, by which faces are found again."""


class Faces(NamedTuple):
    """Faces in the order of the cells that hold them, ten bytes each.

    Parameters
    ----------
    start : first face of each cell, shape (cells z, y, x, flattened, + 1).
    cells : number of cells (z, y, x).
    across : place of each along x, half steps between voxels, plus one.
    code : place along z and y from the cell, half steps, plus one (bits 0-3, 4-7), the axis across which it
        lies (8-9), and whether it borders on what is unknown (10).
    normal : unit normal out of the phase, shape (3, faces), units of 1 / ``WHOLE``.
    """

    start: NDArray[np.int64]
    cells: NDArray[np.int64]
    across: NDArray[np.uint16]
    code: NDArray[np.int16]
    normal: NDArray[np.int16]


def find_faces(labels: NDArray[np.uint8], masked: bool, edges: Edges, threads: int) -> Faces:
    """Return every face of the phase in an array of labels.

    Parameters
    ----------
    labels : shape (z, y, x).
    masked : whether any voxel is unknown.
    edges : voxel edges (z, y, x), any unit.
    threads : changes no result.
    """
    cells = np.array([-(-n // CELL) for n in labels.shape], np.int64)
    start = np.zeros(int(cells.prod()) + 1, np.int64)
    layers = ranges(int(cells[0]))
    share(threads, _count, layers, labels, cells, start)
    np.cumsum(start, out=start)
    n = int(start[-1])
    faces = Faces(start, cells, np.empty(n, np.uint16), np.empty(n, np.int16), np.empty((3, n), np.int16))
    share(threads, _fill, layers, labels, masked, np.asarray(edges, np.float64), tables(), faces)
    return faces


@kernel
def _count(first: int, last: int, labels: Any, cells: Any, start: Any) -> None:
    nz, ny, nx = labels.shape
    for z in range(first * CELL, min(nz, last * CELL)):
        for y in range(ny):
            row = ((z // CELL) * cells[1] + y // CELL) * cells[2] + 1
            for x in range(nx):
                if labels[z, y, x] != PHASE:
                    continue
                n = (z == 0 or labels[z - 1, y, x] != PHASE) + (z == nz - 1 or labels[z + 1, y, x] != PHASE)
                n += (y == 0 or labels[z, y - 1, x] != PHASE) + (y == ny - 1 or labels[z, y + 1, x] != PHASE)
                n += (x == 0 or labels[z, y, x - 1] != PHASE) + (x == nx - 1 or labels[z, y, x + 1] != PHASE)
                start[row + x // CELL] += n


@kernel
def _fill(first: int, last: int, labels: Any, masked: bool, edges: Any, tables: Tables, faces: Faces) -> None:
    nz, ny, nx = labels.shape
    inside, unknown = room(ny, nx)
    slope, place = np.empty(3), np.empty(faces.cells[1] * faces.cells[2], np.int64)
    for z in range(first * CELL - REACH, first * CELL + REACH):
        read_plane(labels, z, inside, unknown)
    for z in range(first * CELL, min(nz, last * CELL)):
        read_plane(labels, z + REACH, inside, unknown)
        if z % CELL == 0:
            layer = (z // CELL) * len(place)
            place[:] = faces.start[layer : layer + len(place)]
        deep = not masked and REACH <= z < nz - REACH
        for y in range(ny):
            clear = deep and REACH <= y < ny - REACH
            for x in range(nx):
                sides = _sides(inside, z, y, x)
                if sides == 0:
                    continue
                cell = (y // CELL) * faces.cells[2] + x // CELL
                for side in range(6):
                    if (sides >> side) & 1 == 0:
                        continue
                    cut = _bit(unknown, z, y, x, side)
                    known = clear and REACH <= x < nx - REACH
                    direction(inside, unknown, z, y, x, side, known, cut, edges, tables, slope)
                    _keep(faces, place[cell], z, y, x, side, cut, slope)
                    place[cell] += 1


@bare
def _sides(inside: Any, z: int, y: int, x: int) -> int:
    """Return the sides of a voxel of the phase that face something else, as bits; 0 for other voxels."""
    own = inside[z % PLANES, y + REACH, x + 1]
    if own & 4 == 0:
        return 0
    found = 0
    for side in range(6):
        found |= int(not _bit(inside, z, y, x, side)) << side
    return found


@bare
def _bit(patterns: Any, z: int, y: int, x: int, side: int) -> Any:
    """Return whether the neighbour on a side is set."""
    sign = 2 * (side & 1) - 1
    if side < 2:
        return patterns[(z + sign + PLANES) % PLANES, y + REACH, x + 1] & 4 != 0
    if side < 4:
        return patterns[z % PLANES, y + REACH + sign, x + 1] & 4 != 0
    return patterns[z % PLANES, y + REACH, x + 1] & (2 if sign < 0 else 8) != 0


@bare
def _keep(faces: Faces, f: int, z: int, y: int, x: int, side: int, cut: bool, slope: Any) -> None:
    axis, sign = side // 2, 2 * (side & 1) - 1
    up = 2 * (z % CELL) + 1 + (sign if axis == 0 else 0)
    along = 2 * (y % CELL) + 1 + (sign if axis == 1 else 0)
    faces.across[f] = 2 * x + 1 + (sign if axis == 2 else 0)
    faces.code[f] = up | along << 4 | axis << 8 | int(cut) << 10
    for a in range(3):
        faces.normal[a, f] = int(np.rint(WHOLE * slope[a]))
