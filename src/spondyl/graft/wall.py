"""How far each point of a hole lies from its wall, from the share of each voxel that is hole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.volume.grid import Triple

Array = NDArray[np.float64]

MARGIN = 2
"""Voxels kept around a hole."""


def wall_distance(share: NDArray[np.float32], edges: Triple) -> Array:
    """Return the signed distance from voxel centres to the wall, mm, positive in the hole.

    The nearest of the points where the wall crosses the lines between voxel centres (:func:`wall_points`), of
    those in the wall's voxel nearest to each centre and in the voxels around that one.

    Parameters
    ----------
    share : of each voxel that is hole, 0 to 1 (z, y, x), with a margin of zeros.
    edges : voxel edges, mm.
    """
    from scipy.ndimage import distance_transform_edt

    from spondyl.graft.nearest import nearest_points

    points = wall_points(share, edges)
    home = np.round(points / np.array(edges)).astype(np.int64)
    voxel = np.ravel_multi_index(tuple(home.T), share.shape)
    order = np.argsort(voxel, kind="stable")
    counts = np.bincount(voxel, minlength=share.size)
    starts = np.concatenate([[0], np.cumsum(counts)])
    empty = (counts == 0).reshape(share.shape)
    beside = distance_transform_edt(empty, sampling=edges, return_distances=False, return_indices=True)
    near = np.ravel_multi_index(tuple(beside), share.shape)
    distance = nearest_points(near, points[order], starts, np.array(edges))
    return np.asarray(np.where(share >= 0.5, distance, -distance), np.float64)


def wall_points(share: NDArray[np.float32], edges: Triple) -> Array:
    """Return the points where the wall crosses lines of voxel centres, mm, (n, 3).

    Between a voxel that is mostly hole and one that is not, the wall lies so that the column of voxels
    through both holds what their shares say: exact for a flat wall that crosses the column within them.
    """
    found = []
    for axis in range(3):
        column = np.moveaxis(share.astype(np.float64), axis, 0)
        for way in (1, -1):
            line = column[::way]
            here = (line[1:-2] >= 0.5) & (line[2:-1] < 0.5)
            held = line[:-3] + line[1:-2] + line[2:-1] + line[3:]
            at = np.argwhere(here).astype(np.float64)
            reach = np.clip(at[:, 0] + held[here] - 0.5, at[:, 0] + 0.5, at[:, 0] + 2.5)
            at[:, 0] = reach if way == 1 else line.shape[0] - 1 - reach
            found.append(_turned(at, axis) * np.array(edges))
    return np.concatenate(found)


def _turned(at: Array, axis: int) -> Array:
    """Put the column's place back to its axis."""
    order = [1, 2]
    order.insert(axis, 0)
    return at[:, order]
