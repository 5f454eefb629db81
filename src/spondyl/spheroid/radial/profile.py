"""Steady diffusion and Michaelis–Menten uptake in concentric shells: finite volumes, Newton, one sweep each.

Amounts are nmol, lengths mm, times day, so concentrations are mmol/L. With c the levels, in each shell

    Σ link (c_neighbour − c) + source − capacity · c / (half + c) = 0.

Below zero the uptake goes on along its tangent at zero. It is then concave, and the matrix of links has a
non-negative inverse, so that Newton's iterates rise towards the one solution from the second on, whatever the
start (the monotone Newton theorem of Ortega and Rheinboldt 1970).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import kernel

THIN = 1e-6
"""Least distance between middles of shells, mm: shells whose cells are gone have no thickness."""

SMALL = 1e-4
"""Least radius of a face, mm: a tenth of a micrometre, when nothing is left."""

CLOSE = 1e-11
"""Change of the levels, over the largest of them, at which Newton stops."""

MOST = 60
"""Iterations after which Newton stops; from any start it has not needed more than a dozen."""


@kernel
def link_shells(face: Any, diffusion: float, beyond: float, link: Any) -> None:
    """Set the conductance of each face, mm³/day: between a shell and the next, and from the last outwards.

    Parameters
    ----------
    face : radii of the faces, the first 0, mm, shape (shells + 1,).
    diffusion : mm²/day.
    beyond : resistance outside the last face, day/mm³.
    link : set; shape (shells,).
    """
    last = link.size - 1
    for i in range(last):
        apart = max((face[i + 2] - face[i]) / 2, THIN)
        link[i] = 4 * np.pi * max(face[i + 1], SMALL) ** 2 * diffusion / apart
    radius = max(face[last + 1], SMALL)
    inside = max((face[last + 1] - face[last]) / 2, THIN) / (4 * np.pi * radius**2 * diffusion)
    link[last] = 1.0 / (inside + beyond)


@kernel
def settle(level: Any, capacity: Any, half: float, source: Any, link: Any, outside: float, work: Any) -> int:
    """Bring the levels to rest, in place; return the number of Newton steps.

    Parameters
    ----------
    level : concentration of each shell, mmol/L: a first guess, then the answer.
    capacity : largest uptake of each shell, nmol/day.
    half : level at half of it, mmol/L.
    source : what each shell gives off, nmol/day.
    link : conductances of :func:`link_shells`.
    outside : level beyond the last link, mmol/L.
    work : room for two numbers a shell, shape (2, shells).
    """
    for step in range(MOST):
        change, largest = _newton(level, capacity, half, source, link, outside, work)
        if change <= CLOSE * largest:
            return step + 1
    return MOST


@kernel
def _newton(
    level: Any, capacity: Any, half: float, source: Any, link: Any, outside: float, work: Any
) -> tuple[float, float]:
    """Take one Newton step; return the largest change and the largest level."""
    shells = level.size
    inner, kept, value = 0.0, 0.0, 0.0
    for i in range(shells):
        now = level[i]
        slope = capacity[i] / half
        steady = source[i]
        if now > 0:
            share = 1.0 / (half + now)
            slope = capacity[i] * half * share * share
            steady -= capacity[i] * now * now * share * share
        if i == shells - 1:
            steady += link[i] * outside
        lost = slope + inner * kept  # a sum of positive numbers: nothing cancels however small the slopes
        pivot = 1.0 / (lost + link[i])
        value = (steady + inner * value) * pivot
        work[0, i], work[1, i] = link[i] * pivot, value
        inner, kept = link[i], lost * pivot
    change, largest, value = 0.0, abs(outside), 0.0
    for i in range(shells - 1, -1, -1):
        value = work[1, i] + (work[0, i] * value if i < shells - 1 else 0.0)
        change = max(change, abs(value - level[i]))
        largest = max(largest, abs(value))
        level[i] = value
    return change, largest


@kernel
def uptake(level: float, capacity: float, half: float) -> float:
    """Return what is taken up, nmol/day."""
    return capacity * level / (half + level) if level > 0 else capacity * level / half
