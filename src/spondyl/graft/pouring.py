"""Spheres poured one after the other into a hole.

Equal spheres dropped once fill 0.58 of the space away from walls; the more places each may choose from, the
more. That lies between random loose packing, 0.555 (Onoda and Liniger 1990), and random close packing, 0.637
(Scott and Kilgour 1969).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel
from spondyl.graft.falling import depth_in, fall, gather, put

SEARCHES = 24
"""Places looked at from above for each drop wanted, before the opening counts as blocked."""

GAPS = 4000
"""Places looked at inside once the opening is blocked, before a sphere counts as one too many."""


@inner
def chance(key: Any, number: int) -> float:
    """Return a number from 0 to 1 for a key and a count, always the same for both (SplitMix64)."""
    mixed = key + np.uint64(number + 1) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return float(mixed >> np.uint64(11)) / 9007199254740992.0


@inner
def somewhere(at: Any, key: Any, number: int, space: Any, room: int) -> None:
    """Put into `at` a random point of the first `room` places."""
    _, ny, nx = space.wall.shape
    place = space.places[min(room - 1, int(chance(key, 4 * number) * room))]
    at[0], at[1], at[2] = place // (ny * nx), place % (ny * nx) // nx, place % nx
    for axis in range(3):
        at[axis] = (at[axis] + chance(key, 4 * number + 1 + axis) - 0.5) * space.edges[axis]


@inner
def lift(at: Any, radius: float, space: Any, slope: Any) -> None:
    """Move a point against gravity as far as a sphere about it stays in the hole."""
    step = 0.5 * min(space.edges[0], space.edges[1], space.edges[2])
    while True:
        z, y, x = at[0] - step * space.down[0], at[1] - step * space.down[1], at[2] - step * space.down[2]
        if depth_in(space.wall, space.edges, z, y, x, slope) < radius:
            return
        at[0], at[1], at[2] = z, y, x


@inner
def starts(
    at: Any, key: Any, number: int, radius: float, room: int, above: bool, space: Any, heap: Any
) -> bool:
    """Try one place, at the opening or anywhere; tell whether a sphere overlaps nothing there."""
    near, slope = np.empty(64, np.int64), np.empty(3)
    somewhere(at, key, number, space, room)
    if depth_in(space.wall, space.edges, at[0], at[1], at[2], slope) < radius:
        return False
    if above:
        lift(at, radius, space, slope)
    return gather(at, radius, heap, near) == 0


@inner
def lowest(best: Any, key: Any, radius: float, room: int, drops: int, space: Any, heap: Any) -> bool:
    """Drop a sphere a few times and keep the lowest place of rest; tell whether there is one."""
    at = np.empty(3)
    found, depth = 0, -1e30
    looks = SEARCHES * drops
    for number in range(looks + GAPS):
        if found == drops or (number >= looks and found > 0):
            break
        if not starts(at, key, number, radius, room, number < looks, space, heap):
            continue
        fall(at, radius, space, heap)
        found += 1
        deep = at[0] * space.down[0] + at[1] * space.down[1] + at[2] * space.down[2]
        if deep > depth:
            depth = deep
            put(best, at)
    return found > 0


@kernel
def pour(
    order: Any, keys: Any, rooms: Any, drops: int, patience: int, space: Any, heap: Any, landed: Any
) -> None:
    """Pour spheres in an order; `landed` tells which found a place.

    Parameters
    ----------
    order : numbers of the spheres.
    keys : one random word for each sphere.
    rooms : how many of the space's places are as far from the wall as each sphere's radius.
    drops : starts tried for each, of which the one that comes to rest lowest is kept.
    patience : spheres that may miss in a row before the hole counts as full.
    space, heap : :class:`spondyl.graft.falling.Space` and :class:`spondyl.graft.falling.Heap`.
    """
    best = np.empty(3)
    missed = 0
    for body in order:
        if missed > patience:
            return
        if rooms[body] == 0 or not lowest(
            best, keys[body], heap.radii[body], rooms[body], drops, space, heap
        ):
            missed += 1
            continue
        missed = 0
        landed[body] = True
        put(heap.centres[body], best)
        edge = heap.radii[-1]
        k, j, i = int(best[0] / edge), int(best[1] / edge), int(best[2] / edge)
        heap.following[body] = heap.cells[k, j, i]
        heap.cells[k, j, i] = body
