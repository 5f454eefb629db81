"""From node numbers of the box to places in the compact vectors, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.mechanics.cpu.numbering import PAD, Packets, Rows
from spondyl.mechanics.cpu.supports import Held
from spondyl.mechanics.cpu.sweep import copy_plane
from spondyl.mechanics.cpu.vectorcode import LANES


def node_numbers(rows: Rows) -> NDArray[np.int64]:
    """Return the number in the box of each node, ascending, (nodes,)."""
    numbers = np.empty(rows.stride - PAD, np.int64)
    _number(rows, numbers)
    return numbers


def compact(rows: Rows, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the compact node of each number in the box, −1 where there is none."""
    found = np.full(numbers.size, -1, np.int64)
    _find(rows, np.ascontiguousarray(numbers, np.int64), found)
    return found


def masters_of(rows: Rows, supports: Held, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the node that stands for each compact node: itself, or the one it is a ghost of."""
    if not supports.wrap and not supports.ghosts.size:
        return nodes
    stands = np.arange(rows.stride - PAD)
    if supports.wrap:
        top, bottom = rows.plane_start[-2], rows.plane_start[0]
        stands[top:] = np.arange(bottom, bottom + stands.size - top)
    stands[supports.ghosts] = supports.masters
    return stands[stands[nodes]]


def spread(rows: Rows, supports: Held, vector: NDArray[np.floating]) -> None:
    """Copy displacements of masters to their ghosts."""
    for c in range(3):
        vector[c * rows.stride + supports.ghosts] = vector[c * rows.stride + supports.masters]
    if supports.wrap:
        copy_plane(vector, rows, 0, int(rows.shape[0]))


def belongs(rows: Rows, packets: Packets) -> NDArray[np.bool_]:
    """Tell which nodes belong to an element of their own, (nodes,)."""
    mark = np.zeros(rows.stride, np.bool_)
    _mark_corners(packets, mark)
    return mark[: rows.stride - PAD]


@kernel
def _number(rows, numbers):
    width = rows.shape[2] + 1
    for row in range(rows.row_start.size - 1):
        for run in range(rows.row_start[row], rows.row_start[row + 1]):
            for i in range(rows.run_length[run]):
                numbers[rows.run_node[run] + i] = row * width + rows.run_x[run] + i


@kernel
def _find(rows, numbers, found):
    width = rows.shape[2] + 1
    for n in range(numbers.size):
        row, x = numbers[n] // width, numbers[n] % width
        if numbers[n] < 0 or row >= rows.row_start.size - 1:
            continue
        for run in range(rows.row_start[row], rows.row_start[row + 1]):
            if rows.run_x[run] <= x < rows.run_x[run] + rows.run_length[run]:
                found[n] = rows.run_node[run] + x - rows.run_x[run]
                break


@kernel
def _mark_corners(packets, mark):
    for p in range(packets.modulus.size // LANES):
        for lane in range(LANES - 1):
            if packets.modulus[LANES * p + lane] > 0:
                for corner in range(4):
                    mark[packets.starts[4 * p + corner] + lane] = True
                    mark[packets.starts[4 * p + corner] + lane + 1] = True
