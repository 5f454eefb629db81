"""How far each point of a hole lies from its wall, from the share of each voxel that is hole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.volume.grid import Triple

MARGIN = 2
"""Voxels kept around a hole."""


def wall_distance(share: NDArray[np.float32], edges: Triple) -> NDArray[np.float64]:
    """Return the signed distance from voxel centres to the wall, mm, positive in the hole.

    The wall passes through each voxel next to it so that it cuts off the voxel's share, at right angles to
    the gradient of the share. Every other voxel takes the distance to the plane piece of the wall voxel next
    to it near the wall, and to its middle farther away.

    Parameters
    ----------
    share : of each voxel that is hole, 0 to 1 (z, y, x), with a margin of zeros.
    edges : voxel edges, mm.
    """
    from scipy.ndimage import distance_transform_edt

    inside = share >= 0.5
    points, normals = wall_pieces(share, inside, edges)
    at_wall = np.isfinite(points[0])
    nearest = distance_transform_edt(~at_wall, sampling=edges, return_distances=False, return_indices=True)
    k, j, i = nearest
    along = np.zeros(share.shape)
    square = np.zeros(share.shape)
    for axis, edge in enumerate(edges):
        centre = np.arange(share.shape[axis]) * edge
        away = centre.reshape([-1 if a == axis else 1 for a in range(3)]) - points[axis][k, j, i]
        along -= away * normals[axis][k, j, i]
        square += away * away
    beside = np.sqrt(np.maximum(square - along * along, 0.0))
    beyond = np.maximum(beside - max(edges), 0.0)
    side = np.where(beyond > 0, np.where(inside, 1.0, -1.0), np.sign(along))
    distance: NDArray[np.float64] = side * np.sqrt(along * along + beyond * beyond)
    return distance


def wall_pieces(
    share: NDArray[np.float32], inside: NDArray[np.bool_], edges: Triple
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point of the wall in each voxel beside it (else NaN), and the outward normal, (3, z, y, x)."""
    from scipy.ndimage import binary_dilation, uniform_filter

    beside = binary_dilation(inside) & ~inside | binary_dilation(~inside) & inside
    smooth = uniform_filter(share.astype(np.float64), 3)
    slope = np.stack([np.gradient(smooth, edge, axis=axis) for axis, edge in enumerate(edges)])
    steep = np.sqrt((slope**2).sum(axis=0))
    known = beside & (steep > 1e-9)
    normal = -slope / np.where(steep > 1e-9, steep, 1.0)
    width = sum(np.abs(normal[axis]) * edge for axis, edge in enumerate(edges))
    # The plane that cuts the share off a voxel lies this far from its centre, to first order; a full or empty
    # voxel has it on its face.
    outwards = (share.astype(np.float64) - 0.5) * width
    points = np.full((3, *share.shape), np.nan)
    for axis, edge in enumerate(edges):
        centre = np.arange(share.shape[axis]) * edge
        centres = centre.reshape([-1 if a == axis else 1 for a in range(3)])
        points[axis][known] = (centres + outwards * normal[axis])[known]
    return points, normal
