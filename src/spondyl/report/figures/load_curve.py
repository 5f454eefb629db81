"""A load curve with what was read off it: the straight part, yield and the ultimate load."""

from __future__ import annotations

from dataclasses import dataclass

from spondyl.report.figures.drawing import Drawing, Figure, Mark, area, centre, course, line, text
from spondyl.report.figures.frame import value_axis
from spondyl.report.figures.scale import Scale, covering, tick_decimals, ticks
from spondyl.report.numbers import number

_LEFT, _TOP, _TALL, _WIDE, _MOST = 64.0, 58.0, 240.0, 400.0, 700


@dataclass(frozen=True, slots=True)
class Reading:
    """What is drawn.

    Parameters
    ----------
    title : of the plot, such as the name of the file.
    displacement_mm, load_N : of the specimen, in the order of recording.
    straight : first and last sample of the straight part.
    line_mm, line_N : two points of the elastic line: zero load, and above the largest one.
    yield_mm, yield_N : two points of the line that decides on yield.
    points : displacement, load and name of what was read, such as yield and ultimate.
    """

    title: str
    displacement_mm: tuple[float, ...]
    load_N: tuple[float, ...]  # noqa: N815  the unit is the newton
    straight: tuple[int, int]
    line_mm: tuple[float, float]
    line_N: tuple[float, float]  # noqa: N815
    yield_mm: tuple[float, float]
    yield_N: tuple[float, float]  # noqa: N815
    points: tuple[tuple[float, float, str], ...]


def load_curve_figure(reading: Reading) -> Figure:
    """Return the plot with every sample of the record as its numbers."""
    across = covering(reading.displacement_mm, _LEFT, _LEFT + _WIDE, 0.03)
    upright = covering([0.0, *reading.load_N], _TOP + _TALL, _TOP)
    samples = list(zip(reading.displacement_mm, reading.load_N, strict=True))
    first, last = reading.straight
    marks = [
        text("label", 4, 18, reading.title, anchor="start"),
        text("note", 4, 36, "load, N", anchor="start"),
    ]
    marks += [*value_axis(upright, _LEFT, _LEFT + _WIDE), *_across(across, upright.start)]
    ground = [(across.at(samples[place][0]), upright.start) for place in (last, first)]
    part = _path(samples[first : last + 1], across, upright)
    marks.append(area([*part, *ground], 2, "straight part"))
    marks.append(course(_path(samples, across, upright), 0))
    marks.append(course(part, 2))
    for xs, ys, arm in ((reading.line_mm, reading.line_N, 2), (reading.yield_mm, reading.yield_N, 1)):
        marks.append(course(_within(xs, ys, across, upright), arm))
    for x, load, name in reading.points:
        marks.append(centre("effect", across.at(x), upright.at(load), 4.5))
        marks.append(text("note", across.at(x) + 9, upright.at(load) + 15, name, anchor="start"))
    told = " ".join(f"{name} at {x:.4g} mm and {load:.4g} N." for x, load, name in reading.points)
    drawing = Drawing(_LEFT + _WIDE + 96, upright.start + 48, reading.title, told, tuple(marks))
    rows = tuple((place, x, load, int(first <= place <= last)) for place, (x, load) in enumerate(samples))
    return Figure("load_curve", drawing, ("sample", "displacement_mm", "load_N", "straight"), rows)


def _path(samples: list[tuple[float, float]], across: Scale, upright: Scale) -> list[tuple[float, float]]:
    step = max(1, len(samples) // _MOST)
    kept = [*samples[::step], samples[-1]]
    return [(across.at(x), upright.at(y)) for x, y in kept]


def _within(
    xs: tuple[float, float], ys: tuple[float, float], across: Scale, upright: Scale
) -> list[tuple[float, float]]:
    """Return the part of a rising line that lies within the plot."""
    slope = (ys[1] - ys[0]) / (xs[1] - xs[0])
    top = min(upright.high, ys[0] + slope * (across.high - xs[0]))
    low = max(min(ys), 0.0)
    ends = [(xs[0] + (y - ys[0]) / slope, y) for y in (low, top)]
    return [(across.at(x), upright.at(y)) for x, y in ends]


def _across(scale: Scale, y: float) -> list[Mark]:
    shown = ticks(scale.low, scale.high)
    marks = [line("axis", scale.start, y, scale.end, y)]
    for at in shown:
        x = scale.at(at)
        label = number(at, tick_decimals(shown))
        marks += [line("axis", x, y, x, y + 4), text("tick", x, y + 18, label)]
    return [*marks, text("note", (scale.start + scale.end) / 2, y + 38, "displacement, mm")]
