"""Planes that keep granules within the wall of a hole."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel
from spondyl.graft.falling import depth_in

LOOKS = 400
"""Directions in which a granule looks for the wall."""

OUTSIDE = 0.01
"""Depth in the wall, in radii, below which a corner is let be."""


@kernel
def wall_planes(
    centres: Any,
    radii: Any,
    reach: float,
    wall: Any,
    edges: Any,
    most: int,
    normals: Any,
    offsets: Any,
    counts: Any,
) -> None:
    """Add to each granule planes that touch the wall, the one that cuts the worst corner first.

    Parameters
    ----------
    centres, radii : of the granules, mm.
    reach : of their corners, in radii.
    most : planes added to one granule.
    normals, offsets, counts : of :class:`spondyl.graft.limits.Limits`.
    """
    slope, at, depth = np.empty(3), np.empty((LOOKS, 3)), np.empty(LOOKS)
    for granule in range(radii.size):
        radius, centre = radii[granule], centres[granule]
        corners(centre, reach * radius, wall, edges, at, depth)
        for _ in range(most):
            worst = 0
            for n in range(LOOKS):
                worst = n if depth[n] < depth[worst] else worst
            if depth[worst] > -OUTSIDE * radius:
                break
            inside = depth_in(wall, edges, at[worst, 0], at[worst, 1], at[worst, 2], slope)
            depth[worst] = 0.0
            steep = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
            if steep < 0.1:
                continue
            plane = counts[granule]
            counts[granule] += 1
            offset = inside / steep
            for axis in range(3):
                normals[granule, plane, axis] = -slope[axis] / steep
                offset += (at[worst, axis] - centre[axis]) * normals[granule, plane, axis]
            offsets[granule, plane] = max(offset / radius, 1.0)
            forget(centre, at, depth, normals[granule, plane], max(offset, radius))


@inner
def corners(centre: Any, far: float, wall: Any, edges: Any, at: Any, depth: Any) -> None:
    """Find points all around a granule, and how far each lies from the wall."""
    slope = np.empty(3)
    turn = np.pi * (3 - np.sqrt(5.0))
    for n in range(LOOKS):
        z = 1 - (2 * n + 1.0) / LOOKS
        flat = np.sqrt(1 - z * z)
        at[n, 0] = centre[0] + far * z
        at[n, 1] = centre[1] + far * flat * np.sin(turn * n)
        at[n, 2] = centre[2] + far * flat * np.cos(turn * n)
        depth[n] = depth_in(wall, edges, at[n, 0], at[n, 1], at[n, 2], slope)


@inner
def forget(centre: Any, at: Any, depth: Any, normal: Any, offset: float) -> None:
    """Take the points that a plane cuts off as settled."""
    for n in range(LOOKS):
        ahead = 0.0
        for axis in range(3):
            ahead += (at[n, axis] - centre[axis]) * normal[axis]
        if ahead > offset:
            depth[n] = 0.0
