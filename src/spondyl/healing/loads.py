"""The whole bone under its habitual load: strains where it heals, and its stiffness.

Compression between platens, ends embedded, linear elastic; the load is a force, so fields of one solve are
scaled. What lies outside the region keeps the stiffness it had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import beside, home, ratio
from spondyl.errors import HealingError, Mistake, StudyError
from spondyl.healing.numbers import Numbers
from spondyl.healing.process import Load
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.healing.stiffness import modulus_of
from spondyl.mechanics import Model, Solution, element_fields, platens, solve
from spondyl.vertebra import Vertebra

Array = NDArray[np.float64]

STRAIN = 0.01
TOLERANCE = 1e-4
"""Relative residual; forces then err by about its square, strains by about itself."""

LEAST = 0.1
"""Share of bone below which a voxel's energy density is not that of bone tissue."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The whole bone as mechanics sees it.

    Parameters
    ----------
    model : with the stiffness that surgery left.
    place : of the region in the model, and of what the model holds of it in the region.
    backend : of mechanics.
    """

    model: Model
    place: tuple[tuple[slice, slice, slice], tuple[slice, slice, slice]]
    backend: str = "auto"


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Strains of a region under the habitual load, and what they came from.

    Parameters
    ----------
    load : what the bone feels.
    stiffness : of the whole bone, N/mm.
    modulus : of the region's voxels when it was solved, MPa.
    solution : to begin the next solve from.
    day : when.
    """

    load: Load
    stiffness: float
    modulus: Array
    solution: Solution
    day: float


def body_of(bone: Vertebra, region: Region, backend: str = "auto") -> Body:
    """Return the whole bone as mechanics sees it, and where the region lies in it."""
    model = bone.model()
    first = round((model.grid.origin_mm[0] - bone.grid.origin_mm[0]) / bone.grid.spacing_mm[0])
    deep = model.grid.shape[0]
    z, y, x = region.box
    low, high = max(z.start - first, 0), min(z.stop - first, deep)
    there = (slice(low, high), y, x)
    here = (slice(low + first - z.start, high + first - z.start), slice(None), slice(None))
    return Body(model, (there, here), backend)


def solved(
    body: Body, state: State, region: Region, known: Numbers, force: float, last: Solved | None, threads: int
) -> Solved:
    """Return strains under a force, N.

    Parameters
    ----------
    last : what was solved before; its solution is where this one begins, its reference stays.

    Raises
    ------
    HealingError
        If mechanics does not converge or refuses: the day, and why. No old strain is used in its place.
    """
    own = modulus_of(state, region, known)
    there, here = body.place
    stiff = body.model.modulus.copy()
    part, mine = stiff[there], home(own[here]).astype(np.float32)
    np.copyto(part, mine, where=home(region.open[here]) & (mine > 0))
    model = replace(body.model, modulus=stiff)
    try:
        answer = solve(
            model,
            platens(model, "z", strain=STRAIN),
            tolerance=TOLERANCE,
            backend=body.backend,
            threads=threads,
            start=None if last is None else last.solution,
        )
    except StudyError as error:
        where = f"healing, day {state.day:g}, mechanics"
        allowed = "the last good state is kept; a coarser voxel or another load may help"
        raise HealingError(Mistake(where, str(error), allowed)) from error
    shortened = STRAIN * model.grid.size_mm[0]
    stiffness = 2 * answer.energy / shortened**2
    scale = force / (stiffness * shortened)
    found = _fields(answer, body, home(region.open), threads)
    strain, energy = (beside(values, own) for values in found)
    strain, energy = strain * abs(scale), energy * scale**2
    bone = state.bone
    tissue = np.where(bone >= LEAST, ratio(energy, bone), 0.0)
    reference = 0.0 if last is None else last.load.reference
    return Solved(Load(strain, tissue, reference), stiffness, own, answer, state.day)


def stale(last: Solved, state: State, region: Region, known: Numbers) -> bool:
    """Tell whether strains are old: the defect's stiffness has changed, or many days have passed.

    The change is that of the logarithm of Young's modulus, its mean over the defect (the region, if there is
    none): tissues that follow one another differ by factors, and the softest strain most.
    """
    if state.day - last.day >= known["solve_days"] - 1e-9:
        return True
    now = modulus_of(state, region, known)
    weight = region.weight
    held = (weight > 0) & (now > 0) & (last.modulus > 0)
    change = np.abs(np.log(now[held] / last.modulus[held]))
    return bool((change * weight[held]).sum() >= known["solve_change"] * weight[held].sum())


def _fields(answer: Solution, body: Body, open_: NDArray[np.bool_], threads: int) -> tuple[Array, Array]:
    """Return octahedral shear strain and strain energy density of the region's voxels."""
    there, here = body.place
    compact = element_fields(
        answer, "octahedral_shear_strain", "strain_energy_density", box=there, threads=threads
    )
    solid = answer.model.modulus[there] > 0
    found = []
    for values in compact.values():
        own = np.zeros(solid.shape)
        own[solid] = values
        part = np.zeros(open_.shape)
        part[here] = np.where(open_[here], own, 0.0)
        found.append(part)
    return found[0], found[1]
