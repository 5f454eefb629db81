"""Balls in the order of the bricks of voxels that hold their centres: neighbours touch the same faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel

BRICK = 8
"""Edge of a brick, voxels."""


class Balls(NamedTuple):
    """Balls of voxels.

    Parameters
    ----------
    places : flat index of each centre, brick by brick.
    sizes : squared radius of each, unit of the voxel edges squared.
    starts : first ball of each brick that holds any, and their number at the end.
    """

    places: NDArray[np.int64]
    sizes: NDArray[np.float32]
    starts: NDArray[np.int64]


def joined(parts: Sequence[tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]]) -> Balls:
    """Join the balls found in layers of bricks, one above the other."""
    offsets = np.cumsum([0, *(len(places) for places, _, _ in parts)])
    starts = [s + offset for (_, _, s), offset in zip(parts, offsets[:-1], strict=True)]
    return Balls(
        np.concatenate([places for places, _, _ in parts]),
        np.concatenate([sizes for _, sizes, _ in parts]),
        np.concatenate([*starts, offsets[-1:]]),
    )


def layers(centres: tuple[int, int]) -> list[tuple[int, int]]:
    """Return each layer of bricks within layers of voxels, of which the first begins a brick."""
    first, last = centres
    return [(z, min(last, z + BRICK)) for z in range(first, last, BRICK)]


@kernel
def appended(values: Any, n: int, value: Any) -> Any:
    """Put a value at place n, in a longer array if need be; return the array."""
    if n == len(values):
        longer = np.empty(2 * n, values.dtype)
        longer[:n] = values
        values = longer
    values[n] = value
    return values
