"""The parts that all plots share: axes with ticks, group labels, a group's points and summary."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.report.figures.drawing import Mark, Origin, centre, dot, line, text
from spondyl.report.figures.scale import Scale, tick_decimals, ticks
from spondyl.report.figures.swarm import offsets
from spondyl.report.numbers import number

_LETTER = 0.58  # mean width of a letter over font size, for breaking labels
_LINE = 15.0


@dataclass(frozen=True, slots=True)
class Cloud:
    """One group's animals at one place of a plot.

    Parameters
    ----------
    x : middle of the points.
    arm, origin : colour and kind of mark.
    values, hints : printed values and what the pointer shows on each.
    """

    x: float
    arm: int
    origin: Origin
    values: tuple[float, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A centre with an interval at one place of a plot; NaN leaves a part out."""

    x: float
    middle: float
    low: float
    high: float


def points(cloud: Cloud, scale: Scale, radius: float, half_width: float) -> list[Mark]:
    """Return every animal as a point."""
    heights = [scale.at(value) for value in cloud.values]
    aside = offsets(heights, 2 * radius + 1, half_width)
    return [
        dot(cloud.x + offset, height, radius, cloud.arm, cloud.origin, hint)
        for offset, height, hint in zip(aside, heights, cloud.hints, strict=True)
    ]


def bar(place: Bar, scale: Scale, role: str = "centre", radius: float = 4.5) -> list[Mark]:
    """Return a centre with its interval."""
    marks = []
    if math.isfinite(place.low) and math.isfinite(place.high):
        marks.append(line("summary", place.x, scale.at(place.low), place.x, scale.at(place.high)))
    if math.isfinite(place.middle):
        marks.append(centre(role, place.x, scale.at(place.middle), radius))
    return marks


def value_axis(scale: Scale, x: float, right: float, count: int = 5) -> list[Mark]:
    """Return an upright axis at `x` with ticks, and grid lines to `right`."""
    marks = ticks(scale.low, scale.high, count)
    places = tick_decimals(marks)
    drawn = [line("grid", x, scale.at(mark), right, scale.at(mark)) for mark in marks]
    drawn.append(line("axis", x, scale.start, x, scale.end))
    drawn += [line("axis", x - 4, scale.at(mark), x, scale.at(mark)) for mark in marks]
    return drawn + [
        text("tick", x - 8, scale.at(mark) + 4, number(mark, places), anchor="end") for mark in marks
    ]


def column_label(x: float, y: float, label: str, width: float, notes: Sequence[str]) -> list[Mark]:
    """Return a label broken to `width` with notes below it; the whole label shows under the pointer."""
    lines = broken(label, width, 13)
    marks = [text("label", x, y + _LINE * i, part, hint=label) for i, part in enumerate(lines)]
    below = y + _LINE * len(lines)
    return marks + [text("note", x, below + _LINE * i, note) for i, note in enumerate(notes)]


def broken(label: str, width: float, size: float, most: int = 6) -> list[str]:
    """Return a label as at most `most` lines that fit `width`."""
    letters = max(int(width / (size * _LETTER)), 4)
    return textwrap.wrap(label, letters, max_lines=most, placeholder="\u2026") or [label[:letters]]


def word_width(labels: Sequence[str]) -> float:
    """Return the width that the longest word of several labels needs, within reason."""
    longest = max((len(word) for label in labels for word in label.split()), default=1)
    return min(longest, 16) * 13 * _LETTER + 10


def label_height(labels: Sequence[str], width: float, notes: int) -> float:
    """Return the height that the tallest of several labels takes."""
    return _LINE * (max(len(broken(label, width, 13)) for label in labels) + notes)
