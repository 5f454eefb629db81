"""Planes that keep granules within the wall of a hole."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import kernel
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
    slope, at = np.empty(3), np.empty((LOOKS, 3))
    depth = np.empty(LOOKS)
    turn = np.pi * (3 - np.sqrt(5.0))
    for granule in range(radii.size):
        radius = radii[granule]
        for n in range(LOOKS):
            z = 1 - (2 * n + 1.0) / LOOKS
            flat = np.sqrt(1 - z * z)
            at[n, 0], at[n, 1], at[n, 2] = z, flat * np.sin(turn * n), flat * np.cos(turn * n)
            for axis in range(3):
                at[n, axis] = centres[granule, axis] + reach * radius * at[n, axis]
            depth[n] = depth_in(wall, edges, at[n, 0], at[n, 1], at[n, 2], slope)
        for _ in range(most):
            worst = int(np.argmin(depth))
            if depth[worst] > -OUTSIDE * radius:
                break
            inside = depth_in(wall, edges, at[worst, 0], at[worst, 1], at[worst, 2], slope)
            steep = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
            depth[worst] = 0.0
            if steep < 0.1:
                continue
            plane = counts[granule]
            offset = inside / steep
            for axis in range(3):
                normals[granule, plane, axis] = -slope[axis] / steep
                offset -= (at[worst, axis] - centres[granule, axis]) * slope[axis] / steep
            offset = max(offset / radius, 1.0)
            offsets[granule, plane] = offset
            counts[granule] += 1
            for n in range(LOOKS):
                ahead = 0.0
                for axis in range(3):
                    ahead += (at[n, axis] - centres[granule, axis]) * normals[granule, plane, axis]
                if ahead > offset * radius:
                    depth[n] = 0.0
