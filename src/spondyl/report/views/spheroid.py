"""The sheet of a culture: what the spheroids were, what they lived on, what they became."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Kind, shipped
from spondyl.report.figures import Figure, svg_of
from spondyl.report.figures.lines import Axes, Curve, curves_of
from spondyl.report.numbers import number
from spondyl.report.table import Table
from spondyl.spheroid import Course
from spondyl.spheroid.numbers import NETWORK_STAGE, STAGE
from spondyl.spheroid.plan import FORMATION

Floats = NDArray[np.float64]

EARLY, LATE = ("RUNX2", "SP7", "ALPL", "COL1A1"), ("SPP1", "BGLAP", "PPARG", "BMP2", "VEGFA")
"""Genes of the two panels of expression."""


def culture(course: Course) -> Mapping[str, object]:
    """Return the sentence, the table and the figures of the sheet."""
    panels = [svg_of(figure) for figure in spheroid_figures(course)]
    return {"lead": _lead(course), "table": facts(course), "panels": panels, "assumed": _assumed()}


def _assumed() -> str:
    rows = [row for stage in (STAGE, NETWORK_STAGE) for row in shipped()[stage].values()]
    assumed = sum(row.kind is Kind.ASSUMED for row in rows)
    return f"{assumed} of the {len(rows)} numbers behind this sheet are assumed; spondyl params lists them."


def spheroid_figures(course: Course) -> tuple[Figure, ...]:
    """Return the plots of a culture: in time, by radius, by gene."""
    found = [_radius(course), _cells(course), _oxygen(course), _medium(course)]
    known = course.differentiation.expression
    if known:
        found += [
            _genes(course, place, genes)
            for place, genes in enumerate((EARLY, LATE))
            if set(genes) & set(known)
        ]
        found += [_maturity(course), _alp(course), _secretion(course)]
    return tuple(found)


def facts(course: Course) -> Table:
    """Return the table of a culture."""
    plan, k = course.plan, course.day.size - 1
    rows = [
        ("Form", f"{plan.count} × {plan.form}, {number(plan.cells_each)} living cells each at the start"),
        (
            "Vessel",
            f"{plan.vessel.name}: {plan.wells} wells, {plan.volume_ul:g} µL ({plan.depth_mm:.1f} mm) in each",
        ),
        (
            "Medium",
            f"{plan.medium} ({plan.glucose_mM:g} mmol/L), exchanged every {plan.exchange_days:g} days",
        ),
        ("Osteogenic medium", f"{plan.osteogenic_days:g} days of {plan.days:g}"),
        ("Oxygen in the gas", f"{plan.oxygen_mmHg:.0f} mmHg"),
        ("Radius at the end", f"{number(course.radius_um[k], 0)} µm"),
        ("Living cells each at the end", number(course.cells_each[k], 0)),
        ("Viability at the end", f"{100 * course.viability[k]:.1f} %"),
        ("Oxygen, middle to surface", _range(course.shells.oxygen_mM[k] * 1000, "µmol/L")),
        ("Least glucose met", f"{number(float(course.shells.glucose_mM.min()), 2)} mmol/L"),
    ]
    return Table(
        "What was cultured, and how it stood on the last day", ("", "Value"), tuple(rows), frozenset({0, 1})
    )


def _range(values: Floats, unit: str) -> str:
    return f"{number(float(values[0]), 0)} to {number(float(values[-1]), 0)} {unit}"


def _lead(course: Course) -> str:
    lost = 1 - float(course.survival[-1])
    low, glucose = float(course.shells.oxygen_mM.min()), float(course.shells.glucose_mM.min())
    cause = "want of glucose" if glucose < course.numbers.glucose_half else "no want of oxygen or glucose"
    if low < course.numbers.oxygen_half:
        cause = "want of oxygen" if cause.startswith("no") else "want of oxygen and glucose"
    return f"{100 * lost:.0f} % of the cells were lost; the course shows {cause}."


def _phases(course: Course) -> tuple[tuple[float, str], ...]:
    plan = course.plan
    if not plan.osteogenic_days or plan.days <= FORMATION:
        return ()
    end = FORMATION + plan.osteogenic_days
    return ((FORMATION, "osteogenic"), *(((end, "growth"),) if end < plan.days - 1e-9 else ()))


def _timed(course: Course, label: str, values: Floats) -> Curve:
    return Curve(label, tuple(course.day.tolist()), tuple(np.asarray(values).tolist()))


def _radius(course: Course) -> Figure:
    axes = Axes("spheroid_radius", "Radius in time", "Radius (µm)", "Day", _phases(course))
    return curves_of(axes, [_timed(course, "radius", course.radius_um)])


def _cells(course: Course) -> Figure:
    axes = Axes("spheroid_cells", "Living cells in time", "Share of cells (%)", "Day", _phases(course))
    curves = [("survival", course.survival), ("viability", course.viability)]
    return curves_of(axes, [_timed(course, label, 100 * values) for label, values in curves])


def _oxygen(course: Course) -> Figure:
    axes = Axes("spheroid_oxygen", "Oxygen by radius", "Oxygen (µmol/L)", "Distance from the middle (µm)")
    days = sorted({0.0, min(3.0, float(course.day[-1])), float(course.day[-1])})
    return curves_of(axes, [_by_radius(course, day, 1000 * course.shells.oxygen_mM) for day in days])


def _by_radius(course: Course, day: float, values: Floats) -> Curve:
    k = course.at(day)
    face = 1000 * course.shells.face_mm[k]
    middle = (face[1:] + face[:-1]) / 2
    return Curve(f"day {number(float(course.day[k]))}", tuple(middle.tolist()), tuple(values[k].tolist()))


def _medium(course: Course) -> Figure:
    axes = Axes("spheroid_medium", "Medium in time", "In the medium (mmol/L)", "Day")
    shells = course.shells
    curves = [("glucose", shells.medium_glucose_mM), ("lactate", shells.medium_lactate_mM)]
    return curves_of(axes, [_timed(course, label, values) for label, values in curves])


def _genes(course: Course, place: int, genes: tuple[str, ...]) -> Figure:
    title = "Expression against the monolayer of day 0"
    axes = Axes(f"spheroid_genes_{place + 1}", title, "Fold change (log2)", "Day", _phases(course))
    known = [gene for gene in genes if gene in course.differentiation.expression]
    return curves_of(axes, [_timed(course, gene, np.log2(course.fold(gene))) for gene in known])


def _maturity(course: Course) -> Figure:
    axes = Axes(
        "spheroid_maturity", "Maturity by radius", "Maturity (0 to 1)", "Distance from the middle (µm)"
    )
    days = sorted({day for day in (1.0, 7.0, 14.0, 21.0, float(course.day[-1])) if day <= course.day[-1]})
    return curves_of(axes, [_by_radius(course, day, course.differentiation.maturity) for day in days])


def _alp(course: Course) -> Figure:
    axes = Axes("spheroid_alp", "ALP in time", "ALP of a cell (day 0 = 1)", "Day", _phases(course))
    return curves_of(axes, [_timed(course, "ALP", course.alp)])


def _secretion(course: Course) -> Figure:
    axes = Axes(
        "spheroid_secretion", "Secretion in time", "Secretion of a cell (day 0 = 1)", "Day", _phases(course)
    )
    basal: Mapping[str, float] = {
        "VEGF": course.numbers.vegf_secretion,
        "BMP2": course.numbers.bmp2_secretion,
    }
    curves = [(factor, course.secretion(factor) / basal[factor]) for factor in basal]
    return curves_of(axes, [_timed(course, label, values) for label, values in curves])
