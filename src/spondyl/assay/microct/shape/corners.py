"""What a corner between eight voxels adds to the Euler number, and what volume it stands for.

A corner is where eight voxels meet. Its eight neighbours are numbered ``(x * 2 + z) * 2 + y``, one bit each.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel

Bytes = NDArray[np.uint8]
PARTS = 840
"""A voxel is divided into as many parts; each number of corners from 1 to 8 divides it."""


def contributions() -> NDArray[np.int64]:
    """Return eight times what each of the 256 neighbourhoods of a corner adds to the Euler number.

    Bone is the union of closed voxels, so bone voxels are joined over faces, edges and corners (26) and
    marrow voxels over faces (6). The corner counts whole, half of each of its six edges, a quarter of each of
    its twelve faces and an eighth of each of its eight voxels, as far as they belong to bone.
    """
    table = np.zeros(256, dtype=np.int64)
    for number in range(256):
        filled = np.array([number >> bit & 1 for bit in range(8)], dtype=bool).reshape(2, 2, 2)
        table[number] = _eightfold(filled)
    return table


def _eightfold(filled: NDArray[np.bool_]) -> int:
    """Add up the cells at a corner; along each axis a cell lies on one side, on the other or in its plane."""
    total = 0
    for place in itertools.product((0, 1, None), repeat=3):
        index = tuple(slice(None) if side is None else side for side in place)
        dimension = sum(side is not None for side in place)
        if filled[index].any():
            total += (8 >> dimension) * (-1) ** dimension
    return total


@kernel
def count_corners(bone: Bytes, first: int, stop: int, table: NDArray[np.int64]) -> int:
    """Return eight times the Euler number of the corners of planes ``first:stop``; outside is no bone.

    Parameters
    ----------
    bone : 0 or 1, shape (z, y, x). Corner plane ``k`` lies between the slices ``k - 1`` and ``k``.
    first, stop : planes counted, from 0 to z + 1.
    table : as :func:`contributions` gives it.
    """
    nz, ny, nx = bone.shape
    total = 0
    for k in range(first, stop):
        for j in range(ny + 1):
            left = 0
            for i in range(nx + 1):
                right = 0
                if i < nx:
                    if k > 0 and j > 0:
                        right |= bone[k - 1, j - 1, i]
                    if k > 0 and j < ny:
                        right |= bone[k - 1, j, i] << 1
                    if k < nz and j > 0:
                        right |= bone[k, j - 1, i] << 2
                    if k < nz and j < ny:
                        right |= bone[k, j, i] << 3
                total += table[left | right << 4]
                left = right
    return total


@kernel
def mark_inner(voi: Bytes, k: int, inner: Bytes) -> None:
    """Mark which corners of plane `k` have all eight voxels inside; `inner` has shape (y + 1, x + 1)."""
    nz, ny, nx = voi.shape
    inner[:] = 0
    if k < 1 or k >= nz:
        return
    for j in range(1, ny):
        for i in range(1, nx):
            inner[j, i] = (
                voi[k - 1, j - 1, i - 1]
                & voi[k - 1, j - 1, i]
                & voi[k - 1, j, i - 1]
                & voi[k - 1, j, i]
                & voi[k, j - 1, i - 1]
                & voi[k, j - 1, i]
                & voi[k, j, i - 1]
                & voi[k, j, i]
            )


@kernel
def share_voxels(below: Bytes, above: Bytes, share: NDArray[np.int64]) -> int:
    """Divide each voxel of a slice among its inner corners and return how many voxels have one.

    Parameters
    ----------
    below, above : marks of the corner planes on both sides of the slice, shape (y + 1, x + 1).
    share : parts that one corner gets of each voxel, shape (y, x), filled here; 0 where there is no inner
        corner.
    """
    ny, nx = share.shape
    voxels = 0
    for j in range(ny):
        for i in range(nx):
            found = 0
            for b in range(2):
                for a in range(2):
                    found += below[j + b, i + a] + above[j + b, i + a]
            share[j, i] = PARTS // found if found else 0
            voxels += found > 0
    return voxels


@kernel
def weigh_corners(
    bone: Bytes,
    k: int,
    inner: Bytes,
    below: NDArray[np.int64],
    above: NDArray[np.int64],
    table: NDArray[np.int64],
) -> int:
    """Return ``8 * PARTS`` times the Euler number of the inner corners of plane `k`, each by its volume.

    Parameters
    ----------
    below, above : shares of the slices ``k - 1`` and ``k``.
    """
    total = 0
    for j in range(1, inner.shape[0] - 1):
        for i in range(1, inner.shape[1] - 1):
            if inner[j, i]:
                number, weight = 0, 0
                for a in range(2):
                    for b in range(2):
                        x, y = i - 1 + a, j - 1 + b
                        number |= bone[k - 1, y, x] << (a * 4 + b)
                        number |= bone[k, y, x] << (a * 4 + 2 + b)
                        weight += below[y, x] + above[y, x]
                total += table[number] * weight
    return total
