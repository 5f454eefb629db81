"""One small panel of one endpoint: every animal, mean and standard deviation per group and week."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from statistics import fmean, stdev

from spondyl.report.figures.drawing import Drawing, Figure, Mark, course, text
from spondyl.report.figures.frame import (
    Bar,
    Cloud,
    bar,
    column_label,
    label_height,
    points,
    value_axis,
    word_width,
)
from spondyl.report.figures.scale import Scale, covering
from spondyl.report.numbers import number
from spondyl.report.rows import Series, week_text
from spondyl.report.story import Arm

_LEFT, _TOP, _PLOT, _LEAST = 50.0, 40.0, 150.0, 210.0
_COLUMNS = ("animal", "group", "origin", "week", "assay", "name", "value", "unit")


def panel(series: Series, arms: Sequence[Arm]) -> Figure:
    """Return the plot of one endpoint; several weeks are drawn as courses, one week as columns."""
    timed = len(series.weeks) > 1
    slots = len(series.weeks) if timed else len(arms)
    words = 58.0 if timed else word_width([arm.label for arm in arms])
    slot = max(words, 24.0 * len(arms) + 12 if timed else 58.0, _LEAST / slots)
    right = _LEFT + slot * slots
    clouds = [series.values(arm.group, week) for week in series.weeks for arm in arms]
    every = [value for cloud in clouds for value in (*cloud, *_ends(cloud))]
    scale = covering(every, _TOP + _PLOT, _TOP)
    marks = [text("label", 4, 16, _heading(series), anchor="start"), *value_axis(scale, _LEFT, right, 4)]
    if timed:
        marks += _courses(series, arms, scale, slot)
        labels = [f"week {week_text(week)}" for week in series.weeks]
    else:
        marks += _columns(series, arms, scale, slot)
        labels = [arm.label for arm in arms]
    for place, label in enumerate(labels):
        marks += column_label(_LEFT + slot * (place + 0.5), scale.start + 20, label, slot - 4, ())
    height = scale.start + 20 + label_height(labels, slot - 4, 0)
    title = f"{series.endpoint.title} by group"
    drawing = Drawing(right + 10, height, title, _description(series, arms), tuple(marks))
    return Figure(figure_name(series), drawing, _COLUMNS, _numbers(series, arms))


def figure_name(series: Series) -> str:
    """Return the file name of a panel; anything but letters, digits, - and _ is replaced."""
    turn = f"_{series.turn + 1}" if series.turn else ""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{series.endpoint.assay}_{series.endpoint.key}{turn}")


def mean_and_sd(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard deviation; NaN where there are too few values."""
    return fmean(values) if values else math.nan, stdev(values) if len(values) > 1 else math.nan


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the bar of a group; NaN, which no scale sees, where it has none."""
    mean, sd = mean_and_sd(values)
    return mean - sd, mean + sd


def _heading(series: Series) -> str:
    endpoint = series.endpoint
    return f"{endpoint.symbol} ({endpoint.unit})" if endpoint.unit else endpoint.symbol


def _columns(series: Series, arms: Sequence[Arm], scale: Scale, slot: float) -> list[Mark]:
    marks = []
    for place, arm in enumerate(arms):
        x = _LEFT + slot * (place + 0.5)
        marks += _group(series, arm, place, series.weeks[0], x, scale, min(slot / 4, 20))
    return marks


def _courses(series: Series, arms: Sequence[Arm], scale: Scale, slot: float) -> list[Mark]:
    marks = []
    for place, arm in enumerate(arms):
        aside = 24.0 * (place - (len(arms) - 1) / 2)
        through = []
        for turn, week in enumerate(series.weeks):
            x = _LEFT + slot * (turn + 0.5) + aside
            mean, _ = mean_and_sd(series.values(arm.group, week))
            if math.isfinite(mean):
                through.append((x + 7, scale.at(mean)))
            marks += _group(series, arm, place, week, x, scale, 5)
        if len(through) > 1:
            marks.append(course(through, place))
    return marks


def _group(
    series: Series, arm: Arm, place: int, week: float | None, x: float, scale: Scale, half: float
) -> list[Mark]:
    values = series.values(arm.group, week)
    animals = [
        row.animal
        for row in series.rows
        if row.group == arm.group and row.week == week and math.isfinite(row.value)
    ]
    hints = tuple(
        f"{animal}: {number(value)} {series.endpoint.unit}".strip()
        for animal, value in zip(animals, values, strict=True)
    )
    mean, sd = mean_and_sd(values)
    shift = half * 0.35
    marks = points(Cloud(x - shift, place, arm.origin, values, hints), scale, 3.2, half)
    return marks + bar(Bar(x + shift + half + 3, mean, mean - sd, mean + sd), scale, radius=3.4)


def _description(series: Series, arms: Sequence[Arm]) -> str:
    parts = []
    for week in series.weeks:
        for arm in arms:
            values = series.values(arm.group, week)
            mean, sd = mean_and_sd(values)
            when = f", week {week_text(week)}" if week is not None else ""
            unit = f" {series.endpoint.unit}" if series.endpoint.unit else ""
            spread = f"mean {number(mean)}, SD {number(sd)}{unit}"
            parts.append(f"{arm.label} ({arm.origin}{when}): n = {len(values)}, {spread}.")
    return " ".join(parts)


def _numbers(series: Series, arms: Sequence[Arm]) -> tuple[tuple[str | float | int, ...], ...]:
    origins = {arm.group: arm.origin for arm in arms}
    return tuple(
        (
            row.animal,
            row.group,
            origins[row.group],
            week_text(row.week),
            row.assay,
            row.name,
            row.value,
            row.unit,
        )
        for row in series.rows
    )
