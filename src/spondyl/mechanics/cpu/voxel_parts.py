"""The connected parts of the voxels around one node of the coarser grid: 4 × 4 × 4 voxels in 64 bits."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel

PLACES = 8
"""Coarse voxels around a node."""


def _octant(place: int) -> int:
    """Return where the first voxel of a coarse voxel lies among the 64 bits."""
    return 32 * (place >> 2) + 8 * (place >> 1 & 1) + 2 * (place & 1)


def _spread(byte: int) -> int:
    """Return the eight bits of a coarse voxel, x fastest, among the 64 bits of the first one."""
    return sum(1 << (16 * (bit >> 2) + 4 * (bit >> 1 & 1) + (bit & 1)) for bit in range(8) if byte >> bit & 1)


SPREAD = np.array([_spread(byte) for byte in range(256)], np.uint64)
OCTANT = np.array([_octant(place) for place in range(PLACES)], np.uint64)
NOT_FIRST_X = np.uint64(sum(0b1110 << 4 * row for row in range(16)))
NOT_LAST_X = np.uint64(sum(0b0111 << 4 * row for row in range(16)))
NOT_FIRST_Y = np.uint64(sum(0xFFF0 << 16 * layer for layer in range(4)))
NOT_LAST_Y = np.uint64(sum(0x0FFF << 16 * layer for layer in range(4)))
X, Y, Z = np.uint64(1), np.uint64(4), np.uint64(16)
NONE, ONE = np.uint64(0), np.uint64(1)


@inner
def _grown(part):
    """Return a set of voxels and all that share a node with one of them."""
    part |= (part & NOT_LAST_X) << X | (part & NOT_FIRST_X) >> X
    part |= (part & NOT_LAST_Y) << Y | (part & NOT_FIRST_Y) >> Y
    return part | part << Z | part >> Z


@kernel
def parts_around(block, found):
    """Write to which connected part each of eight coarse voxels belongs; return the number of parts.

    Two voxels are connected when they share a node. All voxels of one coarse voxel share its middle.

    Parameters
    ----------
    block : voxels of each coarse voxel as bits, x fastest, uint8 (8,).
    found : part of each coarse voxel that is not empty, int32 (8,).
    """
    left = NONE
    for place in range(PLACES):
        left |= SPREAD[block[place]] << OCTANT[place]
    parts = 0
    while left != NONE:
        part = left & (~left + ONE)
        while True:
            larger = _grown(part) & left
            if larger == part:
                break
            part = larger
        for place in range(PLACES):
            if part & SPREAD[255] << OCTANT[place]:
                found[place] = parts
        left &= ~part
        parts += 1
    return parts
