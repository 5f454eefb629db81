"""One stage of advection: the arithmetic of ``reference/migration.py``, each face worked out once.

Faces are worked out row by row and without branches, so that they go through vectors of the processor: where
the flow turns is not to be foreseen.
"""

from __future__ import annotations

import numpy as np

from spondyl.compiled import bare, inlined, kernel


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
    _, ny, nx = shape
    planes = np.zeros((ny, nx)), np.zeros((ny, nx))
    rows = np.zeros(nx), np.zeros(nx), np.zeros(nx + 1)
    _stage(first, last, shape, c, base, out, share, (u[0], u[1], u[2]), full, days, planes, rows)


@bare
def _stage(first, last, shape, c, base, out, share, u, full, days, planes, rows):
    """Work through the planes, with room for what passes between two of them and between rows."""
    nz, ny, nx = shape
    plane = ny * nx
    uz, uy, ux = u
    below, above = planes
    front, behind, along = rows
    if first > 0:
        for j in range(ny):
            fluxes(c, share, uz, ((first - 1) * ny + j) * nx, plane, first - 1, nz, nx, full, below[j])
    for k in range(first, last):
        for i in range(nx):
            front[i] = 0.0
        for j in range(ny):
            row = (k * ny + j) * nx
            fluxes(c, share, uz, row, plane, k, nz, nx, full, above[j])
            fluxes(c, share, uy, row, nx, j, ny, nx, full, behind)
            fluxes_along(c, share, ux, row, nx, full, along)
            settle(c, share, row, nx, days, below[j], above[j], front, behind, along, out)
            if len(base) > 0:
                for at in range(row, row + nx):
                    out[at] = 0.5 * (base[at] + out[at])
            front, behind = behind, front
        below, above = above, below


@bare
def fluxes(c, share, u, row, step, place, count, nx, full, f):
    """Write to f what passes the upper faces of a row in a day; `place` of `count` across the row."""
    # Where there is no voxel the row itself stands for it: differences are zero, and so is the flow.
    down = step if place > 0 else 0
    up = step if place + 1 < count else 0
    beyond = 2 * step if place + 2 < count else up
    for i in range(nx):
        at = row + i
        f[i] = flux(
            u[at], c[at - down], c[at], c[at + up], c[at + beyond], share[at - down], share[at + beyond], full
        )


@bare
def fluxes_along(c, share, u, row, nx, full, f):
    """Write to f[1:] what passes the upper faces along a row in a day; f[0] stays zero."""
    for i in range(nx):
        if 0 < i < nx - 2:
            continue
        at, here = row + i, c[row + i]
        down = 1 if i > 0 else 0
        up = 1 if i + 1 < nx else 0
        beyond = 2 if i + 2 < nx else up
        f[i + 1] = flux(
            u[at], c[at - down], here, c[at + up], c[at + beyond], share[at - down], share[at + beyond], full
        )
    for i in range(1, nx - 2):
        at = row + i
        f[i + 1] = flux(u[at], c[at - 1], c[at], c[at + 1], c[at + 2], share[at - 1], share[at + 2], full)


@bare
def settle(c, share, row, nx, days, below, above, front, behind, along, out):
    """Write what a row has after what came and went."""
    for i in range(nx):
        at = row + i
        came = below[i] - above[i] + front[i] - behind[i] + along[i] - along[i + 1]
        new = max(c[at] + days * came / share[at], 0.0)
        out[at] = new if share[at] > 0.0 else 0.0


@inlined
def flux(swept, before, here, there, beyond, open_before, open_beyond, full):
    """Return what passes the upper face of a voxel in a day, from the voxels on its line."""
    gap = there - here
    left = here - before if open_before > 0.0 else 0.0
    right = beyond - there if open_beyond > 0.0 else 0.0
    rising = max(swept, 0.0) * (here + half_slope(gap, left)) * max(0.0, 1.0 - there * full)
    falling = max(-swept, 0.0) * (there - half_slope(gap, right)) * max(0.0, 1.0 - here * full)
    return rising - falling


@inlined
def half_slope(a, b):
    """Return half of van Leer's limited slope."""
    product = a * b
    slope = product / (a + b)
    return slope if product > 0.0 else 0.0
