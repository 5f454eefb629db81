"""One sphere falls, rolls and comes to rest among spheres that lie still.

Drop and roll after Visscher and Bolsterli (1972). The sphere takes a short step along gravity and is pushed
out of whatever it then overlaps, straight away from each surface; so it falls, rolls down slopes and stops
where no step leads lower. No position in which anything overlaps is ever accepted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spondyl.graft.compiled import inner

OVERLAP = 1e-6
"""Overlap left, as a share of the radius of the sphere that moves: what ends the pushing."""

PUSHES = 80
"""Rounds of pushing before a step counts as blocked; a sphere in a narrow wedge converges slowly."""

STEPS = 6000
LONGEST, SHORTEST = 0.5, 1e-4
"""Length of a step, in radii: the longest cannot jump over a sphere of the same size."""

SLOPE = 0.0003
"""Descent for the length of a step below which the step is halved: the square of the sine of 1°."""


class Space(NamedTuple):
    """Where spheres may be.

    Parameters
    ----------
    down : unit vector of gravity.
    wall : distance of each voxel to the wall, mm, positive inside the hole (z, y, x).
    edges : voxel edges, mm.
    places : voxels inside the hole, raveled, those farthest from the wall first.
    """

    down: Any
    wall: Any
    edges: Any
    places: Any


class Heap(NamedTuple):
    """Spheres, and which of them lie where.

    Parameters
    ----------
    centres, radii : mm; two more radii stand at the end, the largest and the edge of a cell.
    cells : number of the last sphere put into each cell, −1 for none (z, y, x).
    following : for each sphere the one put into its cell before, −1 for none.
    """

    centres: Any
    radii: Any
    cells: Any
    following: Any


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
def put(into: Any, point: Any) -> None:
    """Copy a point; slices would take the compiler seconds."""
    into[0], into[1], into[2] = point[0], point[1], point[2]


@inner
def gather(at: Any, reach: float, heap: Any, near: Any) -> int:
    """List the spheres whose surface comes closer to a point than `reach`; return how many."""
    edge, largest = heap.radii[-1], heap.radii[-2]
    nz, ny, nx = heap.cells.shape
    span = reach + largest
    k0, k1 = max(0, int((at[0] - span) / edge)), min(nz - 1, int((at[0] + span) / edge))
    j0, j1 = max(0, int((at[1] - span) / edge)), min(ny - 1, int((at[1] + span) / edge))
    i0, i1 = max(0, int((at[2] - span) / edge)), min(nx - 1, int((at[2] + span) / edge))
    count = 0
    for k in range(k0, k1 + 1):
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                other = heap.cells[k, j, i]
                while other >= 0:
                    if closer(at, reach, heap, other) and count < near.size:
                        near[count] = other
                        count += 1
                    other = heap.following[other]
    return count


@inner
def closer(at: Any, reach: float, heap: Any, other: int) -> bool:
    """Tell whether a point lies closer to the surface of a sphere than `reach`."""
    dz, dy, dx = (
        at[0] - heap.centres[other, 0],
        at[1] - heap.centres[other, 1],
        at[2] - heap.centres[other, 2],
    )
    far = reach + heap.radii[other]
    return bool(dz * dz + dy * dy + dx * dx < far * far)


@inner
def out_of_spheres(at: Any, radius: float, heap: Any, near: Any, count: int) -> float:
    """Push a sphere once out of each of those listed; return by how much at most."""
    worst = 0.0
    for n in range(count):
        other = near[n]
        dz, dy = at[0] - heap.centres[other, 0], at[1] - heap.centres[other, 1]
        dx = at[2] - heap.centres[other, 2]
        apart = radius + heap.radii[other]
        square = dz * dz + dy * dy + dx * dx
        if square < apart * apart:
            distance = max(np.sqrt(square), 1e-12)
            push = apart - distance
            worst = max(worst, push)
            push /= distance
            at[0] += push * dz
            at[1] += push * dy
            at[2] += push * dx
    return worst


@inner
def out_of_wall(at: Any, radius: float, space: Any, slope: Any) -> float:
    """Push a sphere once out of the wall; return by how much, −1 where no way leads out."""
    inside = depth_in(space.wall, space.edges, at[0], at[1], at[2], slope)
    if inside >= radius:
        return 0.0
    steep = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
    if steep < 0.1:
        return -1.0
    for axis in range(3):
        at[axis] += (radius - inside) / steep * slope[axis] / steep
    return float(radius - inside)


@inner
def pushed_out(at: Any, radius: float, space: Any, heap: Any, near: Any, count: int, slope: Any) -> bool:
    """Push a sphere out of all it overlaps; tell whether that succeeded."""
    for _ in range(PUSHES):
        worst = out_of_spheres(at, radius, heap, near, count)
        pushed = out_of_wall(at, radius, space, slope)
        if pushed < 0:
            return False
        if max(worst, pushed) <= OVERLAP * radius:
            return True
    return False


@inner
def fall(at: Any, radius: float, space: Any, heap: Any) -> None:
    """Move a sphere that overlaps nothing from `at` to where it rests, in place."""
    near, slope = np.empty(512, np.int64), np.empty(3)
    about, tried = np.empty(3), np.empty(3)
    put(about, at)
    count = -1
    step = LONGEST * radius
    for _ in range(STEPS):
        away = 0.0
        for axis in range(3):
            tried[axis] = at[axis] + step * space.down[axis]
            away += (at[axis] - about[axis]) ** 2
        if count < 0 or away > radius * radius:
            put(about, at)
            count = gather(about, 3 * radius, heap, near)
        kept = pushed_out(tried, radius, space, heap, near, count, slope)
        lower = 0.0
        for axis in range(3):
            lower += (tried[axis] - at[axis]) * space.down[axis]
        if kept and lower > 0:
            put(at, tried)
        if kept and lower > SLOPE * step:
            step = min(1.5 * step, LONGEST * radius)
        else:
            step *= 0.5
            if step < SHORTEST * radius:
                return
