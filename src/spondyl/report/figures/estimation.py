"""Estimation plot of the primary endpoint: every animal, each group's centre, the effect with its interval.

Two groups share one panel, with the effect on a floating axis to the right (Gardner and Altman 1986, BMJ
292:746-750). More groups get a panel of effects below (Cumming 2012, Understanding the New Statistics).
"""

from __future__ import annotations

import math

from spondyl.report.figures.contrast import EFFECT, RIGHT, below, floating, rows
from spondyl.report.figures.drawing import Drawing, Figure, Mark, text
from spondyl.report.figures.frame import Bar, Cloud, bar, column_label, label_height, points, value_axis
from spondyl.report.figures.plan import LEFT, Plan
from spondyl.report.numbers import number
from spondyl.report.story import Story
from spondyl.trial import Comparison

_MOST_COLUMNS = 3
_COLUMNS = ("kind", "group", "against", "animal", "origin", "n", "value", "low", "high", "unit", "what")


def estimation(story: Story, comparison: Comparison) -> Figure:
    """Return the plot of the primary endpoint with its numbers."""
    plan = Plan.of(story, comparison)
    marks, width = _groups(plan), plan.right + 20
    bottom = plan.scale.start + 22 + _label_height(plan)
    if plan.floats:
        marks += floating(plan, comparison.effects[0])
        width = plan.right + EFFECT + RIGHT
    elif comparison.effects:
        many = len(comparison.effects) > _MOST_COLUMNS
        lower, bottom = (rows if many else below)(plan, bottom)
        marks += lower
        width = max(width, 480.0 if many else LEFT + plan.column * len(comparison.effects) + 20)
    title = f"{plan.words.subject}: every animal, centres and differences"
    drawing = Drawing(width, bottom + 4, title, _description(plan), tuple(marks))
    return Figure("primary", drawing, _COLUMNS, tuple(_numbers(plan)))


def _groups(plan: Plan) -> list[Mark]:
    endpoint = plan.words.endpoint
    unit = f" ({endpoint.unit})" if endpoint.unit else ""
    marks = value_axis(plan.scale, LEFT, plan.right)
    marks.append(text("label", 2, 14, f"{endpoint.symbol}{unit}", anchor="start"))
    for summary in plan.comparison.groups:
        arm = plan.arms[summary.group][1]
        x, narrow = plan.x(summary.group), plan.column < 100
        marks += points(
            _cloud(plan, summary.group, x - (10 if narrow else 14)), plan.scale, 5, 18 if narrow else 30
        )
        if summary.n > 1:
            aside = 22 if narrow else 34
            marks += bar(Bar(x + aside, plan.words.centre(summary), *plan.spread(summary)), plan.scale)
        notes = (arm.origin, f"n = {summary.n}")
        marks += column_label(x, plan.scale.start + 22, arm.label, plan.column - 8, notes)
    return marks


def _cloud(plan: Plan, group: str, x: float) -> Cloud:
    place, arm = plan.arms[group]
    chosen = [
        value for value in plan.comparison.values if value.group == group and math.isfinite(value.value)
    ]
    printed = tuple(plan.words.endpoint.scale * value.value for value in chosen)
    decimals = plan.words.decimals()
    hints = tuple(
        f"{value.animal}: {plan.words.amount(shown, decimals)}"
        for value, shown in zip(chosen, printed, strict=True)
    )
    return Cloud(x, place, arm.origin, printed, hints)


def _label_height(plan: Plan) -> float:
    labels = [plan.arms[group.group][1].label for group in plan.comparison.groups]
    groups = label_height(labels, plan.column - 8, 2)
    return (
        max(groups, label_height([plan.pair(plan.comparison.effects[0])], EFFECT - 2, 1))
        if plan.floats
        else groups
    )


def _description(plan: Plan) -> str:
    words = plan.words
    parts = []
    for summary in plan.comparison.groups:
        _, arm = plan.arms[summary.group]
        centre = words.amount(words.centre(summary), words.decimals())
        parts.append(f"{arm.label} ({arm.origin}): n = {summary.n}, centre {centre}.")
    for effect in plan.comparison.effects:
        ends = [number(end, words.decimals(effect), signed=True) for end in plan.ends(effect)]
        interval = f"{plan.coverage} {ends[1]} to {ends[2]} {words.endpoint.difference_unit}".strip()
        parts.append(f"{plan.pair(effect)}: {ends[0]}, {interval}.")
    return " ".join(parts)


def _numbers(plan: Plan) -> list[tuple[str | float | int, ...]]:
    comparison, unit = plan.comparison, plan.comparison.unit
    parametric = not comparison.primary.by_ranks
    found: list[tuple[str | float | int, ...]] = []
    for value in comparison.values:
        origin = plan.arms[value.group][1].origin if value.group in plan.arms else ""
        found.append(
            ("animal", value.group, "", value.animal, origin, "", value.value, "", "", unit, "value")
        )
    for group in comparison.groups:
        shown = (
            (group.mean, group.ci_low, group.ci_high) if parametric else (group.median, group.q1, group.q3)
        )
        what = f"mean, {plan.coverage}" if parametric else "median, quartiles"
        origin = plan.arms[group.group][1].origin
        found.append(("group", group.group, "", "", origin, group.n, *shown, unit, what))
    for effect in comparison.effects:
        what = f"{effect.estimator}, {plan.coverage}"
        ends = (effect.difference, effect.ci_low, effect.ci_high)
        found.append(("effect", effect.group, effect.against, "", "", "", *ends, unit, what))
    return found
