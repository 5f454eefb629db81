"""Balls in the order of the bricks of voxels that hold their centres: neighbours touch the same faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import bare, inner

BRICK = 8
"""Edge of a brick, voxels."""

BITS = 21
"""Of a coordinate of a place."""

MOST = (1 << BITS) - 1


Part = tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]
"""Balls of one layer of bricks: see :class:`Balls`."""


class Balls(NamedTuple):
    """Balls of voxels.

    Parameters
    ----------
    places : of each centre, brick by brick, as :func:`packed` writes them.
    sizes : squared radius of each, unit of the voxel edges squared.
    starts : first ball of each brick that holds any, and their number at the end.
    """

    places: NDArray[np.int64]
    sizes: NDArray[np.float32]
    starts: NDArray[np.int64]


def joined(parts: Sequence[Part]) -> Balls:
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


def flat(places: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return places as indices into a flattened array."""
    z, y, x = places >> 2 * BITS, (places >> BITS) & MOST, places & MOST
    return np.asarray((z * shape[1] + y) * shape[2] + x)


@bare
def packed(z: int, y: int, x: int) -> int:
    """Return a place as one number, which is taken apart without a division."""
    return (z << (2 * BITS)) | (y << BITS) | x


@bare
def unpacked(place: int) -> Any:
    """Return z, y, x of a place."""
    return place >> (2 * BITS), (place >> BITS) & MOST, place & MOST


@inner
def found(centres: int) -> Any:
    """Return room for places, sizes and starts of balls, and for those of one brick of some centres."""
    lists = np.empty(64, np.int64), np.empty(64, np.float32), np.empty(64, np.int64)
    return lists, (np.empty(centres, np.int64), np.empty(centres, np.float32))


@inner
def joined_to(lists: Any, n: int, bricks: int, brick: Any, count: int) -> Any:
    """Put the balls of one more brick behind n of others; return the lists, longer ones if need be."""
    places, sizes, starts = lists
    places, sizes, starts = _enough(places, n + count), _enough(sizes, n + count), _enough(starts, bricks + 1)
    starts[bricks] = n
    places[n : n + count], sizes[n : n + count] = brick[0][:count], brick[1][:count]
    return places, sizes, starts


@inner
def finished(lists: Any, n: int, bricks: int) -> Any:
    """Return the lists of n balls in some bricks without the room behind them."""
    places, sizes, starts = lists
    return places[:n].copy(), sizes[:n].copy(), starts[:bricks].copy()


@inner
def _enough(values: Any, n: int) -> Any:
    if n <= len(values):
        return values
    longer = np.empty(max(n, 2 * len(values)), values.dtype)
    longer[: len(values)] = values
    return longer
