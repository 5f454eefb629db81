"""Forces on all cells: each cell sums over its own neighbours, so no sum depends on the number of threads."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from spondyl.compiled import kernel
from spondyl.spheroid.agents.contact import pair, wall

OPEN, FLAT, BOWL = 0.0, 1.0, 2.0
"""Kinds of well: none; a floor at z = 0; a sphere whose lowest point is the origin."""


@kernel
def slope(
    _part: int,
    first: int,
    last: int,
    position: Any,
    target: Any,
    hold: Any,
    radius: Any,
    root: Any,
    weight: Any,
    start: Any,
    other: Any,
    law: Any,
    well: Any,
    rub: float,
    held: Any,
    mate: Any,
    gradient: Any,
    energy: Any,
) -> None:
    """Write the gradient, N, and the energy, N mm, of the move of cells `first` to `last`.

    The energy of a cell is hold/2 |e|², with e = x - target, + half of that of its pairs + its wall's + its
    weight's. Pairs that touched at the start of the step rub: rub/2 (r₁ + r₂) |e₁ - e₂|².

    Parameters
    ----------
    position, target : (n, 3), mm; columns x, y, z, z upwards.
    hold : drag over the time step, N/mm, (n,).
    radius, root, weight : mm, its square root, and N, (n,).
    start, other : neighbours, see :class:`Neighbours`.
    law : see :func:`spondyl.spheroid.agents.contact.numbers`.
    well : kind and radius, mm.
    rub : friction of two cells over the time step and the sum of their radii, N/mm².
    held, mate : neighbours that rub, as `start` and `other`.
    """
    # In a tuple, since the compiler cannot know that what is written does not change an array.
    constants = (law[0], law[1], law[2], law[3], law[4], law[5], law[6])
    most = 0
    for i in range(first, last):
        most = max(most, start[i + 1] - start[i])
    work = (np.empty(most), np.empty(most), np.empty(most), np.empty(most), np.empty(most))
    for i in range(first, last):
        x, y, z = position[i, 0], position[i, 1], position[i, 2]
        mx, my, mz = x - target[i, 0], y - target[i, 1], z - target[i, 2]
        px, py, pz, held_by = _pressed(i, position, radius, root, start, other, constants, work)
        gx, gy, gz, more = _rubbed(i, mx, my, mz, position, target, radius, rub, held, mate)
        rx, ry, rz, stands = _walled(x, y, z, radius[i], law[0], well[0], well[1])
        gradient[i, 0] = hold[i] * mx - px + gx - rx
        gradient[i, 1] = hold[i] * my - py + gy - ry
        gradient[i, 2] = hold[i] * mz + weight[i] - pz + gz - rz
        drag = 0.5 * hold[i] * (mx * mx + my * my + mz * mz)
        energy[i] = drag + weight[i] * z + held_by + more + stands


@kernel
def _pressed(
    i: int, position: Any, radius: Any, root: Any, start: Any, other: Any, constants: Any, work: Any
) -> Any:
    """Return the force of all neighbours on a cell, and half of the energy of its pairs.

    Gather, compute and add in three loops: the middle one has no branch and runs on vectors.
    """
    xs, ys, zs, share, stored = work
    x, y, z = position[i, 0], position[i, 1], position[i, 2]
    count = start[i + 1] - start[i]
    for k in range(count):
        j = other[start[i] + k]
        xs[k], ys[k], zs[k] = x - position[j, 0], y - position[j, 1], z - position[j, 2]
        share[k], stored[k] = radius[i] + radius[j], root[i] * root[j]
    for k in range(count):
        square = xs[k] * xs[k] + ys[k] * ys[k] + zs[k] * zs[k]
        share[k], stored[k] = pair(square, share[k], stored[k], constants)
    px = py = pz = total = 0.0
    for k in range(count):
        px += share[k] * xs[k]
        py += share[k] * ys[k]
        pz += share[k] * zs[k]
        total += 0.5 * stored[k]
    return px, py, pz, total


@kernel
def _rubbed(
    i: int,
    mx: float,
    my: float,
    mz: float,
    position: Any,
    target: Any,
    radius: Any,
    rub: float,
    held: Any,
    mate: Any,
) -> Any:
    """Return the slope and the energy of rubbing of a cell that is (mx, my, mz) from its target."""
    gx = gy = gz = total = 0.0
    for place in range(held[i], held[i + 1]):
        j = mate[place]
        both = rub * (radius[i] + radius[j])
        ex = mx - (position[j, 0] - target[j, 0])
        ey = my - (position[j, 1] - target[j, 1])
        ez = mz - (position[j, 2] - target[j, 2])
        gx += both * ex
        gy += both * ey
        gz += both * ez
        total += 0.25 * both * (ex * ex + ey * ey + ez * ez)
    return gx, gy, gz, total


@kernel
def _walled(x: float, y: float, z: float, radius: float, modulus: float, kind: float, bowl: float) -> Any:
    """Return the push of the well on a cell, and its energy."""
    if kind == FLAT:
        push, stored = wall(radius - z, radius, modulus)
        return 0.0, 0.0, push, stored
    if kind == BOWL:
        up = z - bowl
        out = math.sqrt(x * x + y * y + up * up)
        push, stored = wall(out + radius - bowl, radius, modulus)
        if push > 0.0:
            return -push * x / out, -push * y / out, -push * up / out, stored
    return 0.0, 0.0, 0.0, 0.0
