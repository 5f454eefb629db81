"""A dissolved substance that the cells take up, at rest: diffusion equals uptake after Michaelis and Menten.

Each cube's own equation is solved exactly, a quadratic one, cube after cube in two colours, over-relaxed
(Young 1954). The concentration stays above zero without being cut, and the last field is a good start for the
next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.spheroid.agents.mesh import Mesh, Outside, conductances

Array = NDArray[np.float64]

TOLERANCE = 1e-6
"""Largest change in one sweep, over the mixed medium's value, at which the field is taken as solved."""
_MOST = 4000
_EVERY = 4
"""Sweeps at most, and sweeps between two looks at the change."""


@dataclass(frozen=True, slots=True)
class Solute:
    """What is dissolved and taken up.

    Parameters
    ----------
    mixed : concentration of the mixed medium, mmol/L.
    half : concentration at half of the largest uptake, mmol/L.
    outside : the way to the cells.
    """

    mixed: float
    half: float
    outside: Outside


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A field at rest.

    Parameters
    ----------
    value : mmol/L, (z, y, x).
    taken, inflow : uptake of all solved cubes and flux from outside, nmol/day; equal at rest.
    sweeps : it took.
    """

    value: Array
    taken: float
    inflow: float
    sweeps: int


def solve(
    mesh: Mesh,
    solute: Solute,
    capacity: Array,
    diffusivity: Array,
    start: Array | None = None,
    tolerance: float | None = None,
) -> Solved:
    """Bring a field to rest.

    Parameters
    ----------
    mesh : the grid.
    solute : what is dissolved.
    capacity : uptake with plenty, mmol/L a day, (z, y, x).
    diffusivity : mm²/day, (z, y, x).
    start : a field to start from; None for the mixed medium everywhere.
    tolerance : largest change in one sweep, over the mixed medium's value, at which it is at rest; that of
        cultures if None.
    """
    if solute.mixed <= 0:
        return Solved(np.zeros(mesh.shape), 0.0, 0.0, 0)
    faces = conductances(mesh, diffusivity, solute.outside)
    value = np.full(mesh.shape, solute.mixed)
    if start is not None:
        value[mesh.inside] = np.maximum(start[mesh.inside], 1e-12 * solute.mixed)
    relax = 2 / (1 + math.sin(math.pi / _breadth(mesh, solute.outside)))
    least = (TOLERANCE if tolerance is None else tolerance) * solute.mixed
    count, change = 0, math.inf
    while count < _MOST and change > least:
        change = sweeps(value, mesh.inside, *faces, capacity, solute.half, relax, _EVERY)
        count += _EVERY
    taken, inflow = balance(value, mesh.inside, *faces, capacity, solute.half, solute.mixed)
    cube = mesh.spacing_mm**3
    return Solved(value, taken * cube, inflow * cube, count)


def _breadth(mesh: Mesh, outside: Outside) -> float:
    """Return the breadth in cubes of a ball held at its surface whose slowest mode lasts as long as this
    field's.

    With b = 4π D r · resistance (0: held at the cells, 1: endless still medium), the slowest mode of a ball
    of radius r has the wave number k with 1/(k r)² near 1/π² + b/3.
    """
    across = float(mesh.inside.any(axis=(1, 2)).sum() + 1)
    hindered = 1 - outside.far(mesh.reach_mm) * mesh.reach_mm
    return max(across * math.sqrt(1 + hindered * math.pi**2 / 3), 2.0)


@kernel
def sweeps(
    value: Any, inside: Any, gz: Any, gy: Any, gx: Any, capacity: Any, half: float, relax: float, count: int
) -> float:
    """Relax all solved cubes `count` times, even cubes before odd; return the last sweep's largest change."""
    nz, ny, nx = value.shape
    change = 0.0
    for _ in range(count):
        change = 0.0
        for colour in range(2):
            for z in range(1, nz - 1):
                for y in range(1, ny - 1):
                    for x in range(1 + (z + y + 1 + colour) % 2, nx - 1, 2):
                        if not inside[z, y, x]:
                            continue
                        a, b, c = gz[z - 1, y, x], gy[z, y - 1, x], gx[z, y, x - 1]
                        d, e, f = gz[z, y, x], gy[z, y, x], gx[z, y, x]
                        conductance = a + b + c + d + e + f
                        supply = a * value[z - 1, y, x] + b * value[z, y - 1, x] + c * value[z, y, x - 1]
                        supply += d * value[z + 1, y, x] + e * value[z, y + 1, x] + f * value[z, y, x + 1]
                        taken = capacity[z, y, x]
                        if taken > 0.0:
                            linear = conductance * half + taken - supply
                            root = math.sqrt(linear * linear + 4.0 * conductance * supply * half)
                            if linear > 0.0:
                                new = 2.0 * supply * half / (linear + root)
                            else:
                                new = (root - linear) / (2.0 * conductance)
                        else:
                            new = supply / conductance
                        old = value[z, y, x]
                        change = max(change, abs(new - old))
                        value[z, y, x] = max(old + relax * (new - old), 0.0)
    return change


@kernel
def balance(
    value: Any, inside: Any, gz: Any, gy: Any, gx: Any, capacity: Any, half: float, mixed: float
) -> Any:
    """Return the uptake of all solved cubes and the flux into them from outside, per cube's volume."""
    nz, ny, nx = value.shape
    taken = inflow = 0.0
    for z in range(1, nz - 1):
        for y in range(1, ny - 1):
            for x in range(1, nx - 1):
                if not inside[z, y, x]:
                    continue
                here = value[z, y, x]
                taken += capacity[z, y, x] * here / (half + here)
                gap = mixed - here
                inflow += 0.0 if inside[z - 1, y, x] else gz[z - 1, y, x] * gap
                inflow += 0.0 if inside[z + 1, y, x] else gz[z, y, x] * gap
                inflow += 0.0 if inside[z, y - 1, x] else gy[z, y - 1, x] * gap
                inflow += 0.0 if inside[z, y + 1, x] else gy[z, y, x] * gap
                inflow += 0.0 if inside[z, y, x - 1] else gx[z, y, x - 1] * gap
                inflow += 0.0 if inside[z, y, x + 1] else gx[z, y, x] * gap
    return taken, inflow
