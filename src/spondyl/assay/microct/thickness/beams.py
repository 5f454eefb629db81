"""Voxels that no ball has reached yet, as the bits of a beam: some planes, some rows, all of x.

A ball is drawn into a beam row by row; sixty-four voxels of a row are one word.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.labels import PHASE

DEEP, WIDE = 16, 64
"""Planes and rows of a beam."""

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

ROUNDING = 1e-6
"""Relative error of a squared distance that counts as rounding."""


@kernel
def opened(labels: Any, box: Any, bits: Any) -> int:
    """Set a bit for each voxel of the phase in a box (z, z end, y, y end); return how many there are."""
    nx, left = labels.shape[2], 0
    for z in range(box[0], box[1]):
        for y in range(box[2], box[3]):
            row = labels[z, y]
            for w in range(bits.shape[2]):
                word = np.uint64(0)
                for x in range(64 * w, min(nx, 64 * w + 64)):
                    one = row[x] == PHASE
                    word |= np.uint64(one) << np.uint64(x - 64 * w)
                    left += one
                bits[z - box[0], y - box[2], w] = word
    return left


@kernel
def meets(bits: Any, box: Any, nx: int, z: int, y: int, x: int, squared: float, edges: Any) -> bool:
    """Return whether a ball reaches an open voxel."""
    size, reach = squared * (1 - ROUNDING), np.sqrt(squared)
    rz, ry = int(reach / edges[0]), int(reach / edges[1])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        for j in range(max(box[2], y - ry), min(box[3], y + ry + 1)):
            room = plane - ((j - y) * edges[1]) ** 2
            if room <= 0:
                continue
            low, high = _row(room, x, nx, edges[2])
            for w in range(low >> 6, (high >> 6) + 1):
                if bits[k - box[0], j - box[2], w] & _mask(w, low, high) != 0:
                    return True
    return False


@kernel
def draw(
    bits: Any, box: Any, nx: int, z: int, y: int, x: int, squared: float, edges: Any, value: float, painted: Any
) -> int:
    """Close the open voxels inside a ball and return how many there were; give them its value.

    Parameters
    ----------
    painted : receives the value, shape (planes, rows, x) of the box; empty to keep none.
    """
    size, reach, drawn = squared * (1 - ROUNDING), np.sqrt(squared), 0
    rz, ry = int(reach / edges[0]), int(reach / edges[1])
    for k in range(max(box[0], z - rz), min(box[1], z + rz + 1)):
        plane = size - ((k - z) * edges[0]) ** 2
        for j in range(max(box[2], y - ry), min(box[3], y + ry + 1)):
            room = plane - ((j - y) * edges[1]) ** 2
            if room <= 0:
                continue
            low, high = _row(room, x, nx, edges[2])
            for w in range(low >> 6, (high >> 6) + 1):
                mask = _mask(w, low, high)
                hit = bits[k - box[0], j - box[2], w] & mask
                if hit == 0:
                    continue
                bits[k - box[0], j - box[2], w] &= ~mask
                drawn += _count(hit)
                if painted.size > 0:
                    _fill(painted[k - box[0], j - box[2]], w, hit, value)
    return drawn


@kernel
def _row(room: float, x: int, nx: int, edge: float) -> Any:
    """Return the first and last voxel of a row inside a ball, whose square leaves `room` along it.

    A voxel as far from the centre as the nearest one outside is not inside.
    """
    half = int(np.sqrt(room) / edge)
    if (half * edge) ** 2 >= room:
        half -= 1
    return max(0, x - half), min(nx - 1, x + half)


@kernel
def _mask(w: int, low: int, high: int) -> int:
    mask = ALL
    if w == low >> 6:
        mask &= ALL << np.uint64(low & 63)
    if w == high >> 6:
        mask &= ALL >> np.uint64(63 - (high & 63))
    return mask


@kernel
def _count(hit: int) -> int:
    n = 0
    while hit != 0:
        hit &= hit - np.uint64(1)
        n += 1
    return n


@kernel
def _fill(row: Any, w: int, hit: int, value: float) -> None:
    for x in range(64 * w, min(len(row), 64 * w + 64)):
        if (hit >> np.uint64(x - 64 * w)) & np.uint64(1):
            row[x] = value
