"""Counting bone boundaries along parallel lines of voxels, 64 voxels at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.bits import ones
from spondyl.compiled import bare, kernel

Words = NDArray[np.uint64]
BITS = 64


def pack(slab: NDArray[np.bool_]) -> Words:
    """Return voxels as bits, the first along x lowest, shape (z, y, words); bits beyond the row are zero."""
    short = np.packbits(slab, axis=2, bitorder="little")
    rows = np.zeros((*slab.shape[:2], -(-slab.shape[2] // BITS) * 8), dtype=np.uint8)
    rows[:, :, : short.shape[2]] = short
    return rows.view("<u8").astype(np.uint64, copy=False)


@bare
def _moved(row: Words, at: int, shift: int) -> np.uint64:
    """Word `at` of the row moved by `shift` voxels towards its start; what is not there is zero."""
    skip, bits = shift >> 6, shift & 63
    low, high = at + skip, at + skip + 1
    word = row[low] if 0 <= low < len(row) else np.uint64(0)
    if bits == 0:
        return word
    after = row[high] if 0 <= high < len(row) else np.uint64(0)
    return (word >> np.uint64(bits)) | (after << np.uint64(64 - bits))


@kernel
def count_pairs(
    bone: Words, voi: Words, step: tuple[int, int, int], first: int, stop: int
) -> tuple[np.int64, np.int64]:
    """Compare each voxel of the slices ``first:stop`` with the one a step further on.

    Parameters
    ----------
    bone, voi : bits as :func:`pack` makes them, same shape.
    step : voxels along z, y and x; the first not below zero.

    Returns
    -------
    Pairs with both voxels inside the volume of interest, and how many of them bone and marrow share.
    """
    dz, dy, dx = step
    pairs, mixed = np.int64(0), np.int64(0)
    for k in range(first, min(stop, bone.shape[0] - dz)):
        for j in range(max(0, -dy), min(bone.shape[1], bone.shape[1] - dy)):
            found, unlike = _row(bone[k, j], bone[k + dz, j + dy], voi[k, j], voi[k + dz, j + dy], dx)
            pairs += found
            mixed += unlike
    return pairs, mixed


@bare
def _row(here: Words, there: Words, inside: Words, inside_there: Words, dx: int) -> tuple[np.int64, np.int64]:
    pairs, mixed = np.int64(0), np.int64(0)
    for at in range(len(here)):
        both = inside[at] & _moved(inside_there, at, dx)
        if both:
            pairs += ones(both)
            mixed += ones(both & (here[at] ^ _moved(there, at, dx)))
    return pairs, mixed
