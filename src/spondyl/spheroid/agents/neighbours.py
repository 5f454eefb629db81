"""Which cells are near which: sorting into boxes, then a list for each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel

Array = NDArray[np.float64]

MOST_BOXES = 2_000_000
"""Boxes are made larger where cells lie so far apart that there would be more: memory."""
_RINGS = 2
"""Boxes within the longest reach: smaller boxes hold fewer cells that are too far away."""
_ROOM = 64
"""Neighbours of a cell for which room is made at first."""


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Every pair of cells nearer than a reach, listed at both of its cells, in an order set by their places.

    Parameters
    ----------
    start : where the neighbours of each cell begin in `other`, shape (n + 1,).
    other : numbers of the neighbours.
    """

    start: NDArray[np.int32]
    other: NDArray[np.int32]


def neighbours(position: Array, radius: Array, reach: float, skin: float) -> Neighbours:
    """List the pairs whose distance is at most `reach` times the sum of their radii, plus a skin.

    Parameters
    ----------
    position : (n, 3).
    radius : (n,).
    reach : over the sum of radii.
    skin : extra distance, so that the list holds while cells move by less than half of it.
    """
    edge = (2 * reach * float(radius.max()) + skin) / _RINGS
    low = position.min(axis=0)
    span = position.max(axis=0) - low
    while np.prod(np.floor(span / edge) + 1) > MOST_BOXES:
        edge *= 1.5
    shape = (np.floor(span / edge) + 1).astype(np.int64)
    box = np.minimum(((position - low) / edge).astype(np.int64), shape - 1)
    first, order = _sorted_boxes(box, shape)
    there, wide = position[order], radius[order]
    start, room = np.zeros(len(position) + 1, np.int32), _ROOM * len(position)
    while True:
        other = np.empty(room, np.int32)
        if _list(position, radius, there, wide, reach, skin, box, shape, first, order, start, other):
            return Neighbours(start, other[: start[-1]])
        room *= 2


def closer(near: Neighbours, position: Array, radius: Array, reach: float) -> Neighbours:
    """Return those of the neighbours that are within a shorter reach."""
    start, other = np.zeros(len(position) + 1, np.int32), np.empty(len(near.other), np.int32)
    _closer(near.start, near.other, position, radius, reach, start, other)
    return Neighbours(start, other[: start[-1]])


@kernel
def _sorted_boxes(box: Any, shape: Any) -> Any:
    """Return where each box begins in the cells ordered by box, and that order."""
    first = np.zeros(shape[0] * shape[1] * shape[2] + 1, np.int32)
    for cell in range(box.shape[0]):
        first[(box[cell, 0] * shape[1] + box[cell, 1]) * shape[2] + box[cell, 2] + 1] += 1
    for number in range(1, first.size):
        first[number] += first[number - 1]
    free, order = first.copy(), np.empty(box.shape[0], np.int32)
    for cell in range(box.shape[0]):
        number = (box[cell, 0] * shape[1] + box[cell, 1]) * shape[2] + box[cell, 2]
        order[free[number]] = cell
        free[number] += 1
    return first, order


@kernel
def _list(
    position: Any,
    radius: Any,
    there: Any,
    wide: Any,
    reach: float,
    skin: float,
    box: Any,
    shape: Any,
    first: Any,
    order: Any,
    start: Any,
    other: Any,
) -> bool:
    """List each cell's neighbours; False when `other` lacks room. `there`, `wide` are in order of boxes."""
    found = 0
    for cell in range(position.shape[0]):
        x, y, z, own = position[cell, 0], position[cell, 1], position[cell, 2], radius[cell]
        for b0 in range(max(box[cell, 0] - _RINGS, 0), min(box[cell, 0] + _RINGS + 1, shape[0])):
            for b1 in range(max(box[cell, 1] - _RINGS, 0), min(box[cell, 1] + _RINGS + 1, shape[1])):
                row = (b0 * shape[1] + b1) * shape[2]
                left, right = max(box[cell, 2] - _RINGS, 0), min(box[cell, 2] + _RINGS, shape[2] - 1)
                begin, end = first[row + left], first[row + right + 1]
                if found + end - begin > other.size:
                    return False
                for place in range(begin, end):
                    dx, dy, dz = x - there[place, 0], y - there[place, 1], z - there[place, 2]
                    far = reach * (own + wide[place]) + skin
                    # Written always, kept only if near: no branch for the processor to guess.
                    other[found] = order[place]
                    found += dx * dx + dy * dy + dz * dz < far * far and order[place] != cell
        start[cell + 1] = found
    return True


@kernel
def _closer(start: Any, other: Any, position: Any, radius: Any, reach: float, begin: Any, kept: Any) -> None:
    found = 0
    for i in range(position.shape[0]):
        for place in range(start[i], start[i + 1]):
            j = other[place]
            dx, dy = position[i, 0] - position[j, 0], position[i, 1] - position[j, 1]
            dz, far = position[i, 2] - position[j, 2], reach * (radius[i] + radius[j])
            kept[found] = j
            found += dx * dx + dy * dy + dz * dz < far * far
        begin[i + 1] = found
