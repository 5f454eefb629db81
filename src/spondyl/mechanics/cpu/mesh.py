"""A coarse model whose nodes are split: two parts of the bone that pass each other share none.

A coarse voxel that holds two struts which do not touch would weld them together, and the coarse model would
know nothing of the softest motions of thin bone. Here each coarse node stands for one connected part of the
structure around it: a place of the grid carries as many nodes as there are parts within one coarse voxel
in every direction, and a coarse voxel as many elements as there are different sets of corners in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.voxel_parts import PLACES, parts_around
from spondyl.threads import Team


class Mesh(NamedTuple):
    """Elements sorted by z, y and x, and the nodes at their corners.

    ``shape``: coarse voxels (z, y, x) of the box, int64 (3,). ``row_start``: first element of each row
    (z, y), int64 (nz · ny + 1,). ``row``, ``x``: of each element,
    int32. ``corner``: node at each of the eight
    corners of an element, x fastest, counted within its node plane in the order of y, x; int32
    (8 · elements,). ``modulus``: of each element, float32. ``plane_nodes``: nodes of each node plane, int64
    (nz + 1,).
    """

    shape: NDArray[np.int64]
    row_start: NDArray[np.int64]
    row: NDArray[np.int32]
    x: NDArray[np.int32]
    corner: NDArray[np.int32]
    modulus: NDArray[np.float32]
    plane_nodes: NDArray[np.int64]


NOWHERE = 1 << 40
"""Behind every x."""


@inner
def next_x(mesh, heads, ends):
    """Return the smallest x of the elements that four rows have come to, NOWHERE at the end of all."""
    x = np.int64(NOWHERE)
    for r in range(4):
        if heads[r] < ends[r]:
            x = min(x, mesh.x[heads[r]])
    return x


def mesh_of_voxels(modulus: NDArray[np.float32], team: Team) -> tuple[Mesh, NDArray[np.int32]]:
    """Return the first coarse mesh above voxels, and the element in each coarse voxel, −1 where none is.

    The voxels of one coarse voxel all meet at its middle, so that each holds one element at most.

    Parameters
    ----------
    modulus : of each voxel, (z, y, x).
    """
    shape = np.array([-(-n // 2) for n in modulus.shape])
    nz, ny, nx = (int(n) for n in shape)
    filled = np.zeros((nz, ny, nx), np.uint8)
    mean = np.zeros((nz, ny, nx), np.float32)
    row_start = np.zeros(nz * ny + 1, np.int64)
    team.run(_fill, nz, modulus.size, modulus, filled, mean, row_start)
    np.cumsum(row_start, out=row_start)
    elements = int(row_start[-1])
    element = np.empty((nz, ny, nx), np.int32)
    mesh = Mesh(
        shape,
        row_start,
        np.empty(elements, np.int32),
        np.empty(elements, np.int32),
        np.empty(8 * elements, np.int32),
        np.empty(elements, np.float32),
        np.zeros(nz + 1, np.int64),
    )
    team.run(_list, nz, modulus.size, filled, mean, element, mesh)
    team.run(_split, nz + 1, modulus.size, filled, element, mesh)
    return mesh, element


@kernel
def _fill(part, first, last, modulus, filled, mean, row_count):
    """Write which of its eight voxels each coarse voxel of some layers has, and their mean modulus."""
    nz, ny, nx = modulus.shape
    for z in range(2 * first, min(2 * last, nz)):
        for y in range(ny):
            bit = 4 * (z & 1) + 2 * (y & 1)
            for x in range(nx):
                if modulus[z, y, x] > 0:
                    filled[z >> 1, y >> 1, x >> 1] |= np.uint8(1 << (bit + (x & 1)))
                    mean[z >> 1, y >> 1, x >> 1] += np.float32(0.125) * modulus[z, y, x]
    lines = filled.shape[1]
    for k in range(first, last):
        for j in range(lines):
            for i in range(filled.shape[2]):
                row_count[k * lines + j + 1] += filled[k, j, i] > 0


@kernel
def _list(part, first, last, filled, mean, element, mesh):
    """Write the elements of some layers."""
    _, ny, nx = filled.shape
    for k in range(first, last):
        for j in range(ny):
            e = mesh.row_start[k * ny + j]
            for i in range(nx):
                element[k, j, i] = -1
                if filled[k, j, i]:
                    element[k, j, i] = e
                    mesh.row[e], mesh.x[e] = k * ny + j, i
                    mesh.modulus[e] = mean[k, j, i]
                    e += 1


@kernel
def _split(part, first, last, filled, element, mesh):
    """Number the nodes of some planes: one for each part of the structure around a place of the grid."""
    nz, ny, nx = filled.shape
    block = np.zeros(PLACES, np.uint8)
    found = np.empty(PLACES, np.int32)
    for k in range(first, last):
        node = 0
        for j in range(ny + 1):
            for i in range(nx + 1):
                any_filled = np.uint8(0)
                for o in range(PLACES):
                    z, y, x = k - 1 + (o >> 2), j - 1 + (o >> 1 & 1), i - 1 + (o & 1)
                    inside = 0 <= z < nz and 0 <= y < ny and 0 <= x < nx
                    block[o] = filled[z, y, x] if inside else 0
                    any_filled |= block[o]
                if not any_filled:
                    continue
                parts = parts_around(block, found)
                for o in range(PLACES):
                    if block[o]:
                        e = element[k - 1 + (o >> 2), j - 1 + (o >> 1 & 1), i - 1 + (o & 1)]
                        mesh.corner[8 * e + 7 - o] = node + found[o]
                node += parts
        mesh.plane_nodes[k] = node
