"""Fold changes of several genes and groups against a control, every sample a point, on a doubling axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.report.figures.drawing import Drawing, Figure, Mark, Origin, course, line, text
from spondyl.report.figures.frame import Bar, Cloud, bar, column_label, label_height, points, word_width
from spondyl.report.figures.scale import Scale, covering
from spondyl.report.numbers import number

_LEFT, _TOP, _TALL, _SLOT, _GAP, _LEGEND, _MOST_TICKS = 58.0, 40.0, 220.0, 46.0, 34.0, 20.0, 9
_COLUMNS = ("gene", "group", "sample", "fold_change", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class Change:
    """One gene in one group.

    Parameters
    ----------
    gene, group : names.
    samples, values : names of the samples and their fold changes, each against the control's mean.
    mean, low, high : fold change of the group and its interval; NaN where there is none.
    """

    gene: str
    group: str
    samples: tuple[str, ...]
    values: tuple[float, ...]
    mean: float
    low: float
    high: float


def fold_changes_figure(changes: Sequence[Change], control: str, origin: Origin) -> Figure:
    """Return the plot: genes side by side, groups in each in the order given.

    Parameters
    ----------
    changes : at least one; the control group may be among them.
    control : its name, for the axis.
    origin : whether the samples were measured or simulated.
    """
    genes = tuple(dict.fromkeys(change.gene for change in changes))
    groups = tuple(dict.fromkeys(change.group for change in changes))
    width = max(_SLOT * len(groups) + _GAP, word_width(genes))
    right = _LEFT + width * len(genes)
    top = _TOP + _LEGEND * len(groups)
    seen = [math.log2(v) for c in changes for v in (*c.values, c.mean, c.low, c.high) if v > 0]
    scale = covering([0.0, *seen], top + _TALL, top)
    title = f"Fold change against {control}"
    marks = [text("label", 4, 18, f"{title} (mean, 95 % interval, samples)", anchor="start")]
    marks += [*_legend(groups), *_axis(scale, right)]
    for change in changes:
        left = _LEFT + width * genes.index(change.gene)
        arm = groups.index(change.group)
        x = left + width / 2 + _SLOT * (arm + 0.5 - len(groups) / 2)
        marks += _column(change, x, arm, scale, origin)
    for place, gene in enumerate(genes):
        marks += column_label(_LEFT + width * (place + 0.5), top + _TALL + 22, gene, width - 6, ())
    foot = top + _TALL + 22 + label_height(genes, width - 6, 0)
    told = " ".join(_told(change) for change in changes)
    drawing = Drawing(max(right + 16, 400.0), foot, title, told, tuple(marks))
    return Figure(
        "fold_changes", drawing, _COLUMNS, tuple(row for change in changes for row in _rows(change))
    )


def _column(change: Change, x: float, arm: int, scale: Scale, origin: Origin) -> list[Mark]:
    kept = [(name, value) for name, value in zip(change.samples, change.values, strict=True) if value > 0]
    hints = tuple(f"{name}: {value:.3g}" for name, value in kept)
    cloud = Cloud(x - 8, arm, origin, tuple(math.log2(value) for _, value in kept), hints)
    ends = [math.log2(v) if v > 0 else math.nan for v in (change.mean, change.low, change.high)]
    return [*points(cloud, scale, 3.5, _SLOT / 4), *bar(Bar(x + 12, *ends), scale, "effect", 4.5)]


def _axis(scale: Scale, right: float) -> list[Mark]:
    first, last = math.ceil(scale.low), math.floor(scale.high)
    step = max(1, math.ceil((last - first + 1) / _MOST_TICKS))
    shown = [power for power in range(first, last + 1) if power % step == 0]
    marks = [line("axis", _LEFT, scale.start, _LEFT, scale.end)]
    for power in shown:
        y = scale.at(power)
        marks.append(line("guide" if power == 0 else "grid", _LEFT, y, right, y))
        label = number(2.0**power) if power >= -6 else f"1/{2**-power}"
        marks += [line("axis", _LEFT - 4, y, _LEFT, y), text("tick", _LEFT - 8, y + 4, label, anchor="end")]
    return marks


def _legend(groups: Sequence[str]) -> list[Mark]:
    marks: list[Mark] = []
    for place, group in enumerate(groups):
        y = _TOP + _LEGEND * place - 6
        marks.append(course([(_LEFT, y), (_LEFT + 14, y)], place))
        marks.append(text("note", _LEFT + 20, y + 4, group, anchor="start"))
    return marks


def _told(change: Change) -> str:
    if math.isnan(change.mean):
        return f"{change.gene} in {change.group}: not detected."
    interval = f" ({change.low:.3g} to {change.high:.3g})" if not math.isnan(change.low) else ""
    return f"{change.gene} in {change.group}: {change.mean:.3g}{interval}."


def _rows(change: Change) -> list[tuple[str | float | int, ...]]:
    rows: list[tuple[str | float | int, ...]] = [
        (change.gene, change.group, name, value, math.nan, math.nan)
        for name, value in zip(change.samples, change.values, strict=True)
    ]
    return [*rows, (change.gene, change.group, "mean", change.mean, change.low, change.high)]
