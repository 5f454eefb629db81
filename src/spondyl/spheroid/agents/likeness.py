"""The culture of the radial mode for agents: the same cells, medium and well."""

from __future__ import annotations

from typing import Literal

import numpy as np

from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.course import Course
from spondyl.spheroid.radial.setting import cells_of, exchange_of, medium_of


def culture_of(
    course: Course, *, well: Literal["open", "flat", "bowl"] = "bowl", bowl_mm: float = 0.4
) -> Culture:
    """Return what stands around the cells of one spheroid of a course of the radial mode.

    Parameters
    ----------
    course : as :func:`spondyl.spheroid.culture` returns.
    well, bowl_mm : see :class:`Culture`.

    Examples
    --------
    >>> from spondyl.donor import CellBatch
    >>> from spondyl.spheroid import culture
    >>> course = culture(CellBatch("human", 1e6, 0.95, 0.05, 6.0, 3, 21.0, 7), count=1, network=None)
    >>> culture_of(course).fresh_mM
    5.55
    """
    plan, known = course.plan, course.numbers
    fresh, renewed = medium_of(plan)
    pace = plan.days / plan.steps
    days = tuple(float(place * pace) for place in np.flatnonzero(renewed))
    return Culture(
        cells=cells_of(plan, known),
        place=exchange_of(plan, known),
        fresh_mM=float(fresh[0]),
        renewed=plan.renewed,
        renewal_days=days,
        well=well,
        bowl_mm=bowl_mm,
    )
