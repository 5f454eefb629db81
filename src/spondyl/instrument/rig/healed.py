"""The true curve of a healed vertebra, from one linear solution.

Its slope is the stiffness of the whole bone with the tissues that fill the defect, its peak the failure
load by the criterion of Pistoia et al. 2002. How it bends between the two and where the peak lies are
assumed to be alike in all bones, for a damage solution takes hundreds of solves;
:func:`spondyl.instrument.rig.of_failure` takes one.
"""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.healing.course import HealingCourse
from spondyl.healing.loads import STRAIN, body_of, solved
from spondyl.instrument.rig.specimen import Specimen, parametric
from spondyl.mechanics import element_fields
from spondyl.mechanics.pistoia import criterion, failure
from spondyl.quantity import Parameter, shipped

BONE = 0.5
"""Share of the modulus of woven bone from which a voxel counts as bone that can fail."""


def of_course(
    course: HealingCourse,
    *,
    week: float,
    parameters: Mapping[str, Parameter] | None = None,
    threads: int = 1,
) -> Specimen:
    """Return the curve of the whole vertebra between its embedded ends at a follow-up.

    Parameters
    ----------
    course : of healing; the week must be one of its follow-ups.
    week : when the animal is killed.
    parameters : of the stage "instrument/rig"; None for those that ship.
    threads : change no digit.

    Raises
    ------
    HealingError
        If the week is no follow-up, or mechanics does not converge.
    MechanicsError
        If the species has no criterion of failure.
    """
    table = shipped()["instrument/rig"] if parameters is None else parameters
    healed = course.at(week=week)
    body = body_of(course.bone, course.region)
    last = solved(body, healed.state, course.region, course.known, 1.0, None, threads)
    strain = element_fields(last.solution, "effective_strain")["effective_strain"]
    modulus = last.solution.model.modulus
    bone = modulus[modulus > 0] >= BONE * course.known["woven_modulus"]
    load = last.stiffness * STRAIN * last.solution.model.grid.size_mm[0]
    broken = failure(load, strain[bone], criterion(course.bone.species)).load
    return parametric(
        last.stiffness,
        table["yield_over_ultimate"].value * broken,
        broken,
        table["ultimate_stretch"].value * broken / last.stiffness,
    )
