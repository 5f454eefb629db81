"""Sheets: parts of a report that stand for themselves, as pieces of HTML in the page's style."""

from __future__ import annotations

from spondyl.donor.plan import Plan
from spondyl.report.templates import environment
from spondyl.report.views.dose import dose
from spondyl.report.views.spheroid import culture
from spondyl.spheroid import Course


def dose_sheet(plan: Plan) -> str:
    """Return the sheet "donor and dose" of a plan.

    Parameters
    ----------
    plan : of :func:`spondyl.donor.plan.cells_from_fat` or :func:`spondyl.donor.plan.fat_for_cells`.
    """
    return environment().get_template("sections/dose.html.j2").render(**dose(plan))


def spheroid_sheet(course: Course) -> str:
    """Return the sheet of a culture: what the spheroids lived on and what they became.

    Parameters
    ----------
    course : of :func:`spondyl.spheroid.culture`.
    """
    return environment().get_template("sections/spheroid.html.j2").render(**culture(course))
