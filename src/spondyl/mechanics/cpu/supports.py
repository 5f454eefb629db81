"""Degrees of freedom that are held, and nodes that are one with a twin, sorted by node plane."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.numbering import Rows


class Held(NamedTuple):
    """What the nodes of a level must obey.

    ``fixed_start``: first entry of each plane in ``fixed``, int64 (nz + 2,). ``fixed``: places of the held
    degrees of freedom in a vector, int64. ``twin_start``, ``masters``, ``ghosts``: likewise the nodes of a
    plane that are one with another of the same plane. ``wrap``: the last plane is one with the first.

    A vector of displacements holds the same value at master and ghost; a vector of forces the whole at the
    master and zero at the ghost.
    """

    fixed_start: NDArray[np.int64]
    fixed: NDArray[np.int64]
    twin_start: NDArray[np.int64]
    masters: NDArray[np.int64]
    ghosts: NDArray[np.int64]
    wrap: bool


def held(
    rows: Rows,
    fixed: NDArray[np.int64],
    *,
    periodic: bool = False,
    twins: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Held:
    """Return the supports of a level.

    Parameters
    ----------
    fixed : places in a vector, component · stride + node, in any order.
    twins : masters and ghosts, plane by plane; those of opposite faces if periodic, else none, by default.
    """
    fixed_start, order = _by_plane(rows, fixed % rows.stride)
    if twins is None:
        twins = _twins(rows) if periodic else (np.empty(0, np.int64), np.empty(0, np.int64))
    masters, ghosts = twins
    twin_start, _ = _by_plane(rows, ghosts)
    return Held(fixed_start, fixed[order].astype(np.int64), twin_start, masters, ghosts, periodic)


def _by_plane(rows: Rows, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    planes = np.searchsorted(rows.plane_start, nodes, side="right") - 1
    order = np.argsort(planes, kind="stable")
    starts = np.searchsorted(planes[order], np.arange(rows.plane_start.size))
    return starts.astype(np.int64), order


def _twins(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return nodes on the low x and y faces and their twins on the high ones, plane by plane."""
    nz, ny, nx = (int(n) for n in rows.shape)
    masters, ghosts = [], []
    for k in range(nz + 1):
        node = np.full((ny + 1, nx + 1), -1, np.int64)
        for j in range(ny + 1):
            row = k * (ny + 1) + j
            for run in range(rows.row_start[row], rows.row_start[row + 1]):
                begin, length = rows.run_x[run], rows.run_length[run]
                node[j, begin : begin + length] = rows.run_node[run] + np.arange(length)
        line, x = np.nonzero((node >= 0) & ((np.arange(ny + 1)[:, None] == ny) | (np.arange(nx + 1) == nx)))
        ghosts.append(node[line, x])
        masters.append(node[line % ny, x % nx])
    return np.concatenate(masters), np.concatenate(ghosts)
