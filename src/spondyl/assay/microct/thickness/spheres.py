"""Which balls of voxels are needed: those that no neighbour's ball covers.

A ball is the set of voxels whose centres lie nearer to its centre than the nearest centre outside the phase.
A ball whose voxels all lie in the ball of a neighbour adds nothing, and is left out; no other is. The test is
the table of Rémy & Thiel (2002, Pattern Recognition Letters 23:649), here for voxels of any shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import (
    BRICK,
    Balls,
    Part,
    finished,
    found,
    joined,
    joined_to,
    layers,
    packed,
)
from spondyl.assay.microct.thickness.labels import Edges
from spondyl.assay.microct.thickness.share import share
from spondyl.compiled import bare, kernel


def needed(squared: NDArray[np.float32], centres: tuple[int, int], edges: Edges, threads: int) -> list[Part]:
    """Return the balls that are needed, in parts to be joined when `squared` is done with.

    Parameters
    ----------
    squared : squared radius of the ball at each voxel, negative where it ended at the border, 0 outside the
        phase, shape (z, y, x).
    centres : first layer of the balls and the layer after the last.
    edges : voxel edges (z, y, x), in the unit of `squared`.
    threads : changes no result.
    """
    first, last = centres
    seen = squared[max(0, first - 1) : last + 1]
    table = cover_table(float(max(seen.max(), -seen.min())), edges)
    steps = sorted(product((-1, 0, 1), repeat=3), key=lambda step: sum(map(abs, step)))[1:]
    # the nearest neighbours first: they cover most often
    return share(threads, _needed, layers(centres), squared, table, np.array(steps))


def collected(parts: Sequence[Part]) -> tuple[Balls, NDArray[np.bool_]]:
    """Return the balls of all parts, and which of them ended at the border."""
    balls = joined(parts)
    return Balls(balls.places, np.abs(balls.sizes), balls.starts), balls.sizes < 0


def cover_table(largest: float, edges: Edges) -> NDArray[np.float64]:
    """Return what a neighbour's squared radius must exceed to cover a ball.

    Parameters
    ----------
    largest : largest squared radius of all balls, unit of `edges` squared.
    edges : voxel edges (z, y, x).

    Returns
    -------
    Shape (bins, 8): by the squared radius of the ball, rounded up to a whole number, so that the table never
    claims a cover that is not there, and by neighbour (bits 1, 2, 4: one step along z, y, x).
    """
    bins = int(np.ceil(largest)) + 1
    table = np.zeros((8, bins))
    n = [int(np.sqrt(bins) / edge) + 1 for edge in edges]
    _fill_table(np.array(n, np.int64), np.asarray(edges, np.float64), table)
    return np.ascontiguousarray(np.maximum.accumulate(table, axis=1).T) / (1 - 1e-6)


@kernel
def _fill_table(n: Any, edges: Any, table: Any) -> None:
    """Enter each step of one octant where it first lies inside an open ball: bin above its square."""
    bins = table.shape[1]
    for k in range(n[0] + 1):
        for j in range(n[1] + 1):
            for i in range(n[2] + 1):
                z, y, x = k * edges[0], j * edges[1], i * edges[2]
                first = int(np.floor(z * z + y * y + x * x)) + 1
                if first >= bins:
                    break
                for step in range(1, 8):
                    gz, gy, gx = z + edges[0] * (step & 1), y, x
                    if step & 2:
                        gy += edges[1]
                    if step & 4:
                        gx += edges[2]
                    table[step, first] = max(table[step, first], gz * gz + gy * gy + gx * gx)


@kernel
def _needed(first: int, last: int, squared: Any, table: Any, steps: Any) -> Any:
    """Return the needed balls of one layer of bricks."""
    _, ny, nx = squared.shape
    lists, brick = found(BRICK**3)
    ahead = (steps[:, 0] * ny + steps[:, 1]) * nx + steps[:, 2]
    kinds = np.abs(steps[:, 0]) + 2 * np.abs(steps[:, 1]) + 4 * np.abs(steps[:, 2])
    near, flat = (steps, ahead, kinds), squared.ravel()
    n = bricks = hint = 0
    for y0 in range(0, ny, BRICK):
        for x0 in range(0, nx, BRICK):
            box = (first, last, y0, min(ny, y0 + BRICK), x0, min(nx, x0 + BRICK))
            count, hint = _in_brick(squared, flat, box, table, near, hint, brick)
            if count > 0:
                lists = joined_to(lists, n, bricks, brick, count)
                n, bricks = n + count, bricks + 1
    return finished(lists, n, bricks)


@bare
def _in_brick(squared: Any, flat: Any, box: Any, table: Any, near: Any, hint: int, brick: Any) -> Any:
    """Write the needed balls of one brick; return how many, and the neighbour that covered the last other."""
    n, (places, sizes) = 0, brick
    for z in range(box[0], box[1]):
        for y in range(box[2], box[3]):
            for x in range(box[4], box[5]):
                size = squared[z, y, x]
                if size == 0:
                    continue
                by = _covered(squared, flat, z, y, x, table, near, hint)
                if by >= 0:
                    hint = by  # the next voxel's ball is most often covered from the same side
                    continue
                places[n], sizes[n] = packed(z, y, x), size
                n += 1
    return n, hint


@bare
def _covered(squared: Any, flat: Any, z: int, y: int, x: int, table: Any, near: Any, hint: int) -> int:
    """Return a neighbour, the one of the hint if possible, whose ball covers that of a voxel; -1 for none."""
    nz, ny, nx = squared.shape
    steps, ahead, kinds = near
    place, size = (z * ny + y) * nx + x, abs(squared[z, y, x])
    row = int(np.ceil(size))
    if 0 < z < nz - 1 and 0 < y < ny - 1 and 0 < x < nx - 1:
        other = abs(flat[place + ahead[hint]])
        if other > size and other > table[row, kinds[hint]]:
            return hint
        for k in range(26):
            other = abs(flat[place + ahead[k]])
            if other > size and other > table[row, kinds[k]]:
                return k
        return -1
    for k in range(26):
        kz, ky, kx = z + steps[k, 0], y + steps[k, 1], x + steps[k, 2]
        if 0 <= kz < nz and 0 <= ky < ny and 0 <= kx < nx:
            other = abs(squared[kz, ky, kx])
            if other > size and other > table[row, kinds[k]]:
                return k
    return -1
