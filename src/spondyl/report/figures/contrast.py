"""Differences with intervals: floating beside two groups, below a few, or in rows when there are many."""

from __future__ import annotations

import math

from spondyl.report.figures.drawing import Mark, centre, line, text
from spondyl.report.figures.frame import Bar, bar, column_label, label_height, value_axis
from spondyl.report.figures.plan import LEFT, Plan
from spondyl.report.figures.scale import Scale, covering, tick_decimals, ticks
from spondyl.report.numbers import number
from spondyl.trial import Effect

EFFECT, RIGHT = 96.0, 46.0
_LOWER, _LOWER_PLOT = 52.0, 120.0
_NAMES, _ROW, _ROWS_PLOT, _LETTERS = 212.0, 34.0, 250.0, 29


def floating(plan: Plan, effect: Effect) -> list[Mark]:
    """Return the difference on its own axis, whose zero lies at the centre of the other group."""
    base, scale = plan.base(effect), plan.scale
    x, right = plan.right + EFFECT / 2, plan.right + EFFECT
    group = next(summary for summary in plan.comparison.groups if summary.group == effect.group)
    height = scale.at(plan.words.centre(group))
    difference, low, high = plan.ends(effect)
    marks = [
        line("guide", plan.x(effect.against) + 34, scale.at(base), right, scale.at(base)),
        line("guide", plan.x(effect.group) + 34, height, x, height),
        *bar(Bar(x, base + difference, base + low, base + high), scale, "effect", 5.5),
        *_floating_axis(plan, effect, right),
        text("label", right + RIGHT - 4, 14, plan.difference_title, anchor="end"),
    ]
    return marks + column_label(x, scale.start + 22, plan.pair(effect), EFFECT - 2, (plan.coverage,))


def below(plan: Plan, top: float) -> tuple[list[Mark], float]:
    """Return one column per difference below the groups, and the lower end of what was drawn."""
    effects = plan.comparison.effects
    start = top + _LOWER + _LOWER_PLOT - 24
    scale = covering(
        [0.0, *(end for effect in effects for end in plan.ends(effect))], start, start - _LOWER_PLOT
    )
    right = LEFT + plan.column * max(len(effects), len(plan.comparison.groups))
    marks = value_axis(scale, LEFT, right, 4)
    marks.append(line("guide", LEFT, scale.at(0), right, scale.at(0)))
    marks.append(text("label", 2, scale.end - 16, plan.difference_title, anchor="start"))
    width = plan.column - 8
    for effect, x in zip(effects, _places(plan), strict=True):
        marks += bar(Bar(x, *plan.ends(effect)), scale, "effect", 5.5)
        marks += column_label(x, start + 22, plan.pair(effect), width, (plan.coverage,))
    return marks, start + 22 + label_height([plan.pair(effect) for effect in effects], width, 1)


def rows(plan: Plan, top: float) -> tuple[list[Mark], float]:
    """Return one row per difference below the groups, and the lower end of what was drawn."""
    effects = plan.comparison.effects
    first = top + _LOWER
    bottom = first + _ROW * len(effects)
    seen = [0.0, *(end for effect in effects for end in plan.ends(effect))]
    scale = covering(seen, _NAMES, _NAMES + _ROWS_PLOT)
    shown = ticks(scale.low, scale.high)
    marks = [text("label", 2, first - 22, f"{plan.difference_title}, {plan.coverage}", anchor="start")]
    for mark in shown:
        x = scale.at(mark)
        marks.append(line("guide" if mark == 0 else "grid", x, first - 10, x, bottom))
        label = number(mark, tick_decimals(shown), signed=True)
        marks += [line("axis", x, bottom, x, bottom + 4), text("tick", x, bottom + 18, label)]
    marks.append(line("axis", scale.start, bottom, scale.end, bottom))
    for place, effect in enumerate(effects):
        marks += _row(plan, effect, scale, first + _ROW * (place + 0.35))
    return marks, bottom + 22


def _row(plan: Plan, effect: Effect, scale: Scale, y: float) -> list[Mark]:
    names = plan.words.label(effect.group), f"minus {plan.words.label(effect.against)}"
    marks = [
        text("note", _NAMES - 10, height, _clipped(name), anchor="end", hint=plan.pair(effect))
        for name, height in zip(names, (y - 3, y + 11), strict=True)
    ]
    difference, low, high = plan.ends(effect)
    if math.isfinite(low) and math.isfinite(high):
        marks.append(line("summary", scale.at(low), y, scale.at(high), y))
    return [*marks, centre("effect", scale.at(difference), y, 5)] if math.isfinite(difference) else marks


def _clipped(name: str) -> str:
    # Names of related groups begin alike and differ at the end, so the middle is left out.
    if len(name) <= _LETTERS:
        return name
    half = (_LETTERS - 1) // 2
    return f"{name[:half].rstrip()}\u2026{name[-half:].lstrip()}"


def _floating_axis(plan: Plan, effect: Effect, x: float) -> list[Mark]:
    scale, base = plan.scale, plan.base(effect)
    ends = [0.0, *(end for end in plan.ends(effect) if math.isfinite(end))]
    room = 0.12 * (max(ends) - min(ends))
    low, high = max(min(ends) - room, scale.low - base), min(max(ends) + room, scale.high - base)
    marks = [line("axis", x, scale.at(base + low), x, scale.at(base + high))]
    shown = ticks(low, high, 4) if high > low else (0.0,)
    for mark in shown:
        y = scale.at(base + mark)
        label = number(mark, tick_decimals(shown), signed=True)
        marks += [line("axis", x, y, x + 4, y), text("tick", x + 8, y + 4, label, anchor="start")]
    return marks


def _places(plan: Plan) -> list[float]:
    # Against a control each effect stands below its group; otherwise pairs fill the row in order.
    effects = plan.comparison.effects
    groups = {effect.group for effect in effects}
    if len({effect.against for effect in effects}) == 1 and len(groups) == len(effects):
        return [plan.x(effect.group) for effect in effects]
    return [LEFT + plan.column * (place + 0.5) for place in range(len(effects))]
