"""Where the nodes of a mesh are stored, so that neighbours along x lie next to each other.

The kernels take the two nodes of an edge along x from neighbouring lanes of a vector. Edges that follow each
other are laid end to end as *runs*; where the structure forks, the second branch begins with a *ghost* of the
node at the fork, which obeys its master as the nodes of periodic models do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.mesh import NOWHERE, Mesh, next_x
from spondyl.mechanics.cpu.numbering import PAD, Rows
from spondyl.threads import Team

LEFT, RIGHT, RUN, PLACE, ELEMENT, FOLLOWED, AT_X, ROWS = range(8)
"""Of an edge along x: its two nodes, its run and its place there, an element with it, whether another edge
follows in the run, and the x it begins at; and how many rows that makes."""


class Layout(NamedTuple):
    """Stored places of the nodes of a mesh.

    ``rows``: the runs. ``starts``: place of the first node of each element in its rows (z, y), (z, y+1),
    (z+1, y), (z+1, y+1), int32 (4 · elements,). ``holder``: an element with each place, int32 (places,).
    ``masters``, ``ghosts``: places of one node, plane by plane, int64.
    """

    rows: Rows
    starts: NDArray[np.int32]
    holder: NDArray[np.int32]
    masters: NDArray[np.int64]
    ghosts: NDArray[np.int64]


def lay_out(mesh: Mesh, team: Team) -> Layout:
    """Return where the nodes of a mesh are stored."""
    nz, ny = int(mesh.shape[0]), int(mesh.shape[1])
    plane_start, ghost_start = np.zeros(nz + 2, np.int64), np.zeros(nz + 2, np.int64)
    row_start = np.zeros((nz + 1) * (ny + 1) + 1, np.int64)
    starts = np.empty(4 * mesh.x.size, np.int32)
    edges = np.empty(4 * mesh.x.size, np.int32)
    team.run(_count, nz + 1, mesh.x.size, mesh, edges, starts, plane_start, ghost_start, row_start)
    for counts in (plane_start, ghost_start, row_start):
        np.cumsum(counts, out=counts)
    places = int(plane_start[-1])
    runs = [np.empty(row_start[-1], np.int32) for _ in range(3)]
    rows = Rows(mesh.shape, places + PAD, plane_start, row_start, *runs)
    layout = Layout(
        rows,
        starts,
        np.empty(places, np.int32),
        np.empty(ghost_start[-1], np.int64),
        np.empty(ghost_start[-1], np.int64),
    )
    team.run(_store, nz + 1, mesh.x.size, mesh, edges, layout, ghost_start)
    return layout


@inner
def _around(mesh, k, j, heads, ends):
    """Write the elements of the four rows of voxels around node row (k, j)."""
    for r in range(4):
        z, y = k - (r >> 1), j - (r & 1)
        heads[r], ends[r] = 0, 0
        if 0 <= z < mesh.shape[0] and 0 <= y < mesh.shape[1]:
            heads[r] = mesh.row_start[z * mesh.shape[1] + y]
            ends[r] = mesh.row_start[z * mesh.shape[1] + y + 1]


@inner
def _join(mesh, k, j, edge_of, edges, work):
    """Find the edges along x of node row (k, j) and lay them end to end; return edges and runs.

    ``edges`` takes the rows from LEFT to AT_X for each edge, ``edge_of`` the edge of each element in each of
    its rows.
    """
    heads, ends = work[0], work[1]
    _around(mesh, k, j, heads, ends)
    begin = found = runs = np.int64(0)
    before = np.int64(-2)
    while True:
        x = next_x(mesh, heads, ends)
        if x == NOWHERE:
            return found, runs
        last, begin = (begin, found) if x == before + 1 else (found, found)
        middle = begin
        for r in range(4):
            while heads[r] < ends[r] and mesh.x[heads[r]] == x:
                e = heads[r]
                left, right = mesh.corner[8 * e + 2 * r], mesh.corner[8 * e + 2 * r + 1]
                edge = middle
                while edge < found and (edges[LEFT, edge] != left or edges[RIGHT, edge] != right):
                    edge += 1
                if edge == found:
                    runs += _append(edges, found, left, right, e, last, middle, runs, x)
                    found += 1
                edge_of[4 * e + r] = edge
                heads[r] += 1
        before = x


@inner
def _append(edges, edge, left, right, e, last, middle, runs, x):
    """Write an edge behind one of those before it that ends where it begins; return 1 if it begins a run."""
    edges[LEFT, edge], edges[RIGHT, edge], edges[ELEMENT, edge], edges[FOLLOWED, edge] = left, right, e, 0
    edges[AT_X, edge] = x
    for previous in range(last, middle):
        if edges[RIGHT, previous] == left and edges[FOLLOWED, previous] == 0:
            edges[FOLLOWED, previous] = 1
            edges[RUN, edge], edges[PLACE, edge] = edges[RUN, previous], edges[PLACE, previous] + 1
            return 0
    edges[RUN, edge], edges[PLACE, edge] = runs, 0
    return 1


@inner
def _widest(mesh, k):
    """Return the most elements around a node row of plane k."""
    work = np.zeros((2, 4), np.int64)
    widest = 0
    for j in range(mesh.shape[1] + 1):
        _around(mesh, k, j, work[0], work[1])
        around = 0
        for r in range(4):
            around += work[1, r] - work[0, r]
        widest = max(widest, around)
    return widest


@kernel
def _count(part, first, last, mesh, edge_of, starts, plane_places, plane_ghosts, row_runs):
    """Count the places, ghosts and runs of some planes."""
    work = np.zeros((2, 4), np.int64)
    for k in range(first, last):
        edges = np.empty((ROWS, _widest(mesh, k)), np.int32)
        places = 0
        for j in range(mesh.shape[1] + 1):
            found, runs = _join(mesh, k, j, edge_of, edges, work)
            places += found + runs
            row_runs[k * (mesh.shape[1] + 1) + j + 1] = runs
        plane_places[k + 1] = places
        plane_ghosts[k + 1] = places - mesh.plane_nodes[k]


@kernel
def _store(part, first, last, mesh, edge_of, layout, ghost_start):
    """Write the runs, places and ghosts of some planes."""
    work = np.zeros((2, 4), np.int64)
    rows = layout.rows
    for k in range(first, last):
        edges = np.empty((ROWS, _widest(mesh, k)), np.int32)
        master = np.full(mesh.plane_nodes[k], -1, np.int64)
        ghost, place = ghost_start[k], rows.plane_start[k]
        for j in range(mesh.shape[1] + 1):
            row = k * (mesh.shape[1] + 1) + j
            found, runs = _join(mesh, k, j, edge_of, edges, work)
            _write_runs(rows, rows.row_start[row], runs, edges, found, place)
            for edge in range(found):
                run = rows.row_start[row] + edges[RUN, edge]
                left = rows.run_node[run] + edges[PLACE, edge]
                if edges[PLACE, edge] == 0:
                    ghost += _claim(layout, master, edges[LEFT, edge], left, edges[ELEMENT, edge], ghost)
                else:
                    layout.holder[left] = edges[ELEMENT, edge]
                ghost += _claim(layout, master, edges[RIGHT, edge], left + 1, edges[ELEMENT, edge], ghost)
            _write_starts(mesh, k, j, edge_of, layout, edges, rows.row_start[row], work)
            place += found + runs


@inner
def _claim(layout, master, node, place, element, ghost):
    """Give a node a place; return 1 if it had one already, of which this is a ghost."""
    layout.holder[place] = element
    if master[node] < 0:
        master[node] = place
        return 0
    layout.masters[ghost], layout.ghosts[ghost] = master[node], place
    return 1


@inner
def _write_runs(rows, first, runs, edges, found, place):
    for run in range(runs):
        rows.run_length[first + run] = 1
    for edge in range(found):
        run = first + edges[RUN, edge]
        rows.run_length[run] += 1
        if edges[PLACE, edge] == 0:
            rows.run_x[run] = edges[AT_X, edge]
    for run in range(first, first + runs):
        rows.run_node[run] = place
        place += rows.run_length[run]


@inner
def _write_starts(mesh, k, j, edge_of, layout, edges, first_run, work):
    """Write where the elements around a node row begin in it."""
    _around(mesh, k, j, work[0], work[1])
    for r in range(4):
        for e in range(work[0, r], work[1, r]):
            edge = edge_of[4 * e + r]
            layout.starts[4 * e + r] = layout.rows.run_node[first_run + edges[RUN, edge]] + edges[PLACE, edge]
