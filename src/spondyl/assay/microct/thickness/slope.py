"""The direction of the surface at a face between voxels."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.thickness.patterns import PLANES, REACH, Tables
from spondyl.compiled import bare

SLOPE = 1e-9
"""Slope, a voxel, that counts as none."""


@bare
def direction(
    inside: Any,
    unknown: Any,
    z: int,
    y: int,
    x: int,
    side: int,
    known: bool,
    cut: bool,
    edges: Any,
    tables: Tables,
    slope: Any,
) -> None:
    """Write the unit normal at the face on one side of a voxel; without a slope, the axis itself.

    The window has six voxels across the face and five along it. `known` says that nothing in it is unknown;
    `cut`, that the face borders on what is unknown.
    """
    axis, sign = side // 2, 2 * (side & 1) - 1
    back = 3 if sign < 0 else 2
    z0, y0 = z - (back if axis == 0 else 2), y + REACH - (back if axis == 1 else 2)
    at = x + 1 - (back - 2 if axis == 2 else 0)
    if known:
        _known_slope(inside, z0, y0, at, axis, tables, slope)
    else:
        _slope(inside, unknown, z0, y0, at, axis, cut, tables, slope)
    for a in range(3):
        slope[a] /= edges[a]
    size = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
    if size < SLOPE or sign * slope[axis] <= 0:
        slope[:] = 0.0
        slope[axis], size = sign, 1.0
    slope /= size


@bare
def _known_slope(inside: Any, z0: int, y0: int, at: int, axis: int, tables: Tables, slope: Any) -> None:
    """Write the slope down the smoothed phase, steps of voxels, where nothing is unknown."""
    az, ay, ax = int(axis == 0), int(axis == 1), int(axis == 2)
    full = (32 << ax) - 1
    sums, moments = tables.signed[ax, 0], tables.signed[ax, 1]
    down, along = tables.weights[az], tables.weights[ay]
    gz = gy = gx = 0.0
    for k in range(5 + az):
        slab = inside[(z0 + k + PLANES) % PLANES]
        plane = plane_y = plane_x = 0.0
        for j in range(5 + ay):
            p = slab[y0 + j, at] & full
            line = along[j] * sums[p]
            plane += line
            plane_y += line * (j - 0.5 * (4 + ay))
            plane_x += along[j] * moments[p]
        gz -= down[k] * plane * (k - 0.5 * (4 + az))
        gy -= down[k] * plane_y
        gx -= down[k] * plane_x
    slope[0], slope[1], slope[2] = gz, gy, gx


@bare
def _slope(
    inside: Any, unknown: Any, z0: int, y0: int, at: int, axis: int, cut: bool, tables: Tables, slope: Any
) -> None:
    """Write the slope down the smoothed phase, steps of voxels, where something is unknown."""
    az, ay, ax = int(axis == 0), int(axis == 1), int(axis == 2)
    full = (32 << ax) - 1
    sums, turned = tables.sums[ax], tables.turned[ax]
    gz = gy = gx = 0.0
    for k in range(5 + az):
        slot, across = (z0 + k + PLANES) % PLANES, (z0 + 4 + az - k + PLANES) % PLANES
        plane = plane_y = plane_x = 0.0
        for j in range(5 + ay):
            p, u = inside[slot, y0 + j, at] & full, unknown[slot, y0 + j, at] & full
            m = turned[unknown[across, y0 + 4 + ay - j, at] & full]
            line, line_x = _line(p, u, m, full, cut, sums)
            plane += tables.weights[ay, j] * line
            plane_y += tables.weights[ay, j] * line * (j - 0.5 * (4 + ay))
            plane_x += tables.weights[ay, j] * line_x
        gz -= tables.weights[az, k] * plane * (k - 0.5 * (4 + az))
        gy -= tables.weights[az, k] * plane_y
        gx -= tables.weights[az, k] * plane_x
    slope[0], slope[1], slope[2] = gz, gy, gx


@bare
def _line(p: int, u: int, m: int, full: int, cut: bool, sums: Any) -> Any:
    """Return the sums over a line of the window in which something is unknown.

    What is unknown is taken as the opposite of what lies across the middle of the face: so it is on a plane
    through that point. So a voxel counts twice where the one across is unknown, which are the bits `m`. On a
    face to the unknown, what is known takes the place of the phase.
    """
    if cut:
        p = full & ~u
        return 2 * sums[p, 0] - sums[full, 0], 2 * sums[p, 1] - sums[full, 1]
    s = full & ~(p | u)
    line = sums[p, 0] - sums[s, 0] + sums[p & m, 0] - sums[s & m, 0]
    return line, sums[p, 1] - sums[s, 1] + sums[p & m, 1] - sums[s & m, 1]
