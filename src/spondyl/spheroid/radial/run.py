"""A culture as arrays, run by the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.radial.cells import Cells, Exchange, Schedule

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shells:
    """The course of one spheroid, its first axis time.

    Parameters
    ----------
    day : shape (times,).
    face_mm : radii of the faces, the first 0, shape (times, shells + 1).
    living, dead : cells of each shell, shape (times, shells).
    oxygen_mM, glucose_mM, lactate_mM : levels, shape (times, shells).
    energy : over what the cells would make with plenty, shape (times, shells).
    medium_glucose_mM, medium_lactate_mM : means of the medium, shape (times,).
    renewed : share of the medium renewed at each time, shape (times,).
    """

    day: Floats
    face_mm: Floats
    living: Floats
    dead: Floats
    oxygen_mM: Floats  # noqa: N815  mM is the unit's name
    glucose_mM: Floats  # noqa: N815
    lactate_mM: Floats  # noqa: N815
    energy: Floats
    medium_glucose_mM: Floats  # noqa: N815
    medium_lactate_mM: Floats  # noqa: N815
    renewed: Floats


def run(
    cells: Cells,
    place: Exchange,
    schedule: Schedule,
    *,
    living: Floats,
    dead: Floats,
    fresh: Floats,
    renewed: Floats,
) -> Shells:
    """Return the course of a spheroid whose shells hold `living` and `dead` cells at the start.

    Parameters
    ----------
    cells, place, schedule : see :mod:`spondyl.spheroid.radial.cells`.
    living, dead : shape (shells,).
    fresh : glucose of fresh medium at each time, mmol/L, shape (steps + 1,).
    renewed : share of the medium renewed at each time, shape (steps + 1,).
    """
    from spondyl.spheroid.radial.advance import advance  # compiled loops: only where they run

    shells, times = living.size, schedule.steps + 1
    state: Floats = np.empty((times, 2, shells))
    state[0, 0], state[0, 1] = living, dead
    face: Floats = np.empty((times, shells + 1))
    level: Floats = np.empty((times, 4, shells))
    pool: Floats = np.empty((times, 2))
    advance(cells, place, schedule, fresh, renewed, state, face, level, pool)
    day = np.arange(times, dtype=np.float64) * schedule.step
    oxygen, glucose, lactate, energy = (level[:, row] for row in range(4))
    return Shells(
        day, face, state[:, 0], state[:, 1], oxygen, glucose, lactate, energy, pool[:, 0], pool[:, 1], renewed
    )


def equal_shells(cells: float, shells: int) -> Floats:
    """Return the cells of equally thick shells of an evenly packed ball."""
    return np.asarray(cells * np.diff((np.arange(shells + 1) / shells) ** 3))
