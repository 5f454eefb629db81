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
from spondyl.assay.microct.thickness.faces import PHASE, Edges
from spondyl.assay.microct.thickness.share import ranges, share


def needed(
    squared: NDArray[np.float32], labels: NDArray[np.uint8], edges: Edges, threads: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return place (flat index) and squared radius of every ball that is needed, the largest first."""
    largest = float(_largest(squared, labels))
    table = cover_table(largest, edges)
    parts = ranges(squared.shape[0])
    found = share(threads, _needed, parts, squared, labels, table)
    balls, sizes = np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])
    del found
    order = np.argsort(-sizes, kind="stable")
    return balls[order], sizes[order]


def cover_table(largest: float, edges: Edges) -> NDArray[np.float64]:
    """Return what a neighbour's squared radius must exceed to cover a ball.

    Parameters
    ----------
    largest : largest squared radius of all balls, unit of `edges` squared.
    edges : voxel edges (z, y, x).

    Returns
    -------
    Shape (8, bins): by neighbour (bits 1, 2, 4: one step along z, y, x) and by the squared radius of the
    ball, rounded up to a whole number, so that the table never claims a cover that is not there.
    """
    bins = int(np.ceil(largest)) + 1
    table = np.zeros((8, bins))
    n = [int(np.sqrt(bins) / edge) + 1 for edge in edges]
    _fill_table(np.array(n, np.int64), np.asarray(edges, np.float64), table)
    return np.maximum.accumulate(table, axis=1)


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
def _largest(squared: Any, labels: Any) -> float:
    best = 1.0
    flat, marks = squared.ravel(), labels.ravel()
    for i in range(len(flat)):
        if marks[i] == PHASE and flat[i] > best:
            best = flat[i]
    return best


@kernel
def _needed(first: int, last: int, squared: Any, labels: Any, table: Any) -> Any:
    _, ny, nx = squared.shape
    room = 1024
    places, values = np.empty(room, np.int64), np.empty(room, np.float32)
    n = 0
    for z in range(first, last):
        for y in range(ny):
            for x in range(nx):
                if labels[z, y, x] != PHASE or _covered(squared, labels, table, z, y, x):
                    continue
                if n == room:
                    room *= 2
                    wider, more = np.empty(room, np.int64), np.empty(room, np.float32)
                    wider[:n], more[:n] = places, values
                    places, values = wider, more
                places[n], values[n] = (z * ny + y) * nx + x, squared[z, y, x]
                n += 1
    return places[:n].copy(), values[:n].copy()


@kernel
def _covered(squared: Any, labels: Any, table: Any, z: int, y: int, x: int) -> bool:
    nz, ny, nx = squared.shape
    own = squared[z, y, x]
    bin_ = int(np.ceil(own))
    for dz in range(-1, 2):
        if z + dz < 0 or z + dz >= nz:
            continue
        for dy in range(-1, 2):
            if y + dy < 0 or y + dy >= ny:
                continue
            for dx in range(-1, 2):
                if x + dx < 0 or x + dx >= nx or (dz == 0 and dy == 0 and dx == 0):
                    continue
                other = squared[z + dz, y + dy, x + dx]
                if other <= own or labels[z + dz, y + dy, x + dx] != PHASE:
                    continue
                step = abs(dz) + 2 * abs(dy) + 4 * abs(dx)
                if other * (1 - 1e-6) > table[step, bin_]:
                    return True
    return False
