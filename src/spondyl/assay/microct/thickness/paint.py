"""The largest ball over every voxel, block by block.

Balls are taken from the largest down. A voxel keeps the first that reaches it, and a block is done when no
voxel is left, so that most balls are never drawn. Blocks share nothing: no result depends on their order, and
the result at the border of a block is that of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.draw import BLOCK, draw
from spondyl.assay.microct.thickness.faces import PHASE, Edges
from spondyl.assay.microct.thickness.share import ranges, share

OPEN = np.float32(-1e30)
"""Value of a voxel that no ball has reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Painted:
    """What was painted.

    Parameters
    ----------
    voxels, below : voxels painted, and those of them with less than the value asked for.
    total, squares, largest : sum, sum of squares and largest of the values.
    ended, ended_total : voxels whose value was given as negative, and the sum of those values, sign dropped.
    used : which balls are the largest over at least one voxel, alone or with others as large.
    """

    voxels: int
    below: int
    total: float
    squares: float
    largest: float
    ended: int
    ended_total: float
    used: NDArray[np.bool_]


def paint(
    labels: NDArray[np.uint8],
    edges: Edges,
    balls: NDArray[np.int64],
    squared: NDArray[np.float32],
    values: NDArray[np.float32],
    threads: int,
    *,
    below: float = 0.0,
    painted: NDArray[np.float32] | None = None,
) -> Painted:
    """Give every voxel of the phase the value of the first ball that reaches it.

    Parameters
    ----------
    labels : shape (z, y, x).
    edges : voxel edges (z, y, x).
    balls, squared, values : place (flat index), squared radius and value of each ball, the largest first; the
        value is negative where the ball ends at the border.
    threads : changes no result.
    below : value under which voxels are counted.
    painted : receives the value at each voxel, its sign dropped, 0 outside the phase, shape of `labels`;
        None to keep no map.
    """
    used = np.zeros(len(balls), np.bool_)
    target = np.empty((0, 0, 0), np.float32) if painted is None else painted
    layers = -(-labels.shape[0] // BLOCK)
    found = share(
        threads,
        _layers,
        ranges(layers, layers),
        labels,
        np.asarray(edges, np.float64),
        balls,
        squared,
        values,
        below,
        target,
        used,
    )
    sums = np.array(found)
    return Painted(
        voxels=int(sums[:, 0].sum()),
        below=int(sums[:, 4].sum()),
        total=float(sums[:, 1].sum()),
        squares=float(sums[:, 2].sum()),
        largest=float(sums[:, 3].max()),
        ended=int(sums[:, 5].sum()),
        ended_total=float(sums[:, 6].sum()),
        used=used,
    )


@kernel
def _layers(
    first: int,
    last: int,
    labels: Any,
    edges: Any,
    balls: Any,
    squared: Any,
    values: Any,
    below: float,
    painted: Any,
    used: Any,
) -> Any:
    _, ny, nx = labels.shape
    total = np.zeros(7)
    block, rows = np.empty((BLOCK, BLOCK, BLOCK), np.float32), np.empty((BLOCK, BLOCK + 1), np.int64)
    by, bx = -(-ny // BLOCK), -(-nx // BLOCK)
    box = np.empty((3, 2), np.int64)
    for layer in range(first, last):
        _bound(box, 0, layer, labels.shape)
        start, order = _lists(box, ny, nx, by, bx, edges, balls, squared)
        for cell in range(by * bx):
            _bound(box, 1, cell // bx, labels.shape)
            _bound(box, 2, cell % bx, labels.shape)
            left, smallest = _open(labels, block, rows, box), np.float32(0)
            for k in range(start[cell], start[cell + 1]):
                b = order[k]
                if left == 0 and squared[b] < smallest:
                    break
                tie = squared[b] == smallest
                drawn, met = draw(block, rows, box, ny, nx, edges, balls[b], squared[b], values[b], tie)
                if met:
                    used[b] = True
                if drawn > 0:
                    left -= drawn
                    smallest = squared[b]
            _add(block, box, below, total)
            if painted.size > 0:
                _keep(block, box, painted)
    return total


@kernel
def _bound(box: Any, axis: int, cell: int, shape: Any) -> None:
    box[axis, 0], box[axis, 1] = cell * BLOCK, min(shape[axis], (cell + 1) * BLOCK)


@kernel
def _keep(block: Any, box: Any, painted: Any) -> None:
    for z in range(box[0, 0], box[0, 1]):
        for y in range(box[1, 0], box[1, 1]):
            for x in range(box[2, 0], box[2, 1]):
                painted[z, y, x] = abs(block[z - box[0, 0], y - box[1, 0], x - box[2, 0]])


@kernel
def _span(centre: float, low: float, high: float) -> float:
    return max(0.0, max(low - centre, centre - high))


@kernel
def _near(box: Any, plane: int, edge: float, balls: Any, squared: Any) -> Any:
    """Return the balls that reach a layer, in their given order."""
    found, n = np.empty(len(balls), np.int32), 0
    for b in range(len(balls)):
        dz = _span(balls[b] // plane, box[0, 0], box[0, 1] - 1) * edge
        if dz * dz < squared[b]:
            found[n] = b
            n += 1
    return found[:n].copy()


@kernel
def _lists(box: Any, ny: int, nx: int, by: int, bx: int, edges: Any, balls: Any, squared: Any) -> Any:
    """Return for each block of a layer the balls that reach it, in their given order."""
    near = _near(box, ny * nx, edges[0], balls, squared)
    start = np.zeros(by * bx + 1, np.int64)
    order = np.empty(0, np.int32)
    for turn in range(2):
        place = start[:-1].copy()
        for b in near:
            z, y, x = balls[b] // (ny * nx), (balls[b] // nx) % ny, balls[b] % nx
            dz = _span(z, box[0, 0], box[0, 1] - 1) * edges[0]
            reach = np.sqrt(squared[b] - dz * dz)
            ry, rx = int(reach / edges[1]), int(reach / edges[2])
            for j in range(max(0, y - ry) // BLOCK, min(by - 1, (y + ry) // BLOCK) + 1):
                dy = _span(y, j * BLOCK, j * BLOCK + BLOCK - 1) * edges[1]
                for i in range(max(0, x - rx) // BLOCK, min(bx - 1, (x + rx) // BLOCK) + 1):
                    dx = _span(x, i * BLOCK, i * BLOCK + BLOCK - 1) * edges[2]
                    if dz * dz + dy * dy + dx * dx >= squared[b]:
                        continue
                    cell = j * bx + i
                    if turn == 0:
                        start[cell + 1] += 1
                    else:
                        order[place[cell]] = b
                        place[cell] += 1
        if turn == 0:
            start = np.cumsum(start)
            order = np.empty(start[-1], np.int32)
    return start, order


@kernel
def _open(labels: Any, block: Any, rows: Any, box: Any) -> int:
    """Mark the voxels of the phase as open, all others 0, and set a bit for each voxel of the phase in a row.

    The last place of each plane of rows has a bit for each that holds an open voxel.
    """
    left = 0
    for z in range(box[0, 0], box[0, 1]):
        rows[z - box[0, 0], BLOCK] = 0
        for y in range(box[1, 0], box[1, 1]):
            bits = 0
            for x in range(box[2, 0], box[2, 1]):
                inside = labels[z, y, x] == PHASE
                block[z - box[0, 0], y - box[1, 0], x - box[2, 0]] = OPEN if inside else 0
                if inside:
                    bits |= 1 << (x - box[2, 0])
                    left += 1
            rows[z - box[0, 0], y - box[1, 0]] = bits
            rows[z - box[0, 0], BLOCK] |= int(bits != 0) << (y - box[1, 0])
    return left


@kernel
def _add(block: Any, box: Any, below: float, total: Any) -> None:
    for z in range(box[0, 1] - box[0, 0]):
        for y in range(box[1, 1] - box[1, 0]):
            for x in range(box[2, 1] - box[2, 0]):
                given = float(block[z, y, x])
                if given == 0:
                    continue
                value = abs(given)
                total[0] += 1
                total[1] += value
                total[2] += value * value
                total[3] = max(total[3], value)
                total[4] += value < below
                if given < 0:
                    total[5] += 1
                    total[6] += value
