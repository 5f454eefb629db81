"""The largest ball over every voxel, block by block.

Balls are taken from the largest down. A voxel keeps the first that reaches it, and a block is done when no
voxel is left. Blocks share nothing: no result depends on their order, and the result at the border of a block
is that of the whole.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import BITS, MOST, unpacked
from spondyl.assay.microct.thickness.blocks import DEEP, LONG, WIDE, draw, meets, opened
from spondyl.assay.microct.thickness.labels import Edges
from spondyl.assay.microct.thickness.share import share
from spondyl.compiled import bare, inner, kernel

SUMS = 7
"""Sums over a block: voxels, total, squares, largest, below, ended, total of the ended."""


class Sorted(NamedTuple):
    """Balls, the largest first: place of each centre, and squared radius."""

    places: NDArray[np.int64]
    sizes: NDArray[np.float32]


def largest_somewhere(
    labels: NDArray[np.uint8], painted: tuple[int, int], balls: Sorted, edges: Edges, threads: int
) -> NDArray[np.bool_]:
    """Return which balls are the largest over at least one voxel, alone or with others as large.

    Parameters
    ----------
    labels : shape (z, y, x).
    painted : first layer looked at and the layer after the last; the first begins a block.
    balls : the largest first.
    edges : voxel edges (z, y, x).
    threads : changes no result.
    """
    used = np.zeros(len(balls.places), np.bool_)
    parts = _parts(painted)
    share(threads, _meet, parts, labels, np.asarray(edges, np.float64), balls, used)
    return used


def paint(
    labels: NDArray[np.uint8],
    painted: tuple[int, int],
    balls: Sorted,
    values: NDArray[np.float32],
    edges: Edges,
    threads: int,
    *,
    below: float = 0.0,
    onto: NDArray[np.float32] | None = None,
) -> NDArray[np.float64]:
    """Give every voxel of the phase the value of the first ball that reaches it.

    Parameters
    ----------
    labels, painted, balls, edges, threads : as for :func:`largest_somewhere`.
    values : of each ball, negative where it ends at the border.
    below : value under which voxels are counted.
    onto : receives the value at each voxel, its sign dropped, shape of the layers painted; None for no map.

    Returns
    -------
    Shape (blocks, 7): see :data:`SUMS`.
    """
    target = np.empty((0, 0, 0), np.float32) if onto is None else onto
    found = share(
        threads,
        _draw,
        _parts(painted),
        labels,
        painted[0],
        np.asarray(edges, np.float64),
        balls,
        values,
        below,
        target,
    )
    return np.concatenate(found)


def _parts(painted: tuple[int, int]) -> list[tuple[int, int]]:
    first, last = painted
    return [(z, min(last, z + DEEP)) for z in range(first, last, DEEP)]


@kernel
def _meet(first: int, last: int, labels: Any, edges: Any, balls: Sorted, used: Any) -> None:
    _, ny, nx = labels.shape
    nowhere = np.empty((0, 0, 0), np.float32)
    (bits, rows, box), (layer, beam, order) = _workspace(first, last, edges[0], balls)
    for y0 in range(0, ny, WIDE):
        box[2], box[3] = y0, min(ny, y0 + WIDE)
        across = _among(layer, len(layer), box[2], box[3], BITS, edges[1], balls, beam)
        for x0 in range(0, nx, LONG):
            box[4], box[5] = x0, min(nx, x0 + LONG)
            left = opened(labels, box, bits, rows)
            if left > 0:
                count = _among(beam, across, box[4], box[5], 0, edges[2], balls, order)
                _meet_block(bits, rows, box, order, count, balls, edges, left, used, nowhere)


@bare
def _meet_block(
    bits: Any,
    rows: Any,
    box: Any,
    order: Any,
    count: int,
    balls: Sorted,
    edges: Any,
    left: int,
    used: Any,
    nowhere: Any,
) -> None:
    """Mark the balls that are the largest over a voxel of a block, those of one size together."""
    start = 0
    while start < count and left > 0:
        size, end, met = balls.sizes[order[start]], start, start
        while end < count and balls.sizes[order[end]] == size:
            b = order[end]
            z, y, x = unpacked(balls.places[b])
            if meets(bits, rows, box, z, y, x, size, edges):
                used[b] = True
                order[met] = b
                met += 1
            end += 1
        for at in range(start, met):
            z, y, x = unpacked(balls.places[order[at]])
            left -= draw(bits, rows, box, z, y, x, size, edges, np.float32(0), nowhere)
        start = end


@kernel
def _draw(
    first: int,
    last: int,
    labels: Any,
    lowest: int,
    edges: Any,
    balls: Sorted,
    values: Any,
    below: float,
    onto: Any,
) -> Any:
    _, ny, nx = labels.shape
    target = np.empty((0, 0, 0), np.float32)
    (bits, rows, box), (layer, beam, order) = _workspace(first, last, edges[0], balls)
    sums = np.zeros((-(-ny // WIDE), -(-nx // LONG), SUMS))
    for row in range(sums.shape[0]):
        box[2], box[3] = row * WIDE, min(ny, row * WIDE + WIDE)
        across = _among(layer, len(layer), box[2], box[3], BITS, edges[1], balls, beam)
        for block in range(sums.shape[1]):
            box[4], box[5] = block * LONG, min(nx, block * LONG + LONG)
            left = opened(labels, box, bits, rows)
            if onto.size > 0:
                target = onto[first - lowest : last - lowest, box[2] : box[3], box[4] : box[5]]
                target[:] = 0
            count = _among(beam, across, box[4], box[5], 0, edges[2], balls, order)
            painted = (values, below, target, sums[row, block])
            _draw_block(bits, rows, box, order, count, balls, edges, left, painted)
    return sums.reshape((-1, SUMS))


@bare
def _draw_block(
    bits: Any,
    rows: Any,
    box: Any,
    order: Any,
    count: int,
    balls: Sorted,
    edges: Any,
    left: int,
    painted: Any,
) -> None:
    """Draw balls in a block, the largest first, until it is full; add up what they are worth."""
    values, below, target, sums = painted
    for at in range(count):
        if left == 0:
            break
        b = order[at]
        z, y, x = unpacked(balls.places[b])
        value = abs(values[b])
        drawn = draw(bits, rows, box, z, y, x, balls.sizes[b], edges, value, target)
        left -= drawn
        _add(sums, drawn, value, values[b] < 0, below)


@bare
def _add(sums: Any, drawn: int, value: float, ended: bool, below: float) -> None:
    if drawn > 0:
        sums[0] += drawn
        sums[1] += drawn * float(value)
        sums[2] += drawn * float(value) ** 2
        sums[3] = max(sums[3], value)
        sums[4] += drawn * (value < below)
        sums[5] += drawn * ended
        sums[6] += drawn * ended * float(value)


@bare
def _span(centre: int, low: int, high: int) -> int:
    return max(0, max(low - centre, centre - high + 1))


@inner
def _workspace(first: int, last: int, edge: float, balls: Sorted) -> Any:
    """Return bits, rows and box of a block, and the balls of a layer of blocks with room for some of them."""
    block = np.empty((DEEP, WIDE), np.uint64), np.empty(DEEP, np.uint64), np.array([first, last, 0, 0, 0, 0])
    layer = _in_layer(first, last, edge, balls)
    return block, (layer, np.empty_like(layer), np.empty_like(layer))


@inner
def _in_layer(first: int, last: int, edge: float, balls: Sorted) -> Any:
    """Return the balls that reach a layer of blocks, in their order."""
    found = np.empty(_reaching(first, last, edge, balls, np.empty(0, np.int32)), np.int32)
    _reaching(first, last, edge, balls, found)
    return found


@bare
def _reaching(first: int, last: int, edge: float, balls: Sorted, found: Any) -> int:
    """Write the balls that reach a layer of blocks, as far as there is room; return how many there are."""
    n = 0
    for b in range(len(balls.places)):
        if (_span(unpacked(balls.places[b])[0], first, last) * edge) ** 2 < balls.sizes[b]:
            if n < len(found):
                found[n] = b
            n += 1
    return n


@bare
def _among(
    some: Any, many: int, low: int, high: int, shift: int, edge: float, balls: Sorted, found: Any
) -> int:
    """Write those of some balls that reach places along one axis, in their order; return how many."""
    count = 0
    for at in range(many):
        b = some[at]
        if (_span((balls.places[b] >> shift) & MOST, low, high) * edge) ** 2 < balls.sizes[b]:
            found[count] = b
            count += 1
    return count
