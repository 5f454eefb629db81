"""Donor and dose: living cells over days with intervals over donors, the passages, the dose and the limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from spondyl.donor.intervals import Interval
from spondyl.donor.plan import Plan
from spondyl.report.figures.drawing import Drawing, Figure, Mark, area, course, line, text
from spondyl.report.figures.scale import Scale, ticks
from spondyl.report.numbers import number

_LEFT, _TOP, _WIDTH, _HEIGHT, _RIGHT = 62.0, 58.0, 420.0, 230.0, 128.0
_POINTS = 61
_COLUMNS = ("day", "median", "low_50", "high_50", "low_80", "high_80", "low_95", "high_95", "unit")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def dose_course(plan: Plan) -> Figure:
    """Return the fan of living cells over days; the scale of cells is logarithmic."""
    last = max(plan.steps[-1].day.most[1], plan.days or 0.0)
    days = np.linspace(0.0, last, _POINTS)
    bands = plan.course(days)
    across, up = Scale(0.0, last, _LEFT, _LEFT + _WIDTH), _decades(plan, bands)
    marks = [*_axes(across, up), *_fan(days.tolist(), bands, across, up), *_lines(plan, bands, across, up)]
    who = plan.donor
    title = f"Living cells from {plan.fat_g:.3g} g of fat: {who.species}, {who.age}"
    heading = text("label", 4, 16, f"{title}; {number(plan.donors)} simulated donors", anchor="start")
    drawing = Drawing(
        _LEFT + _WIDTH + _RIGHT, _TOP + _HEIGHT + 48, title, _description(plan), (heading, *marks)
    )
    return Figure("dose", drawing, _COLUMNS, _rows(days.tolist(), bands))


def _decades(plan: Plan, bands: Sequence[Interval]) -> Scale:
    """Return a scale of powers of ten over the widest band and the dose."""
    shown = [end for band in bands for end in band.nearly_all if end > 0]
    shown += [] if plan.dose is None else [plan.dose]
    low, high = math.floor(math.log10(min(shown))), math.ceil(math.log10(max(shown)))
    return Scale(low, max(high, low + 1), _TOP + _HEIGHT, _TOP)


def _axes(across: Scale, up: Scale) -> list[Mark]:
    right, bottom = across.end, up.start
    marks = [text("label", _LEFT, _TOP - 10, "living cells", anchor="start")]
    for power in range(int(up.low), int(up.high) + 1):
        marks.append(line("grid", _LEFT, up.at(power), right, up.at(power)))
        label = f"10{str(power).translate(_RAISED)}"
        marks.append(text("tick", _LEFT - 8, up.at(power) + 4, label, anchor="end"))
    marks += [line("axis", _LEFT, bottom, _LEFT, up.end), line("axis", _LEFT, bottom, right, bottom)]
    for day in ticks(across.low, across.high):
        marks.append(line("axis", across.at(day), bottom, across.at(day), bottom + 4))
        marks.append(text("tick", across.at(day), bottom + 18, number(day, 0)))
    marks.append(text("label", (_LEFT + right) / 2, bottom + 38, "days since harvest"))
    return marks


def _fan(days: Sequence[float], bands: Sequence[Interval], across: Scale, up: Scale) -> list[Mark]:
    """Return three bands, their names at the right end, and the median."""
    marks = []
    for name, label in (("nearly_all", "95 %"), ("most", "80 %"), ("half", "50 %")):
        ends = [getattr(band, name) for band in bands]
        above = [(across.at(day), _height(end[1], up)) for day, end in zip(days, ends, strict=True)]
        below = [(across.at(day), _height(end[0], up)) for day, end in zip(days, ends, strict=True)]
        marks.append(area([*above, *reversed(below)], 0, hint=f"{label} of donors"))
    middle = [(across.at(day), _height(band.median, up)) for day, band in zip(days, bands, strict=True)]
    return [*marks, course(middle, 0), *_names(bands[-1], across.end + 8, up)]


def _names(last: Interval, x: float, up: Scale) -> list[Mark]:
    """Return the names of the bands beside their upper ends, pushed apart where they would touch."""
    wanted = [("95 % of donors", last.nearly_all[1]), ("80 %", last.most[1]), ("50 %", last.half[1])]
    wanted += [("median", last.median)]
    places = [_height(value, up) + 4 for _, value in wanted]
    for above, below in pairwise(range(len(places))):
        places[below] = max(places[below], places[above] + 14)
    return [
        text("note", x, place, label, anchor="start")
        for (label, _), place in zip(wanted, places, strict=True)
    ]


def _lines(plan: Plan, bands: Sequence[Interval], across: Scale, up: Scale) -> list[Mark]:
    """Return the dose, the last day allowed and the ends of the passages."""
    marks = [] if plan.dose is None else _dose(plan, plan.dose, bands, across, up)
    if plan.days is not None:
        at = across.at(plan.days)
        marks.append(line("guide", at, up.start, at, up.end))
        marks.append(text("note", at, up.end - 6, f"last day {number(plan.days)}"))
    for step in plan.steps:
        x = across.at(min(step.day.median, across.high))
        marks.append(line("summary", x, up.start - 5, x, up.start))
        marks.append(text("note", x, up.start - 9, f"P{step.passage}", hint=f"passage {step.passage} ends"))
    return marks


def _dose(plan: Plan, dose: float, bands: Sequence[Interval], across: Scale, up: Scale) -> list[Mark]:
    """Return the line of the dose, its words where the bands leave room: below right or above left."""
    at = _height(dose, up)
    said = f"dose {amount(dose)}"
    if plan.probability is not None:
        said += f": {100 * plan.probability:.3g} % of donors"
    clear = dose < bands[-1].nearly_all[0]
    words = (
        text("note", across.end - 6, at + 15, said, anchor="end")
        if clear
        else text("note", across.start + 6, at - 6, said, anchor="start")
    )
    return [line("guide", across.start, at, across.end, at), words]


def _height(cells: float, up: Scale) -> float:
    return up.at(max(math.log10(cells), up.low) if cells > 0 else up.low)


def amount(value: float) -> str:
    """Print a number of the plan to the digits that it deserves; infinity is "never".

    Examples
    --------
    >>> amount(3.94e8), amount(23.46), amount(12345.6)
    ('3.9 × 10⁸', '23.5', '12\u202f346')
    """
    if not math.isfinite(value):
        return "never"
    if value >= 1e5:
        mantissa, power = f"{value:.1e}".split("e+")
        return f"{mantissa} × 10{str(int(power)).translate(_RAISED)}"
    return number(float(f"{value:.3g}")) if value < 1000 else number(value, 0)


def _description(plan: Plan) -> str:
    said = [
        f"Passage {step.passage} ends on day {step.day.median:.0f} with {amount(step.living.median)} living "
        f"cells (80 % of donors: {amount(step.living.most[0])} to {amount(step.living.most[1])})."
        for step in plan.steps
    ]
    if plan.dose is not None and plan.probability is not None:
        said.append(f"{100 * plan.probability:.0f} % of donors reach {amount(plan.dose)} living cells.")
    return " ".join(said)


def _rows(days: Sequence[float], bands: Sequence[Interval]) -> tuple[tuple[str | float | int, ...], ...]:
    return tuple(
        (day, band.median, *band.half, *band.most, *band.nearly_all, "cells")
        for day, band in zip(days, bands, strict=True)
    )
