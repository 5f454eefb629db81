"""Curves that share one pair of axes, each named at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.report.figures.drawing import Drawing, Figure, Mark, course, line, text
from spondyl.report.figures.frame import value_axis
from spondyl.report.figures.scale import Scale, covering, tick_decimals, ticks
from spondyl.report.numbers import number

_LEFT, _TOP, _HIGH, _WIDE, _NAMES, _APART = 52.0, 36.0, 150.0, 250.0, 92.0, 15.0


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve.

    Parameters
    ----------
    label : at its end.
    x, y : of the same length; a NaN ends what is drawn.
    place : that gives it its colour; its place among the curves if None.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Axes:
    """What a plot of curves says around them.

    Parameters
    ----------
    name : of the figure's file.
    title : for those who cannot see it.
    upright, across : names of the axes with their units.
    marks : places on the axis across with a word each, drawn as dashed lines.
    floor : False lets the upright axis begin above zero.
    """

    name: str
    title: str
    upright: str
    across: str
    marks: tuple[tuple[float, str], ...] = ()
    floor: bool = True


def curves_of(axes: Axes, curves: Sequence[Curve]) -> Figure:
    """Return the plot of some curves with its numbers."""
    right = _LEFT + _WIDE
    every = [value for curve in curves for value in curve.y]
    upright = covering([*every, 0.0] if axes.floor else every, _TOP + _HIGH, _TOP)
    ends = [value for curve in curves for value in curve.x]
    across = Scale(min(0.0, *ends), max(ends), _LEFT, right)
    marks = [text("label", 4, 16, axes.upright, anchor="start"), *value_axis(upright, _LEFT, right, 4)]
    marks += _across(axes, across, upright.start)
    names = []
    for own, curve in enumerate(curves):
        place = own if curve.place is None else curve.place
        points = [
            (across.at(x), upright.at(y)) for x, y in zip(curve.x, curve.y, strict=True) if math.isfinite(y)
        ]
        if points:
            marks.append(course(points, place))
            names.append((points[-1][1], place, curve.label))
    marks += _names(names, right)
    described = " ".join(f"{curve.label}: {_ends(curve)}." for curve in curves)
    wide = max(_NAMES, 24 + 6.6 * max((len(curve.label) for curve in curves), default=0))
    drawing = Drawing(right + wide, upright.start + 44, axes.title, described, tuple(marks))
    rows = [(c.label, x, y) for c in curves for x, y in zip(c.x, c.y, strict=True)]
    return Figure(axes.name, drawing, ("curve", axes.across, axes.upright), tuple(rows))


def _across(axes: Axes, scale: Scale, y: float) -> list[Mark]:
    shown = ticks(scale.low, scale.high)
    places = tick_decimals(shown)
    marks = [line("axis", scale.start, y, scale.end, y)]
    for at in shown:
        x = scale.at(at)
        marks += [line("axis", x, y, x, y + 4), text("tick", x, y + 17, number(at, places))]
    for at, word in axes.marks:
        x = scale.at(at)
        marks += [line("guide", x, y, x, _TOP - 4), text("note", x + 4, _TOP - 2, word, anchor="start")]
    return [*marks, text("note", (scale.start + scale.end) / 2, y + 36, axes.across)]


def _names(ends: Sequence[tuple[float, int, str]], right: float) -> list[Mark]:
    """Write each curve's name beside its end, moved down where two would meet."""
    marks: list[Mark] = []
    last = -math.inf
    for height, place, label in sorted(ends):
        y = max(height, last + _APART)
        marks.append(course([(right + 6, y), (right + 16, y)], place))
        marks.append(text("note", right + 20, y + 4, label, anchor="start"))
        last = y
    return marks


def _ends(curve: Curve) -> str:
    known = [value for value in curve.y if math.isfinite(value)]
    return f"{number(known[0])} to {number(known[-1])}" if known else "no value"
