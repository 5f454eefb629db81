"""Two ways to measure one quantity: the line of identity, and differences over means (Bland & Altman)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.report.endpoint import Endpoint
from spondyl.report.figures.drawing import Drawing, Figure, Mark, dot, line, text
from spondyl.report.figures.frame import value_axis
from spondyl.report.figures.scale import Scale, covering, tick_decimals, ticks
from spondyl.report.numbers import number

_LEFT, _WIDE, _TALL, _TOP, _FOOT, _GAP = 64.0, 230.0, 200.0, 44.0, 60.0, 96.0
_COLUMNS = ("measurement", "name", "theirs", "ours", "difference", "flag", "unit")


@dataclass(frozen=True, slots=True)
class Compared:
    """One quantity of several measurements, by both ways.

    Parameters
    ----------
    endpoint : name and printed unit.
    unit : unit of the numbers.
    names : of the measurements.
    theirs, ours : the numbers, not rescaled.
    flags : what the scanner's software set, empty without a flag.
    bias, low, high : mean difference and limits of agreement; None where too few pairs count.
    """

    endpoint: Endpoint
    unit: str
    names: tuple[str, ...]
    theirs: tuple[float, ...]
    ours: tuple[float, ...]
    flags: tuple[str, ...]
    bias: float | None
    low: float | None
    high: float | None


def agreement_figure(compared: Sequence[Compared], theirs: str, ours: str) -> Figure:
    """Return one row of two plots for each quantity; flagged numbers are hollow.

    Parameters
    ----------
    compared : the quantities, at least one.
    theirs, ours : what the two ways are called.
    """
    marks: list[Mark] = []
    height = _TOP + _TALL + _FOOT
    for place, one in enumerate(compared):
        marks += _row(one, place * height, theirs, ours)
    drawing = Drawing(
        _LEFT + 2 * _WIDE + _GAP + 24,
        height * len(compared),
        f"{ours} beside {theirs}",
        " ".join(_told(one) for one in compared),
        tuple(marks),
    )
    return Figure("agreement", drawing, _COLUMNS, tuple(row for one in compared for row in _rows(one)))


def _row(one: Compared, top: float, theirs: str, ours: str) -> list[Mark]:
    factor, unit = one.endpoint.scale, one.endpoint.unit
    mine, other = ([factor * v for v in values] for values in (one.ours, one.theirs))
    title = f"{one.endpoint.symbol} ({unit})" if unit else one.endpoint.symbol
    low, high = top + _TOP + _TALL, top + _TOP
    across = covering([*mine, *other], _LEFT, _LEFT + _WIDE)
    up = covering([*mine, *other], low, high)
    marks = [text("label", 4, top + 18, title, anchor="start"), *_frame(across, up, theirs)]
    marks.append(text("note", _LEFT, top + 36, f"{ours}, up; the line is identity", anchor="start"))
    ends = (max(across.low, up.low), min(across.high, up.high))
    marks.append(line("guide", across.at(ends[0]), up.at(ends[0]), across.at(ends[1]), up.at(ends[1])))
    marks += _points(one, other, mine, across, up)
    start = _LEFT + _WIDE + _GAP
    means = [(a + b) / 2 for a, b in zip(mine, other, strict=True)]
    apart = [a - b for a, b in zip(mine, other, strict=True)]
    known = [factor * level for level in (one.bias, one.low, one.high) if level is not None]
    across = covering(means, start, start + _WIDE)
    up = covering([*apart, *known, 0.0], low, high)
    marks += _frame(across, up, f"mean of both{f', {unit}' if unit else ''}")
    marks.append(text("note", start, top + 36, f"{ours} minus {theirs}", anchor="start"))
    if up.low <= 0 <= up.high:
        marks.append(line("axis", start, up.at(0), start + _WIDE, up.at(0)))
    roles = ("effect", "guide", "guide")
    marks += [
        line("summary" if role == "effect" else role, start, up.at(level), start + _WIDE, up.at(level))
        for role, level in zip(roles, known, strict=False)
    ]
    return marks + _points(one, means, apart, across, up)


def _frame(across: Scale, up: Scale, title: str) -> list[Mark]:
    marks = value_axis(up, across.start, across.end, 5)
    marks.append(line("axis", across.start, up.start, across.end, up.start))
    places = ticks(across.low, across.high, 4)
    decimals = tick_decimals(places)
    for place in places:
        x = across.at(place)
        marks.append(line("axis", x, up.start, x, up.start + 4))
        marks.append(text("tick", x, up.start + 18, number(place, decimals)))
    middle = (across.start + across.end) / 2
    return [*marks, text("note", middle, up.start + 38, title)]


def _points(one: Compared, xs: Sequence[float], ys: Sequence[float], across: Scale, up: Scale) -> list[Mark]:
    return [
        dot(
            across.at(x), up.at(y), 3.6, 0, "simulated" if flag else "measured",
            f"{name}{f', flagged {flag}' if flag else ''}: {number(y)}",
        )
        for x, y, name, flag in zip(xs, ys, one.names, one.flags, strict=True)
    ]  # fmt: skip


def _told(one: Compared) -> str:
    counted = sum(not flag for flag in one.flags)
    if one.bias is None:
        return f"{one.endpoint.title}: {len(one.flags)} pairs, all of them flagged."
    factor, unit = one.endpoint.scale, one.endpoint.difference_unit
    said = f"{one.endpoint.title}: {counted} pairs, bias {number(factor * one.bias, signed=True)} {unit}"
    if one.low is None or one.high is None:
        return f"{said}."
    return f"{said}, limits of agreement {number(factor * one.low)} to {number(factor * one.high)} {unit}."


def _rows(one: Compared) -> list[tuple[str | float | int, ...]]:
    return [
        (name, one.endpoint.key, other, mine, mine - other, flag, one.unit)
        for name, other, mine, flag in zip(one.names, one.theirs, one.ours, one.flags, strict=True)
    ]
