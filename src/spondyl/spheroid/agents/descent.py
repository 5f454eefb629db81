"""The direction of descent of the limited-memory method of Liu and Nocedal (1989), in fixed order of sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import kernel


@kernel
def dot(left: Any, right: Any) -> float:
    """Sum the products of two (n, 3) arrays in order."""
    total = 0.0
    for i in range(left.shape[0]):
        total += left[i, 0] * right[i, 0] + left[i, 1] * right[i, 1] + left[i, 2] * right[i, 2]
    return total


@kernel
def remember(moves: Any, turns: Any, products: Any, slot: int, x: Any, x0: Any, g: Any, g0: Any) -> bool:
    """Keep the last move and turn of the gradient in a slot; False where the energy curves down along it."""
    moves[slot] = x - x0
    turns[slot] = g - g0
    products[slot] = dot(moves[slot], turns[slot])
    return bool(
        products[slot] > 1e-12 * np.sqrt(dot(moves[slot], moves[slot]) * dot(turns[slot], turns[slot]))
    )


@kernel
def descend(
    gradient: Any, moves: Any, turns: Any, products: Any, newest: int, kept: int, soft: float, way: Any
) -> None:
    """Write the direction for a gradient; `soft` is the compliance, mm/N, taken where nothing is kept."""
    most = products.size
    factor = np.empty(most)
    way[:] = gradient
    for back in range(kept):
        slot = (newest - back) % most
        factor[slot] = dot(moves[slot], way) / products[slot]
        way -= factor[slot] * turns[slot]
    if kept > 0:
        soft = products[newest] / dot(turns[newest], turns[newest])
    way *= soft
    for back in range(kept - 1, -1, -1):
        slot = (newest - back) % most
        way += (factor[slot] - dot(turns[slot], way) / products[slot]) * moves[slot]
    way *= -1.0


@kernel
def longest(vectors: Any) -> float:
    """Return the length of the longest row of an (n, 3) array."""
    most = 0.0
    for i in range(vectors.shape[0]):
        most = max(most, vectors[i, 0] ** 2 + vectors[i, 1] ** 2 + vectors[i, 2] ** 2)
    return float(np.sqrt(most))


@kernel
def shorten(vectors: Any, most: float) -> None:
    """Cut each row of an (n, 3) array to a length, so that one cell in flight does not hold up the others."""
    for i in range(vectors.shape[0]):
        length = np.sqrt(vectors[i, 0] ** 2 + vectors[i, 1] ** 2 + vectors[i, 2] ** 2)
        if length > most:
            vectors[i] *= most / length
