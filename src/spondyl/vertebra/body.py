"""The outside and the inside of a vertebral body with the stumps of its pedicles, as level sets.

Coordinates are those of the body: z towards the head, y towards the back, x to the left, mm, zero in its
middle. A level set is positive inside; near its surface it is the distance from it to first order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.threads import in_threads
from spondyl.vertebra.plane import share_below
from spondyl.vertebra.waves import Reals, Reals64, Tables, Waves, sum_row

DORSAL = 0.82
"""Depth of the half towards the back over that of the half towards the front: the section is no ellipse."""

SQUARE = 2.3
"""Exponent of the superellipse of the section: 2 is an ellipse."""

PEDICLE_AT, PEDICLE_WIDE, PEDICLE_HIGH = 0.30, 0.085, 0.20
"""Place of the middle of a pedicle beside the midline and its half width, over the body's width; its half
height over the body's."""

PEDICLE_UP = 0.13
"""Height of the middle of the pedicles above that of the body, over the body's height."""

CANAL_WIDE = 0.23
"""Radius of the canal over the body's width: it touches the pedicles."""

CANAL_BITES = 0.04
"""How far the canal reaches into the back of the body, over the body's depth."""


@dataclass(frozen=True, slots=True)
class Body:
    """Form of a vertebral body.

    Parameters
    ----------
    height_mm, width_mm, depth_mm : at its ends.
    waist : how much narrower it is at half its height, as a share.
    concavity_mm : depth of the hollow of each end.
    cortex_mm, end_plate_mm : thickness of the wall and of the end-plates.
    rim_mm : over which the wall rounds into the end-plates.
    stump_mm : length of the pedicles behind the body; 0 leaves them and the canal out.
    relief_mm : standard deviation of the bumps of the surface.
    bumps : a field for them and for the uneven thickness of the wall.
    """

    height_mm: float
    width_mm: float
    depth_mm: float
    waist: float
    concavity_mm: float
    cortex_mm: float
    end_plate_mm: float
    rim_mm: float
    stump_mm: float
    relief_mm: float
    bumps: Waves

    @property
    def canal(self) -> tuple[float, float]:
        """Place behind the middle of the body (y) and radius of the canal, mm."""
        radius = CANAL_WIDE * self.width_mm
        return self.depth_mm / 2 * (DORSAL * (1 - self.waist) - 2 * CANAL_BITES) + radius, radius

    @property
    def back_mm(self) -> float:
        """How far bone reaches towards the back (y), mm."""
        return DORSAL * self.depth_mm / 2 + self.stump_mm

    def numbers(self) -> Reals64:
        """Return the numbers of the form as the loops take them."""
        at, radius = self.canal
        return np.array(
            [
                self.height_mm / 2,
                self.width_mm / 2,
                self.depth_mm / 2,
                self.waist,
                self.concavity_mm,
                self.cortex_mm,
                self.end_plate_mm,
                self.rim_mm,
                self.back_mm if self.stump_mm > 0 else -1e9,
                self.relief_mm,
                at,
                radius,
                PEDICLE_AT * self.width_mm,
                PEDICLE_WIDE * self.width_mm,
                PEDICLE_HIGH * self.height_mm,
                PEDICLE_UP * self.height_mm,
            ]
        )


UNEVEN = 0.15
"""Change of the wall's thickness, as a share, where the field of bumps is one standard deviation higher."""


def level_sets(body: Body, z: Reals64, y: Reals64, x: Reals64, threads: int) -> tuple[Reals, Reals, Reals]:
    """Return three level sets on a grid, float32 (z, y, x), mm.

    The first is that of the whole bone, the second that of the space inside its walls, the third tells the
    wall (positive) from the end-plates (negative) between them.
    """
    shape = (z.size, y.size, x.size)
    outer, within, side = (np.empty(shape, np.float32) for _ in range(3))
    tables = body.bumps.along(z, y, x)
    plane = partial(_plane, tables, body.numbers(), z, y, x, outer, within, side)
    in_threads(plane, range(z.size), threads)
    return outer, within, side


@kernel
def _plane(
    tables: Tables,
    form: Reals64,
    z: Reals64,
    y: Reals64,
    x: Reals64,
    outer: Reals,
    within: Reals,
    side: Reals,
    k: int,
) -> None:
    bumps = np.empty((4, x.size), np.float32)
    for j in range(y.size):
        sum_row(tables, k, j, 0, bumps)
        for i in range(x.size):
            bump = min(max(bumps[0, i], -2.5), 2.5)
            wall, end = _distances(form, z[k], y[j], x[i], bump)
            ring = form[5] * (1 + UNEVEN * bump)
            out = _rounded(wall, end, form[7])
            hollow = min(wall - ring, end - form[6])
            stump = _pedicle(form, z[k], y[j], abs(x[i]))
            outer[k, j, i] = max(out, stump)
            within[k, j, i] = max(hollow, min(stump - 0.8 * form[5], end - form[6]))
            side[k, j, i] = (end - form[6]) - (wall - ring)


@inner
def _distances(form: Reals64, z: float, y: float, x: float, bump: float) -> tuple[float, float]:
    """Return the distances inside the wall and inside the end-plates, mm."""
    half, wide, deep, waist, hollow = form[0], form[1], form[2], form[3], form[4]
    up = z / half
    grow = 1 - waist * (1 - min(up * up, 1.5))
    b = wide * grow
    a = deep * grow * (DORSAL if y > 0 else 1.0)
    v, u = abs(y) / a, abs(x) / b
    r = (v**SQUARE + u**SQUARE) ** (1 / SQUARE)
    if r < 1e-6:
        return min(a, b), half - abs(z) - hollow
    by = (v / r) ** (SQUARE - 1) / a
    bx = (u / r) ** (SQUARE - 1) / b
    bz = r * 2 * waist * abs(up) / half / grow
    wall = (1 - r) / np.sqrt(by * by + bx * bx + bz * bz) + form[9] * bump
    if form[8] > 0:
        wall = min(wall, np.sqrt((y - form[10]) ** 2 + x * x) - form[11])
    dish = max(1 - r * r, 0.0)
    end = half - abs(z) - hollow * dish * dish + 0.5 * form[9] * bump
    return wall, end


@inner
def _rounded(one: float, other: float, radius: float) -> float:
    """Return the smaller of two distances, the edge between them rounded."""
    p, q = radius - one, radius - other
    if p > 0 and q > 0:
        return radius - math.sqrt(p * p + q * q)
    return min(one, other)


@inner
def _pedicle(form: Reals64, z: float, y: float, x: float) -> float:
    """Return the distance inside a pedicle, which begins within the body, mm; x is without sign."""
    if form[8] < 0:
        return -1e9
    v, u = (z - form[15]) / form[14], (x - form[12]) / form[13]
    r = math.sqrt(v * v + u * u)
    slope = math.sqrt((v / form[14]) ** 2 + (u / form[13]) ** 2)
    tube = min(form[13], form[14]) if slope < 1e-6 else (1 - r) * r / slope
    return float(min(min(tube, form[8] - y), y - 0.3 * form[2]))


def shares(level: Reals, edges: tuple[float, float, float], threads: int) -> Reals:
    """Return the share of each voxel inside a level set, float32.

    In a voxel that the surface cuts the level set is taken to be linear, with the slope of its neighbours.

    Parameters
    ----------
    level : positive inside.
    edges : of a voxel, in the unit of `level` (z, y, x).
    """
    out = np.empty_like(level)
    in_threads(partial(_shares, level, sum(edges), out), range(level.shape[0]), threads)
    return out


@kernel
def _shares(level: Reals, reach: float, out: Reals, k: int) -> None:
    deep, rows, columns = level.shape
    for j in range(rows):
        for i in range(columns):
            here = level[k, j, i]
            if abs(here) > reach:
                out[k, j, i] = 1.0 if here > 0 else 0.0
                continue
            nz = (level[min(k + 1, deep - 1), j, i] - level[max(k - 1, 0), j, i]) / 2
            ny = (level[k, min(j + 1, rows - 1), i] - level[k, max(j - 1, 0), i]) / 2
            nx = (level[k, j, min(i + 1, columns - 1)] - level[k, j, max(i - 1, 0)]) / 2
            out[k, j, i] = share_below(here, nz, ny, nx)


def mask(level: Reals) -> NDArray[np.bool_]:
    """Return the voxels whose centre lies inside a level set."""
    return np.asarray(level > 0)
