"""What bounds each granule: planes between it and everything beside it.

Between two granules lies the plane of equal power to their balls; towards a spheroid or the wall, the plane
that touches it. A granule that keeps within its planes overlaps nothing, and shares a piece of face with
every granule that its ball touches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.hole import Hole

Array = NDArray[np.float64]

WALL_PLANES = 10
"""Planes that follow the wall about one granule at most; what still sticks out is moved with the voxels."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Planes about each granule, in its radii.

    Parameters
    ----------
    normals, offsets : (n, most, 3) and (n, most); unused planes have offset 1e30.
    counts : planes used, (n,).
    """

    normals: Array
    offsets: Array
    counts: NDArray[np.int64]


def limits(
    granules: tuple[Array, Array], spheroids: tuple[Array, Array], space: Hole, reach: float
) -> Limits:
    """Return the planes that bound granules.

    Parameters
    ----------
    granules, spheroids : centres and radii, mm, in the frame of the hole with its margin.
    reach : of a granule's corners, in its radii.
    """
    from spondyl.graft.walls_beside import wall_planes

    centres, radii = granules
    found = [_between(centres, radii), _towards(centres, radii, *spheroids, reach)]
    owner = np.concatenate([f[0] for f in found])
    normals = np.concatenate([f[1] for f in found])
    offsets = np.concatenate([f[2] for f in found])
    near = offsets < reach
    owner, normals, offsets = owner[near], normals[near], offsets[near]
    counts = np.bincount(owner, minlength=radii.size)
    order = np.argsort(owner, kind="stable")
    place = np.arange(owner.size) - np.repeat(np.cumsum(counts) - counts, counts)
    most = int(counts.max(initial=0)) + WALL_PLANES
    made = Limits(np.zeros((radii.size, most, 3)), np.full((radii.size, most), 1e30), counts.astype(np.int64))
    made.normals[owner[order], place] = normals[order]
    made.offsets[owner[order], place] = offsets[order]
    wall_planes(
        centres,
        radii,
        reach,
        space.wall,
        np.array(space.edges),
        WALL_PLANES,
        made.normals,
        made.offsets,
        made.counts,
    )
    return made


def _between(centres: Array, radii: Array) -> tuple[NDArray[np.int64], Array, Array]:
    """Return the planes of equal power between neighbouring granules."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(centres).query_pairs(3 * float(radii.max()), output_type="ndarray")
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    owner, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    apart = centres[other] - centres[owner]
    distance = np.sqrt((apart**2).sum(axis=1))
    offset = (distance**2 + radii[owner] ** 2 - radii[other] ** 2) / (2 * distance)
    return owner, apart / distance[:, None], np.maximum(offset / radii[owner], 1.0)


def _towards(
    centres: Array, radii: Array, others: Array, sizes: Array, reach: float
) -> tuple[NDArray[np.int64], Array, Array]:
    """Return the planes that touch spheroids beside granules."""
    from scipy.spatial import cKDTree

    if not sizes.size:
        return np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros(0)
    far = reach * radii + float(sizes.max())
    lists = cKDTree(others).query_ball_point(centres, far, return_sorted=True)
    owner = np.repeat(np.arange(radii.size), [len(found) for found in lists])
    other = np.concatenate([np.asarray(found, np.int64) for found in lists])
    apart = others[other] - centres[owner]
    distance = np.sqrt((apart**2).sum(axis=1))
    return owner, apart / distance[:, None], np.maximum((distance - sizes[other]) / radii[owner], 1.0)
