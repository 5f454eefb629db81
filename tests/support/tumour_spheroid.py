"""A tumour line's spheroid, to test the oxygen–growth machinery: numbers fitted to growth_983b."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.radial.cells import Cells, Exchange, Schedule
from spondyl.spheroid.radial.run import Shells, equal_shells, run

CELL_MM3 = 3.4e-6
"""Volume of a cell: 2,500 seeded cells were 127 um in radius on day 1."""

FITTED = (0.329, 4.45e-3, 0.582, 0.201, 1.40e-2, 0.331)
"""Division 1/day, oxygen uptake nmol/day (5.2e-17 mol/s), starving 1/day, clearing 1/day, oxygen at half of
division mmol/L, energy at half of starving: least squares (validation/spheroid.py)."""


def grown(
    radius_mm: float, days: float, numbers: tuple[float, ...] = FITTED, shells: int = 48, step: float = 0.1
) -> tuple[Shells, Cells]:
    """Grow a spheroid from a radius in 200 uL of a 96-well plate; oxygen alone limits it."""
    division, uptake, starving, clearing, half, energy = numbers
    cells = Cells(
        uptake, 8e-3, 1e-9, 0.5, 1.0, 1.0, 1.0, 1.0, 2.0, 1e9, 3.75, 2.0,
        energy, 6.0, starving, 0.0, clearing, division, half, CELL_MM3, CELL_MM3, 1.0,
    )  # fmt: skip
    inside, outside = (146.88, 8.64, 17.28), (259.2, 51.84, 95.04)
    layer = (200 / 32 / (32 * outside[0]), 0.0, 0.0)
    place = Exchange(inside, outside, 1 / math.log(2), layer, 200.0, 0.185, 1e18)
    steps = round(days / step)
    living = equal_shells(4 / 3 * math.pi * radius_mm**3 / CELL_MM3, shells)
    course = run(
        cells,
        place,
        Schedule(step, steps, True),
        living=living,
        dead=np.zeros(shells),
        fresh=np.full(steps + 1, 5.55),
        renewed=np.zeros(steps + 1),
    )
    return course, cells


def necrotic(course: Shells, k: int) -> float:
    """Return the radius of the core in which most cells are dead, over the spheroid's."""
    return _core(course, k, course.dead[k] > course.living[k])


def inhibited(course: Shells, cells: Cells, k: int) -> float:
    """Return the radius of the core in which cells divide at less than half their rate, as above."""
    return _core(course, k, course.oxygen_mM[k] < cells.growth_oxygen_half)


def _core(course: Shells, k: int, inside: NDArray[np.bool_]) -> float:
    face = course.face_mm[k]
    return float(face[np.flatnonzero(inside)[-1] + 1] / face[-1]) if inside.any() else 0.0
