"""Voxels that no ball has reached yet, as the bits of a block: a row of sixty-four voxels is one word."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.thickness.labels import PHASE
from spondyl.compiled import inner, kernel

DEEP, WIDE, LONG = 16, 32, 64
"""Planes, rows and voxels of a row of a block."""

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

ROUNDING = 1e-6
"""Relative error of a squared distance that counts as rounding."""


@inner
def opened(labels: Any, box: Any, bits: Any) -> int:
    """Set a bit for each voxel of the phase in a box (first, end along z, y, x); return how many."""
    left = 0
    for z in range(box[0], box[1]):
        for y in range(box[2], box[3]):
            row, word = labels[z, y], np.uint64(0)
            for x in range(box[4], box[5]):
                one = row[x] == PHASE
                word |= np.uint64(one) << np.uint64(x - box[4])
                left += one
            bits[z - box[0], y - box[2]] = word
    return left


@inner
def meets(bits: Any, box: Any, z: int, y: int, x: int, squared: float, edges: Any) -> bool:
    """Return whether a ball reaches an open voxel."""
    size, reach, along = squared * (1 - ROUNDING), np.sqrt(squared), 1 / edges[2]
    rz, ry = int(reach / edges[0]), int(reach / edges[1])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        for j in range(max(box[2], y - ry), min(box[3], y + ry + 1)):
            word, room = bits[k - box[0], j - box[2]], plane - ((j - y) * edges[1]) ** 2
            if word != 0 and room > 0 and word & _mask(room, x, along, box) != 0:
                return True
    return False


@inner
def draw(
    bits: Any, box: Any, z: int, y: int, x: int, squared: float, edges: Any, value: Any, painted: Any
) -> int:
    """Close the open voxels inside a ball and return how many there were; give them its value.

    Parameters
    ----------
    painted : receives the value, shape of the box; empty to keep none.
    """
    size, reach, along, drawn = squared * (1 - ROUNDING), np.sqrt(squared), 1 / edges[2], 0
    rz, ry = int(reach / edges[0]), int(reach / edges[1])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        for j in range(max(box[2], y - ry), min(box[3], y + ry + 1)):
            word, room = bits[k - box[0], j - box[2]], plane - ((j - y) * edges[1]) ** 2
            if word == 0 or room <= 0:
                continue
            hit = word & _mask(room, x, along, box)
            if hit != 0:
                bits[k - box[0], j - box[2]] = word & ~hit
                drawn += _count(hit)
                if painted.size > 0:
                    _fill(painted[k - box[0], j - box[2]], hit, value)
    return drawn


@inner
def _mask(room: float, x: int, along: float, box: Any) -> Any:
    """Return the voxels of a row inside a ball, whose square leaves `room` along it; `along`: voxels a unit.

    A voxel as far from the centre as the nearest one outside is not inside: `room` is rounded down for that.
    """
    half = int(np.sqrt(room) * along)
    low, high = max(box[4], x - half) - box[4], min(box[5] - 1, x + half) - box[4]
    if low > high:
        return np.uint64(0)
    return (ALL << np.uint64(low)) & (ALL >> np.uint64(63 - high))


@kernel
def _count(hit: Any) -> int:
    n = 0
    while hit != 0:
        hit &= hit - np.uint64(1)
        n += 1
    return n


@inner
def _fill(row: Any, hit: Any, value: float) -> None:
    for x in range(len(row)):
        if (hit >> np.uint64(x)) & np.uint64(1):
            row[x] = value
