"""Strips of interpolation from a coarse mesh to the voxels, or the finer mesh, it was made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.layout import Layout
from spondyl.mechanics.cpu.mesh import Mesh
from spondyl.mechanics.cpu.numbering import Rows
from spondyl.mechanics.cpu.strips import Strips
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.threads import Team


def strips_to_voxels(
    rows: Rows,
    modulus: NDArray[np.float32],
    element: NDArray[np.int32],
    coarse: Mesh,
    layout: Layout,
    team: Team,
) -> Strips:
    """Return the strips of the finest level.

    Parameters
    ----------
    modulus : of each voxel, (z, y, x).
    element : coarse element of each coarse voxel, as of :func:`spondyl.mechanics.cpu.mesh.mesh_of_voxels`.
    """
    holder = np.empty(int(rows.plane_start[-1]), np.int32)
    team.run(_hold, int(rows.shape[0]) + 1, rows.stride, rows, modulus, element, holder)
    return _strips(rows, holder, coarse, layout, team)


def strips_to_mesh(
    fine: Layout, parent: NDArray[np.int32], coarse: Mesh, layout: Layout, team: Team
) -> Strips:
    """Return the strips of a mesh; `parent` is the coarse element each of its elements lies in."""
    return _strips(fine.rows, parent[fine.holder], coarse, layout, team)


def _strips(rows: Rows, holder: NDArray[np.int32], coarse: Mesh, layout: Layout, team: Team) -> Strips:
    """Return strips; `holder` is a coarse element with each fine node in or on it."""
    planes = int(rows.shape[0]) + 1
    plane_start = np.zeros(planes + 1, np.int64)
    none = Strips(plane_start, np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.int32))
    team.run(_fill, planes, rows.stride, rows, holder, coarse, layout.starts, none, False)
    np.cumsum(plane_start, out=plane_start)
    total = int(plane_start[-1])
    strips = Strips(
        plane_start, np.empty(total, np.int32), np.empty(total, np.uint8), np.empty(4 * total, np.int32)
    )
    team.run(_fill, planes, rows.stride, rows, holder, coarse, layout.starts, strips, True)
    return strips


@kernel
def _hold(part, first, last, rows, modulus, element, holder):
    """Write a coarse element that each node of some planes lies in or on, one ahead of it if any."""
    nz, ny, nx = modulus.shape
    for k in range(first, last):
        for j in range(ny + 1):
            row = k * (ny + 1) + j
            for run in range(rows.row_start[row], rows.row_start[row + 1]):
                for n in range(rows.run_length[run]):
                    i = rows.run_x[run] + n
                    for side in range(7, -1, -1):
                        z, y, x = k - (side >> 1 & 1), j - (side & 1), i - (side >> 2)
                        inside = 0 <= z < nz and 0 <= y < ny and 0 <= x < nx
                        if inside and modulus[z, y, x] > 0:
                            holder[rows.run_node[run] + n] = element[z >> 1, y >> 1, x >> 1]


@inner
def _places(k, j, x, e, coarse, starts, found):
    """Write the first coarse place along x for a fine node in each of four coarse rows."""
    lines = coarse.shape[1]
    z, y = coarse.row[e] // lines, coarse.row[e] % lines
    ahead = x // 2 - coarse.x[e]
    for dk in range(2):
        for dj in range(2):
            # A row without weight is any that lies in the same plane.
            up, across = k // 2 + dk * (k & 1) - z, j // 2 + dj * (j & 1) - y
            found[2 * dk + dj] = starts[4 * e + 2 * up + across] + ahead


@inner
def _joins(found, begin, ahead):
    """Tell whether a node goes on where a strip has come to in all four coarse rows."""
    joins = True
    for r in range(4):
        joins = joins and found[r] == begin[r] + ahead
    return joins


@inner
def _write(strips, strip, node, kind, begin):
    strips.node[strip] = node
    strips.kind[strip] = kind
    for r in range(4):
        strips.starts[4 * strip + r] = begin[r]


@kernel
def _fill(part, first, last, rows, holder, coarse, starts, strips, write):
    """Write the strips of some planes, or count them."""
    lines = rows.shape[1] + 1
    begin, found = np.empty(4, np.int32), np.empty(4, np.int32)
    for k in range(first, last):
        strip = strips.plane_start[k] - 1 if write else -1
        for j in range(lines):
            for run in range(rows.row_start[k * lines + j], rows.row_start[k * lines + j + 1]):
                length = x0 = rows.run_x[run] * 0
                last = -1
                for n in range(rows.run_length[run]):
                    x, node = rows.run_x[run] + n, rows.run_node[run] + n
                    if holder[node] != last or length == LANES:
                        last = holder[node]
                        _places(k, j, x, last, coarse, starts, found)
                        if not (0 < length < LANES and _joins(found, begin, x // 2 - x0 // 2)):
                            strip, length, x0 = strip + 1, 0, x
                            begin, found = found, begin
                    length += 1
                    if write:
                        kind = length + 16 * (x0 & 1) + 32 * (j & 1)
                        _write(strips, strip, node - length + 1, kind, begin)
        if not write:
            strips.plane_start[k + 1] = strip + 1
