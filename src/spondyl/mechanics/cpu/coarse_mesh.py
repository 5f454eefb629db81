"""The next coarser mesh: nodes for the connected parts of a mesh, elements that share their corners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.mesh import NOWHERE, Mesh, next_x
from spondyl.threads import Team

INSIDE = 27
"""Places of fine nodes that a coarse node moves: one step or less away in each direction."""

ROOM = 128
"""Elements around a coarse node for which there is room from the start."""


def mesh_of_mesh(fine: Mesh, team: Team) -> tuple[Mesh, NDArray[np.int32]]:
    """Return the next coarser mesh, and the coarse element that each fine one lies in."""
    shape = -(-fine.shape // 2)
    nz, ny = int(shape[0]), int(shape[1])
    elements = fine.x.size
    plane_nodes = np.zeros(nz + 1, np.int64)
    corner = np.empty(8 * elements, np.int32)  # coarse node for each corner of the coarse voxel around it
    team.run(_split, nz + 1, corner.size, fine, corner, plane_nodes)
    parent = np.empty(elements, np.int32)
    row_start = np.zeros(nz * ny + 1, np.int64)
    row, x = np.empty(elements, np.int32), np.empty(elements, np.int32)
    corners, modulus = np.empty(8 * elements, np.int32), np.zeros(elements, np.float32)
    made = _gather(fine, corner, ny, row_start, row, x, corners, modulus, parent)
    mesh = Mesh(
        shape,
        row_start,
        row[:made].copy(),
        x[:made].copy(),
        corners[: 8 * made].copy(),
        modulus[:made].copy(),
        plane_nodes,
    )
    return mesh, parent


@inner
def _index_layers(fine, k, first):
    """Write the first element in each voxel of the four layers around coarse plane k, −1 where none is."""
    first[:] = -1
    for layer in range(4):
        z = 2 * k - 2 + layer
        if 0 <= z < fine.shape[0]:
            for y in range(fine.shape[1]):
                row = z * fine.shape[1] + y
                for e in range(fine.row_start[row + 1] - 1, fine.row_start[row] - 1, -1):
                    first[layer, y, fine.x[e]] = e


@inner
def _collect(fine, k, j, i, first, found):
    """Write the elements around a coarse place and where they lie in it; return how many there are.

    Where there is no room for all, their number is returned all the same.
    """
    count = 0
    for dz in range(4):
        z = 2 * k - 2 + dz
        for y in range(max(2 * j - 2, 0), min(2 * j + 2, fine.shape[1])):
            for x in range(max(2 * i - 2, 0), min(2 * i + 2, fine.shape[2])):
                e = first[dz, y, x]
                if e < 0:
                    continue
                end = fine.row_start[z * fine.shape[1] + y + 1]
                while e < end and fine.x[e] == x:
                    if count < found.shape[1]:
                        found[0, count] = e
                        found[1, count] = 16 * dz + 4 * (y - 2 * j + 2) + x - 2 * i + 2
                    count += 1
                    e += 1
    return count


@inner
def _root(parent, e):
    while parent[e] != e:
        parent[e] = parent[parent[e]]
        e = parent[e]
    return e


@inner
def _unite(fine, count, found, heads, entries):
    """Join the elements that share a node the coarse node moves."""
    elements, places, above = found[0], found[1], found[2]
    nodes, owners, behind = entries[0], entries[1], entries[2]
    heads[:] = -1
    used = 0
    for n in range(count):
        above[n] = n
        for corner in range(8):
            z = (places[n] >> 4) + (corner >> 2) - 1
            y = (places[n] >> 2 & 3) + (corner >> 1 & 1) - 1
            x = (places[n] & 3) + (corner & 1) - 1
            if not (0 <= z < 3 and 0 <= y < 3 and 0 <= x < 3):
                continue
            node, place = fine.corner[8 * elements[n] + corner], 9 * z + 3 * y + x
            entry = heads[place]
            while entry >= 0 and nodes[entry] != node:
                entry = behind[entry]
            if entry >= 0:
                above[_root(above, n)] = _root(above, owners[entry])
                continue
            nodes[used], owners[used], behind[used] = node, n, heads[place]
            heads[place] = used
            used += 1


@kernel
def _split(part, first, last, fine, corner, plane_nodes):
    """Number the coarse nodes of some planes and tell them to the elements around."""
    index = np.empty((4, fine.shape[1], fine.shape[2]), np.int32)
    heads = np.empty(INSIDE, np.int32)
    elements = np.empty((4, ROOM), np.int32)
    nodes = np.empty((3, 8 * ROOM), np.int32)
    for k in range(first, last):
        _index_layers(fine, k, index)
        node = 0
        for j in range((fine.shape[1] + 1) // 2 + 1):
            for i in range((fine.shape[2] + 1) // 2 + 1):
                count = _collect(fine, k, j, i, index, elements)
                if count == 0:
                    continue
                if count > elements.shape[1]:
                    elements = np.empty((4, 2 * count), np.int32)
                    nodes = np.empty((3, 16 * count), np.int32)
                    _collect(fine, k, j, i, index, elements)
                _unite(fine, count, elements, heads, nodes)
                part_of = elements[3]
                part_of[:count] = -1
                for n in range(count):
                    root = _root(elements[2], n)
                    if part_of[root] < 0:
                        part_of[root] = node
                        node += 1
                    place = elements[1, n]
                    side = 4 * (place >> 5) + 2 * (place >> 3 & 1) + (place >> 1 & 1)
                    corner[8 * elements[0, n] + 7 - side] = part_of[root]
        plane_nodes[k] = node


@inner
def _same(corner, e, corners, coarse):
    same = True
    for c in range(8):
        same = same and corner[8 * e + c] == corners[8 * coarse + c]
    return same


@inner
def _rows_in(fine, row, lines, heads, ends):
    """Write where the four fine rows in a coarse one begin and end."""
    for r in range(4):
        z, y = 2 * (row // lines) + r // 2, 2 * (row % lines) + r % 2
        inside = z < fine.shape[0] and y < fine.shape[1]
        heads[r] = fine.row_start[z * fine.shape[1] + y] if inside else 0
        ends[r] = fine.row_start[z * fine.shape[1] + y + 1] if inside else 0


@kernel
def _gather(fine, corner, lines, row_start, row_of, x, corners, modulus, parent):
    """Write the coarse elements: one for each set of corners in a coarse voxel; return their number."""
    made = 0
    heads, ends = np.empty(4, np.int64), np.empty(4, np.int64)
    for row in range(row_start.size - 1):
        _rows_in(fine, row, lines, heads, ends)
        while True:
            here = next_x(fine, heads, ends) // 2
            if here == NOWHERE // 2:
                break
            begin = made
            for r in range(4):
                while heads[r] < ends[r] and fine.x[heads[r]] // 2 == here:
                    e = heads[r]
                    coarse = begin
                    while coarse < made and not _same(corner, e, corners, coarse):
                        coarse += 1
                    if coarse == made:
                        row_of[made], x[made] = row, here
                        for c in range(8):
                            corners[8 * made + c] = corner[8 * e + c]
                        made += 1
                    modulus[coarse] += np.float32(0.125) * fine.modulus[e]
                    parent[e] = coarse
                    heads[r] += 1
        row_start[row + 1] = made
    return made
