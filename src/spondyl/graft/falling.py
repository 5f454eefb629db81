"""One sphere falls, rolls and comes to rest among spheres that lie still.

Drop and roll after Visscher and Bolsterli (1972). The sphere takes a short step along gravity and is pushed out
of whatever it then overlaps, straight away from each surface; so it falls, rolls down slopes and stops where no
step leads lower. No position in which anything overlaps is ever accepted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner

OVERLAP = 1e-6
"""Overlap left, as a share of the radius of the sphere that moves: what ends the pushing."""

PUSHES = 80
"""Rounds of pushing before a step counts as blocked; a sphere in a narrow wedge converges slowly."""

STEPS = 6000
LONGEST, SHORTEST = 0.5, 1e-4
"""Length of a step, in radii: the longest cannot jump over a sphere of the same size."""

SLOPE = 0.003
"""Descent for the length of a step below which the step is halved: the square of the sine of about 3°."""


@inner
def depth_in(wall: Any, edges: Any, z: float, y: float, x: float, slope: Any) -> float:
    """Return the distance to the wall at a point, mm, and put its gradient into `slope`."""
    nz, ny, nx = wall.shape
    fz = min(max(z / edges[0], 0.0), nz - 1.001)
    fy = min(max(y / edges[1], 0.0), ny - 1.001)
    fx = min(max(x / edges[2], 0.0), nx - 1.001)
    k, j, i = int(fz), int(fy), int(fx)
    c, b, a = fz - k, fy - j, fx - i
    v000, v001, v010, v011 = wall[k, j, i], wall[k, j, i + 1], wall[k, j + 1, i], wall[k, j + 1, i + 1]
    v100, v101 = wall[k + 1, j, i], wall[k + 1, j, i + 1]
    v110, v111 = wall[k + 1, j + 1, i], wall[k + 1, j + 1, i + 1]
    v00, v01 = v000 + a * (v001 - v000), v010 + a * (v011 - v010)
    v10, v11 = v100 + a * (v101 - v100), v110 + a * (v111 - v110)
    v0, v1 = v00 + b * (v01 - v00), v10 + b * (v11 - v10)
    slope[0] = (v1 - v0) / edges[0]
    slope[1] = ((1 - c) * (v01 - v00) + c * (v11 - v10)) / edges[1]
    low, high = (1 - b) * (v001 - v000) + b * (v011 - v010), (1 - b) * (v101 - v100) + b * (v111 - v110)
    slope[2] = ((1 - c) * low + c * high) / edges[2]
    return float(v0 + c * (v1 - v0))


@inner
def gather(at: Any, reach: float, centres: Any, radii: Any, cells: Any, following: Any, near: Any) -> int:
    """List the spheres whose surface comes closer to a point than `reach`; return how many.

    Parameters
    ----------
    cells : last sphere put into each cell, −1 for none, with the edge of a cell appended as `following[-1]`.
    following : for each sphere the one put into its cell before, −1 for none.
    """
    edge, largest = radii[-1], radii[-2]
    nz, ny, nx = cells.shape
    span = reach + largest
    k0, k1 = max(0, int((at[0] - span) / edge)), min(nz - 1, int((at[0] + span) / edge))
    j0, j1 = max(0, int((at[1] - span) / edge)), min(ny - 1, int((at[1] + span) / edge))
    i0, i1 = max(0, int((at[2] - span) / edge)), min(nx - 1, int((at[2] + span) / edge))
    count = 0
    for k in range(k0, k1 + 1):
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                other = cells[k, j, i]
                while other >= 0:
                    dz, dy = at[0] - centres[other, 0], at[1] - centres[other, 1]
                    dx = at[2] - centres[other, 2]
                    far = reach + radii[other]
                    if dz * dz + dy * dy + dx * dx < far * far and count < near.size:
                        near[count] = other
                        count += 1
                    other = following[other]
    return count


@inner
def free(at: Any, radius: float, near: Any, count: int, centres: Any, radii: Any) -> bool:
    """Tell whether a sphere at a point overlaps none of those listed."""
    for n in range(count):
        other = near[n]
        dz, dy, dx = at[0] - centres[other, 0], at[1] - centres[other, 1], at[2] - centres[other, 2]
        apart = radius + radii[other]
        if dz * dz + dy * dy + dx * dx < apart * apart:
            return False
    return True


@inner
def pushed_out(
    at: Any, radius: float, wall: Any, edges: Any, near: Any, count: int, centres: Any, radii: Any
) -> bool:
    """Push a sphere out of all it overlaps; tell whether that succeeded."""
    slope = np.empty(3)
    for _ in range(PUSHES):
        worst = 0.0
        for n in range(count):
            other = near[n]
            dz, dy, dx = at[0] - centres[other, 0], at[1] - centres[other, 1], at[2] - centres[other, 2]
            apart = radius + radii[other]
            square = dz * dz + dy * dy + dx * dx
            if square < apart * apart:
                distance = max(np.sqrt(square), 1e-12)
                push = apart - distance
                worst = max(worst, push)
                push /= distance
                at[0] += push * dz
                at[1] += push * dy
                at[2] += push * dx
        inside = depth_in(wall, edges, at[0], at[1], at[2], slope)
        if inside < radius:
            steep = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
            if steep < 0.1:
                return False
            worst = max(worst, radius - inside)
            push = (radius - inside) / steep
            for axis in range(3):
                at[axis] += push * slope[axis] / steep
        if worst <= OVERLAP * radius:
            return True
    return False


@inner
def fall(
    at: Any,
    radius: float,
    down: Any,
    wall: Any,
    edges: Any,
    centres: Any,
    radii: Any,
    cells: Any,
    following: Any,
) -> None:
    """Move a sphere that overlaps nothing from `at` to where it rests, in place."""
    near = np.empty(512, np.int64)
    about, tried = at.copy(), at.copy()
    reach = 3 * radius
    count = gather(about, reach, centres, radii, cells, following, near)
    step = LONGEST * radius
    for _ in range(STEPS):
        away = 0.0
        for axis in range(3):
            tried[axis] = at[axis] + step * down[axis]
            away += (at[axis] - about[axis]) ** 2
        if away > radius * radius:
            about[:] = at
            count = gather(about, reach, centres, radii, cells, following, near)
        kept = pushed_out(tried, radius, wall, edges, near, count, centres, radii)
        lower = 0.0
        for axis in range(3):
            lower += (tried[axis] - at[axis]) * down[axis]
        if kept and lower > 0:
            at[:] = tried
        if kept and lower > SLOPE * step:
            step = min(1.5 * step, LONGEST * radius)
        else:
            step *= 0.5
            if step < SHORTEST * radius:
                return
