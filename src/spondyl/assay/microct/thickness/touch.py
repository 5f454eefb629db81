"""What a sphere touches of the faces in a list: sums over them, eight at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import quick

OPPOSED = 0.1
"""Share of the touched surface that must look the other way: directions of single faces are not certain."""

ROUNDING = 1e-5
"""Relative error of a distance that counts as rounding, of numbers with 24 bits."""


@quick
def touched_sums(near: Any, n: int, centre: Any, move: Any, radius: float, sums: Any) -> None:
    """Write sums over the faces that a sphere touches, each weighed by its area.

    They are those of the products of the normal (zz, zy, zx, yy, yx, xx), of the normal (z, y, x), of one, of
    the normal times the distance beyond the radius (z, y, x), of that distance, and the number of faces.
    Faces that look away from where the sphere was before its `move` are not counted.
    """
    fz, fy, fx, fp, fq, fs, fw, fe = near[0], near[1], near[2], near[3], near[4], near[5], near[6], near[7]
    cz, cy, cx, own = np.float32(centre[0]), np.float32(centre[1]), np.float32(centre[2]), np.float32(radius)
    mz, my, mx = np.float32(move[0]), np.float32(move[1]), np.float32(move[2])
    none, one, slack = np.float32(0), np.float32(1), np.float32(1 + ROUNDING)
    zz = zy = zx = yy = yx = xx = az = ay = ax = area = rz = ry = rx = rest = count = none
    for i in range(n):
        z, y, x = fz[i] - cz, fy[i] - cy, fx[i] - cx
        p, q, s = fp[i], fq[i], fs[i]
        along, square = z * p + y * q + x * s, z * z + y * y + x * x
        reach = (own + fe[i]) * slack
        bound, turn = own * own * square, along * reach
        faced = (along > none) & (along + mz * p + my * q + mx * s > none)
        is_touched = faced & (square <= reach * reach) & (turn * turn >= bound)
        hit = one if is_touched else none
        w, beyond = fw[i] * hit, along - own
        wp, wq, ws, wr = w * p, w * q, w * s, w * beyond
        zz, zy, zx = zz + wp * p, zy + wp * q, zx + wp * s
        yy, yx, xx = yy + wq * q, yx + wq * s, xx + ws * s
        az, ay, ax, area = az + wp, ay + wq, ax + ws, area + w
        rz, ry, rx, rest = rz + wr * p, ry + wr * q, rx + wr * s, rest + wr
        count += hit
    sums[0], sums[1], sums[2], sums[3], sums[4], sums[5] = zz, zy, zx, yy, yx, xx
    sums[6], sums[7], sums[8], sums[9] = az, ay, ax, area
    sums[10], sums[11], sums[12], sums[13], sums[14] = rz, ry, rx, rest, count


@quick
def touches_one_side(near: Any, n: int, centre: Any, radius: float) -> Any:
    """Return whether the faces a sphere touches all look to one side, but for a small share."""
    none = np.float32(0)
    az, ay, ax, area = _side(near, n, centre, radius, none, none, none, none)
    gz, gy, gx, even = np.float32(az), np.float32(ay), np.float32(ax), np.float32(ROUNDING * area)
    _, _, _, opposed = _side(near, n, centre, radius, gz, gy, gx, even)
    return opposed <= OPPOSED * area


@quick
def _side(near: Any, n: int, centre: Any, radius: float, gz: Any, gy: Any, gx: Any, even: Any) -> Any:
    """Sum normal and area of the faces touched that look along a direction by no more than `even`."""
    fz, fy, fx, fp, fq, fs, fw, fe = near[0], near[1], near[2], near[3], near[4], near[5], near[6], near[7]
    cz, cy, cx, own = np.float32(centre[0]), np.float32(centre[1]), np.float32(centre[2]), np.float32(radius)
    none, slack = np.float32(0), np.float32(1 + ROUNDING)
    az = ay = ax = area = none
    for i in range(n):
        z, y, x = fz[i] - cz, fy[i] - cy, fx[i] - cx
        p, q, s = fp[i], fq[i], fs[i]
        along, square = z * p + y * q + x * s, z * z + y * y + x * x
        reach = (own + fe[i]) * slack
        bound, turn = own * own * square, along * reach
        is_touched = (along > none) & (square <= reach * reach) & (turn * turn >= bound)
        w = fw[i] if is_touched & (gz * p + gy * q + gx * s <= even) else none
        az, ay, ax, area = az + w * p, ay + w * q, ax + w * s, area + w
    return az, ay, ax, area
