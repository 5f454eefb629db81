"""The sections of the page, in order. A new section is a new row here, a view and a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spondyl.report import views
from spondyl.report.material import Material


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Parameters
    ----------
    id : anchor in the page.
    title : heading, also in the table of contents.
    template : file in ``templates/sections``.
    view : what the template is given, worked out from the material.
    needs : names of fields of the story that must not be empty.
    absent : what the page says when they are.
    """

    id: str
    title: str
    template: str
    view: Callable[[Material], Mapping[str, object]]
    needs: tuple[str, ...] = ()
    absent: str = ""

    def possible(self, material: Material) -> bool:
        """Return True when the story has what the section needs."""
        fields = [getattr(material.story, name) for name in self.needs]
        return all(field is not None and len(field) > 0 for field in fields)


SECTIONS = (
    Section(
        "measurements",
        "Measurements",
        "measurements.html.j2",
        views.measurements,
        needs=("measurements",),
        absent="No animal gave a measurement.",
    ),
    Section(
        "cells",
        "Spheroids in culture",
        "cells.html.j2",
        views.cells,
        needs=("cultures",),
        absent="No simulated animal was given spheroids.",
    ),
    Section(
        "healing",
        "Healing over time",
        "healing.html.j2",
        views.healing,
        needs=("courses",),
        absent="No animal was simulated: nothing is known between the follow-ups.",
    ),
    Section(
        "volumes",
        "The bone in three dimensions",
        "volumes.html.j2",
        views.volumes,
        needs=("volumes",),
        absent="The run folder holds no scans: those of measured animals stay where they are.",
    ),
    Section(
        "quality",
        "Quality control",
        "quality.html.j2",
        views.quality,
        needs=("pictures",),
        absent="There are no pictures of scans.",
    ),
    Section("losses", "Animals without a result", "losses.html.j2", views.losses),
    Section("statistics", "Statistics", "statistics.html.j2", views.statistics),
    Section("methods", "Methods", "methods.html.j2", views.methods),
    Section("checklists", "Checklists", "checklists.html.j2", views.checklists),
    Section("assumed", "Assumed numbers", "assumed.html.j2", views.assumed),
    Section("provenance", "How this was made", "provenance.html.j2", views.provenance),
)
