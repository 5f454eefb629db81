"""How far each point of a hole lies from its wall, from the share of each voxel that is hole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.volume.grid import Triple

Array = NDArray[np.float64]

MARGIN = 2
"""Voxels kept around a hole."""

BESIDE = 2
"""Voxels counted in a column beyond the two between which the wall lies; a slanted wall crosses several."""


def wall_distance(share: NDArray[np.float32], edges: Triple) -> Array:
    """Return the signed distance from voxel centres to the wall, mm, positive in the hole.

    The distance to the nearest of the points where the wall crosses the lines between voxel centres
    (:func:`wall_points`).

    Parameters
    ----------
    share : of each voxel that is hole, 0 to 1 (z, y, x), with a margin of zeros.
    edges : voxel edges, mm.
    """
    from scipy.ndimage import distance_transform_edt

    from spondyl.graft.nearest import nearest_points

    points = wall_points(share, edges)
    home = np.round(points / np.array(edges)).astype(np.int64)
    at_home = np.full(share.shape, -1, np.int64)
    at_home[tuple(home.T)] = np.arange(len(points))
    beside = distance_transform_edt(at_home < 0, sampling=edges, return_distances=False, return_indices=True)
    distance = nearest_points(at_home[tuple(beside)], points, np.array(edges))
    return np.asarray(np.where(share >= 0.5, distance, -distance), np.float64)


def wall_points(share: NDArray[np.float32], edges: Triple) -> Array:
    """Return the points where the wall crosses lines of voxel centres, mm, (n, 3).

    Between a voxel that is mostly hole and one that is not, the wall lies so that the column of voxels
    through both holds what their shares say: exact for a flat wall that crosses the column within them.
    """
    found = []
    for axis in range(3):
        column = np.pad(np.moveaxis(share.astype(np.float64), axis, 0), ((BESIDE, BESIDE), (0, 0), (0, 0)))
        count = column.shape[0]
        for way in (1, -1):
            line = column[::way]
            pieces = [line[n : count - 2 * BESIDE - 1 + n] for n in range(2 * BESIDE + 2)]
            here = (pieces[BESIDE] >= 0.5) & (pieces[BESIDE + 1] < 0.5)
            at = np.argwhere(here).astype(np.float64)
            last = at[:, 0] + BESIDE  # the last voxel that is mostly hole
            wall = at[:, 0] - 0.5 + sum(piece[here] for piece in pieces)
            wall = np.clip(wall, last, last + 1)
            at[:, 0] = (wall if way == 1 else count - 1 - wall) - BESIDE
            found.append(_turned(at, axis) * np.array(edges))
    return np.concatenate(found)


def _turned(at: Array, axis: int) -> Array:
    """Put the column's place back to its axis."""
    order = [1, 2]
    order.insert(axis, 0)
    return at[:, order]
