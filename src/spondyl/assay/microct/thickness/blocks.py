"""Voxels that no ball has reached yet, as the bits of a block: a row of sixty-four voxels is one word."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.bits import lowest, ones
from spondyl.assay.microct.thickness.labels import PHASE
from spondyl.compiled import bare

DEEP, WIDE, LONG = 16, 32, 64
"""Planes, rows and voxels of a row of a block."""

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

ROUNDING = 1e-6
"""Relative error of a squared distance that counts as rounding."""


@bare
def opened(labels: Any, box: Any, bits: Any, rows: Any) -> int:
    """Set a bit for each voxel of the phase in a box (first, end along z, y, x); return how many.

    Parameters
    ----------
    bits : a word a row, shape (:data:`DEEP`, :data:`WIDE`).
    rows : of each plane, a bit for each row that holds an open voxel.
    """
    left = 0
    for z in range(box[0], box[1]):
        open_rows = np.uint64(0)
        for y in range(box[2], box[3]):
            row, word = labels[z, y], np.uint64(0)
            for x in range(box[4], box[5]):
                one = row[x] == PHASE
                word |= np.uint64(one) << np.uint64(x - box[4])
                left += one
            bits[z - box[0], y - box[2]] = word
            open_rows |= np.uint64(word != 0) << np.uint64(y - box[2])
        rows[z - box[0]] = open_rows
    return left


@bare
def meets(bits: Any, rows: Any, box: Any, z: int, y: int, x: int, squared: float, edges: Any) -> bool:
    """Return whether a ball reaches an open voxel."""
    size, across, along = squared * (1 - ROUNDING), 1 / edges[1], 1 / edges[2]
    rz, beam = int(np.sqrt(squared) / edges[0]), _within(squared, x, along, box[4], box[5])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        if rows[k - box[0]] == 0:
            continue
        plane = size - ((k - z) * edges[0]) ** 2
        left = rows[k - box[0]] & _within(plane, y, across, box[2], box[3])
        while left != 0:
            j = lowest(left)
            left &= left - np.uint64(1)
            word = bits[k - box[0], j] & beam
            if word == 0:
                continue
            room = plane - ((j + box[2] - y) * edges[1]) ** 2
            if word & _within(room, x, along, box[4], box[5]) != 0:
                return True
    return False


@bare
def draw(
    bits: Any,
    rows: Any,
    box: Any,
    z: int,
    y: int,
    x: int,
    squared: float,
    edges: Any,
    value: Any,
    painted: Any,
) -> int:
    """Close the open voxels inside a ball and return how many there were; give them its value.

    Parameters
    ----------
    painted : receives the value, shape of the box; empty to keep none.
    """
    size, across, along = squared * (1 - ROUNDING), 1 / edges[1], 1 / edges[2]
    rz, drawn = int(np.sqrt(squared) / edges[0]), 0
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        left = rows[k - box[0]] & _within(plane, y, across, box[2], box[3])
        while left != 0:
            j = lowest(left)
            left &= left - np.uint64(1)
            room, word = plane - ((j + box[2] - y) * edges[1]) ** 2, bits[k - box[0], j]
            hit = word & _within(room, x, along, box[4], box[5])
            if hit != 0:
                bits[k - box[0], j] = word & ~hit
                if word == hit:
                    rows[k - box[0]] &= ~(np.uint64(1) << np.uint64(j))
                drawn += ones(hit)
                if painted.size > 0:
                    _fill(painted[k - box[0], j], hit, value)
    return drawn


@bare
def _within(room: float, centre: int, each: float, first: int, end: int) -> Any:
    """Return a word with a bit for each place along an axis that a ball reaches.

    A voxel as far from the centre as the nearest one outside is not inside: `room` is rounded down for that.

    Parameters
    ----------
    room : what the square of the ball leaves along the axis; where it is not above 0, nothing is reached.
    each : voxels a unit.
    first, end : places that the word has bits for.
    """
    if room <= 0:
        return np.uint64(0)
    half = int(np.sqrt(room) * each)
    low, high = max(first, centre - half) - first, min(end - 1, centre + half) - first
    if low > high:
        return np.uint64(0)
    return (ALL << np.uint64(low)) & (ALL >> np.uint64(63 - high))


@bare
def _fill(row: Any, hit: Any, value: float) -> None:
    while hit != 0:
        row[lowest(hit)] = value
        hit &= hit - np.uint64(1)
