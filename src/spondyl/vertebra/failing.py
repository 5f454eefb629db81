"""Where a vertebra gives way under compression: a sequence of linear models whose worst places fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics import Model, element_fields, on_grid, platens, solve
from spondyl.vertebra.loading import bony_slices, coarser, model
from spondyl.vertebra.vertebra import Vertebra

Reals64 = NDArray[np.float64]

STEPS = 8
"""Steps in which elements fail."""

FAILING = 0.03
"""Share of the bone that fails in a step."""

WEAK = 0.05
"""Share of its modulus that a failed element keeps."""

COARSE_MM = {"rat": 0.2, "human": 1.2}
"""Edge of the voxels on which failure is sought, at least."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How the bone gave way.

    Parameters
    ----------
    strain : axial shortening of the coarse grid's voxels after failure, (z, y, x).
    load_share : load at the same shortening after failure over that before.
    failed : share of the bone that failed.
    """

    strain: Reals64
    load_share: float
    failed: float


def coarse_every(bone: Vertebra) -> int:
    """Return how many voxels of the bone make an edge of one on which failure is sought."""
    return max(1, round(COARSE_MM[bone.species] / bone.grid.spacing_mm[0]))


def find_failure(bone: Vertebra, threads: int | None) -> Failure:
    """Press the bone until it has given way.

    Elements are ranked by their effective strain (Pistoia et al. 2002); those that fail are weakened, and the
    load finds other ways.
    """
    every = coarse_every(bone)
    pressed = model(bone, every=every)
    coarse = coarser(bone, every).share
    left = pressed
    failed = np.zeros(pressed.modulus.shape, np.bool_)
    loads = []
    for step in range(STEPS + 1):
        solution = solve(left, platens(left, "z", 0.01, "bonded"), tolerance=1e-4, threads=threads)
        loads.append(2 * solution.energy)
        fields = element_fields(solution, "effective_strain", "strain")
        strain = on_grid(solution.model, fields["effective_strain"]).array
        if step == STEPS:
            break
        candidates = (solution.model.modulus > 0) & ~failed
        count = max(1, int(FAILING * candidates.sum()))
        limit = np.partition(strain[candidates], -count)[-count]
        failed |= candidates & (strain >= limit)
        modulus = np.where(failed, pressed.modulus * np.float32(WEAK), solution.model.modulus)
        left = Model(pressed.grid, np.where(solution.model.modulus > 0, modulus, 0), pressed.poisson)
    axial = np.maximum(-np.asarray(on_grid(solution.model, fields["strain"][2]).array, np.float64), 0)
    first, _ = bony_slices(coarse)
    whole = np.zeros(coarse.shape)
    whole[first : first + axial.shape[0]] = axial
    return Failure(whole, loads[-1] / loads[0], float(failed.sum() / (pressed.modulus > 0).sum()))
