"""Voxels that no ball has reached yet, as the bits of a block: a row of sixty-four voxels is one word."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.thickness.bits import lowest, ones
from spondyl.assay.microct.thickness.labels import PHASE
from spondyl.compiled import inner

DEEP, WIDE, LONG = 16, 32, 64
"""Planes, rows and voxels of a row of a block."""

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

ROUNDING = 1e-6
"""Relative error of a squared distance that counts as rounding."""


@inner
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


@inner
def meets(bits: Any, rows: Any, box: Any, z: int, y: int, x: int, squared: float, edges: Any) -> bool:
    """Return whether a ball reaches an open voxel."""
    size, reach, along = squared * (1 - ROUNDING), np.sqrt(squared), 1 / edges[2]
    rz, beam = int(reach / edges[0]), _mask(squared, x, along, box)
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        if rows[k - box[0]] == 0:
            continue
        plane = size - ((k - z) * edges[0]) ** 2
        left = rows[k - box[0]] & _near(plane, y, edges[1], box)
        while left != 0:
            j = lowest(left)
            left &= left - np.uint64(1)
            word = bits[k - box[0], j] & beam
            if word == 0:
                continue
            room = plane - ((j + box[2] - y) * edges[1]) ** 2
            if room > 0 and word & _mask(room, x, along, box) != 0:
                return True
    return False


@inner
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
    size, reach, along, drawn = squared * (1 - ROUNDING), np.sqrt(squared), 1 / edges[2], 0
    rz = int(reach / edges[0])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        left = rows[k - box[0]] & _near(plane, y, edges[1], box)
        while left != 0:
            j = lowest(left)
            left &= left - np.uint64(1)
            room, word = plane - ((j + box[2] - y) * edges[1]) ** 2, bits[k - box[0], j]
            hit = word & _mask(room, x, along, box) if room > 0 else np.uint64(0)
            if hit != 0:
                bits[k - box[0], j] = word & ~hit
                if word == hit:
                    rows[k - box[0]] &= ~(np.uint64(1) << np.uint64(j))
                drawn += ones(hit)
                if painted.size > 0:
                    _fill(painted[k - box[0], j], hit, value)
    return drawn


@inner
def _near(plane: float, y: int, edge: float, box: Any) -> Any:
    """Return the rows of a plane that a ball may reach, whose square leaves `plane` in it."""
    if plane <= 0:
        return np.uint64(0)
    half = int(np.sqrt(plane) / edge)
    low, high = max(box[2], y - half) - box[2], min(box[3] - 1, y + half) - box[2]
    return _between(low, high)


@inner
def _mask(room: float, x: int, along: float, box: Any) -> Any:
    """Return the voxels of a row inside a ball, whose square leaves `room` along it; `along`: voxels a unit.

    A voxel as far from the centre as the nearest one outside is not inside: `room` is rounded down for that.
    """
    half = int(np.sqrt(room) * along)
    return _between(max(box[4], x - half) - box[4], min(box[5] - 1, x + half) - box[4])


@inner
def _between(low: int, high: int) -> Any:
    """Return a word whose bits from one to another are set; none where they lie the other way round."""
    if low > high:
        return np.uint64(0)
    return (ALL << np.uint64(low)) & (ALL >> np.uint64(63 - high))


@inner
def _fill(row: Any, hit: Any, value: float) -> None:
    while hit != 0:
        row[lowest(hit)] = value
        hit &= hit - np.uint64(1)
