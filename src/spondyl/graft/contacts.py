"""Where granules at rest touch each other and the wall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.hole import Hole

Array = NDArray[np.float64]


def contacts(centres: Array, radii: Array, space: Hole, gap: float) -> tuple[Array, NDArray[np.int64]]:
    """Return the directions in which each ball touches another or the wall, and how many.

    Parameters
    ----------
    centres, radii : mm, in the frame of the hole with its margin.
    gap : that still counts as touching, in radii of the smaller ball.

    Returns
    -------
    Directions (n, most, 3), unused ones zero, and their number (n,).
    """
    from scipy.spatial import cKDTree

    pairs = cKDTree(centres).query_pairs(2 * float(radii.max()) * (1 + gap), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    apart = centres[pairs[:, 1]] - centres[pairs[:, 0]]
    distance = np.sqrt((apart**2).sum(axis=1))
    reach = radii[pairs[:, 0]] + radii[pairs[:, 1]] + gap * np.minimum(radii[pairs[:, 0]], radii[pairs[:, 1]])
    touch = distance <= reach
    pairs, ways = pairs[touch], apart[touch] / distance[touch][:, None]
    at_wall, outwards = wall_contacts(centres, radii, space, gap)
    owner = np.concatenate([pairs[:, 0], pairs[:, 1], at_wall])
    found = np.concatenate([ways, -ways, outwards])
    counts = np.bincount(owner, minlength=radii.size)
    order = np.argsort(owner, kind="stable")
    place = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    directions = np.zeros((radii.size, max(1, int(counts.max(initial=0))), 3))
    directions[owner[order], place] = found[order]
    return directions, counts.astype(np.int64)


def wall_contacts(centres: Array, radii: Array, space: Hole, gap: float) -> tuple[NDArray[np.int64], Array]:
    """Return which balls touch the wall, and where it lies for each."""
    from scipy.ndimage import map_coordinates

    edges = np.array(space.edges)
    here = (centres / edges).T
    distance = map_coordinates(space.wall, here, order=1, mode="nearest")
    steps = []
    for axis in range(3):
        step = np.zeros((3, 1))
        step[axis] = 0.5
        ahead = map_coordinates(space.wall, here + step, order=1, mode="nearest")
        steps.append((ahead - map_coordinates(space.wall, here - step, order=1, mode="nearest")) / edges[axis])
    slope = np.stack(steps, axis=1)
    steep = np.sqrt((slope**2).sum(axis=1))
    touch = np.flatnonzero((distance <= radii * (1 + gap)) & (steep > 0.1))
    return touch, -slope[touch] / steep[touch][:, None]
