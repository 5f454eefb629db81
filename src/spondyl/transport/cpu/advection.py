"""One stage of advection: the arithmetic of ``reference/migration.py``, each face worked out once."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel


@kernel
def advect(part, first, last, shape, c, base, out, share, u, full, days):
    """Write concentrations after one stage to out, planes first … last; with base, the mean of both.

    Parameters
    ----------
    shape : (nz, ny, nx); fields are flat.
    c, base, out : concentrations; base may be empty.
    share : open share of each voxel.
    u : voxels swept through each upper face in a day, along z, y and x, (3, size).
    full : one over the concentration at which nothing more enters.
    days : of the stage.
    """
    nz, ny, nx = shape
    plane = ny * nx
    below, above = np.zeros(plane), np.zeros(plane)
    front, behind = np.zeros(nx), np.zeros(nx)
    if first > 0:
        for at in range(plane):
            below[at] = flux(c, share, u[0], (first - 1) * plane + at, plane, first - 1, nz, full)
    for k in range(first, last):
        front[:] = 0.0
        for j in range(ny):
            before = 0.0
            for i in range(nx):
                at = (k * ny + j) * nx + i
                above[j * nx + i] = flux(c, share, u[0], at, plane, k, nz, full)
                behind[i] = flux(c, share, u[1], at, nx, j, ny, full)
                after = flux(c, share, u[2], at, 1, i, nx, full)
                came = below[j * nx + i] - above[j * nx + i] + front[i] - behind[i] + before - after
                new = max(c[at] + days * came / share[at], 0.0) if share[at] > 0.0 else 0.0
                out[at] = 0.5 * (base[at] + new) if len(base) > 0 else new
                before = after
            front, behind = behind, front
        below, above = above, below


@inner
def flux(c, share, u, at, step, place, count, full):
    """Return what passes the upper face of a voxel in a day; `place` of `count` along the axis."""
    swept = u[at]
    if swept == 0.0:
        return 0.0
    here, there = c[at], c[at + step]
    gap = there - here
    if swept > 0.0:
        other = 0.0
        if place > 0 and share[at - step] > 0.0:
            other = here - c[at - step]
        return swept * (here + half_slope(gap, other)) * max(0.0, 1.0 - there * full)
    other = 0.0
    if place + 2 < count and share[at + 2 * step] > 0.0:
        other = c[at + 2 * step] - there
    return swept * (there - half_slope(gap, other)) * max(0.0, 1.0 - here * full)


@inner
def half_slope(a, b):
    """Return half of van Leer's limited slope."""
    product = a * b
    return product / (a + b) if product > 0.0 else 0.0
