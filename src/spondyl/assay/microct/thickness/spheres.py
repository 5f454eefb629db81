"""Which balls of voxels are needed: those that no neighbour's ball covers.

A ball is the set of voxels whose centres lie nearer to its centre than the nearest centre outside the phase.
A ball whose voxels all lie in the ball of a neighbour adds nothing, and is left out; no other is. The test is
the table of Rémy & Thiel (2002, Pattern Recognition Letters 23:649), here for voxels of any shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.balls import BRICK, Balls, appended, joined, layers
from spondyl.assay.microct.thickness.labels import Edges
from spondyl.assay.microct.thickness.share import share

STEPS = np.array(
    sorted(
        [(z, y, x) for z in (-1, 0, 1) for y in (-1, 0, 1) for x in (-1, 0, 1) if (z, y, x) != (0, 0, 0)],
        key=lambda step: sum(map(abs, step)),
    )
)
"""Steps to the neighbours of a voxel, the nearest first: they cover most often."""


def needed(squared: NDArray[np.float32], centres: tuple[int, int], edges: Edges, threads: int) -> Balls:
    """Return the balls that are needed.

    Parameters
    ----------
    squared : squared radius of the ball at each voxel, 0 outside the phase, shape (z, y, x).
    centres : first layer of the balls and the layer after the last.
    edges : voxel edges (z, y, x), in the unit of `squared`.
    threads : changes no result.
    """
    first, last = centres
    seen = squared[max(0, first - 1) : last + 1]
    table = cover_table(float(seen.max()), edges)
    return joined(share(threads, _needed, layers(centres), squared, table, STEPS))


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
    places, sizes, starts = np.empty(64, np.int64), np.empty(64, np.float32), np.empty(64, np.int64)
    n = bricks = 0
    for y0 in range(0, ny, BRICK):
        for x0 in range(0, nx, BRICK):
            before = n
            for z in range(first, last):
                for y in range(y0, min(ny, y0 + BRICK)):
                    for x in range(x0, min(nx, x0 + BRICK)):
                        size = squared[z, y, x]
                        if size == 0 or _covered(squared, table, steps, z, y, x, size):
                            continue
                        places, sizes = appended(places, n, (z * ny + y) * nx + x), appended(sizes, n, size)
                        n += 1
            if n > before:
                starts = appended(starts, bricks, before)
                bricks += 1
    return places[:n].copy(), sizes[:n].copy(), starts[:bricks].copy()


@kernel
def _covered(squared: Any, table: Any, steps: Any, z: int, y: int, x: int, size: float) -> bool:
    nz, ny, nx = squared.shape
    must = table[int(np.ceil(size))]
    inner = 0 < z < nz - 1 and 0 < y < ny - 1 and 0 < x < nx - 1
    for k in range(len(steps)):
        dz, dy, dx = steps[k, 0], steps[k, 1], steps[k, 2]
        if not inner and not (0 <= z + dz < nz and 0 <= y + dy < ny and 0 <= x + dx < nx):
            continue
        other = squared[z + dz, y + dy, x + dx]
        if other > size and other > must[abs(dz) + 2 * abs(dy) + 4 * abs(dx)]:
            return True
    return False
