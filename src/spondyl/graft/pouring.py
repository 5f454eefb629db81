"""Spheres poured one after the other into a hole."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel
from spondyl.graft.falling import depth_in, fall, free, gather

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
def somewhere(at: Any, key: Any, number: int, places: Any, room: int, shape: Any, edges: Any) -> None:
    """Put into `at` a random point of the first `room` voxels listed."""
    place = places[min(room - 1, int(chance(key, 4 * number) * room))]
    k, rest = place // (shape[1] * shape[2]), place % (shape[1] * shape[2])
    at[0] = (k + chance(key, 4 * number + 1) - 0.5) * edges[0]
    at[1] = (rest // shape[2] + chance(key, 4 * number + 2) - 0.5) * edges[1]
    at[2] = (rest % shape[2] + chance(key, 4 * number + 3) - 0.5) * edges[2]


@inner
def lift(at: Any, radius: float, down: Any, wall: Any, edges: Any) -> bool:
    """Move a point against gravity as far as a sphere about it stays in the hole; tell whether it fits at all."""
    slope = np.empty(3)
    if depth_in(wall, edges, at[0], at[1], at[2], slope) < radius:
        return False
    step = 0.5 * min(edges[0], edges[1], edges[2])
    while True:
        z, y, x = at[0] - step * down[0], at[1] - step * down[1], at[2] - step * down[2]
        if depth_in(wall, edges, z, y, x, slope) < radius:
            return True
        at[0], at[1], at[2] = z, y, x


@kernel
def pour(
    order: Any,
    keys: Any,
    drops: int,
    patience: int,
    down: Any,
    wall: Any,
    edges: Any,
    places: Any,
    rooms: Any,
    centres: Any,
    radii: Any,
    cells: Any,
    following: Any,
    landed: Any,
) -> None:
    """Pour spheres in an order; `landed` tells which found a place.

    Parameters
    ----------
    order : numbers of the spheres.
    keys : one random word for each sphere.
    drops : starts tried for each, of which the one that comes to rest lowest is kept.
    patience : spheres that may miss in a row before the hole counts as full.
    down : unit vector of gravity.
    wall : distance to the wall, mm, positive inside the hole.
    places, rooms : voxels of the hole, those farthest from the wall first, and how many of them are as far from
        it as each sphere's radius.
    centres, radii : of the spheres, mm; two more radii stand at the end, the largest and the edge of a cell.
    cells, following : what lies where (:func:`spondyl.graft.falling.gather`).
    """
    at, best = np.empty(3), np.empty(3)
    near = np.empty(512, np.int64)
    slope = np.empty(3)
    shape = np.array(wall.shape)
    missed = 0
    for body in order:
        radius, room = radii[body], rooms[body]
        landed[body] = False
        missed += 1
        if missed > patience:
            return
        if room == 0:
            continue
        found, lowest = 0, -1e30
        for number in range(SEARCHES * drops + GAPS):
            above = number < SEARCHES * drops
            if found == drops or (not above and found > 0):
                break
            somewhere(at, keys[body], number, places, room, shape, edges)
            if above:
                if not lift(at, radius, down, wall, edges):
                    continue
            elif depth_in(wall, edges, at[0], at[1], at[2], slope) < radius:
                continue
            count = gather(at, radius, centres, radii, cells, following, near)
            if count > 0 and not free(at, radius, near, count, centres, radii):
                continue
            fall(at, radius, down, wall, edges, centres, radii, cells, following)
            found += 1
            deep = at[0] * down[0] + at[1] * down[1] + at[2] * down[2]
            if deep > lowest:
                lowest = deep
                best[:] = at
        if found:
            centres[body] = best
            landed[body] = True
            missed = 0
            edge = radii[-1]
            k, j, i = int(best[0] / edge), int(best[1] / edge), int(best[2] / edge)
            following[body] = cells[k, j, i]
            cells[k, j, i] = body
