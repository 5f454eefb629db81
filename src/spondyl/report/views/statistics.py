"""Statistics in full: groups, test over all groups, pairs, notes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spondyl.report.material import Material
from spondyl.report.numbers import number, p_value, percent
from spondyl.report.table import Table
from spondyl.report.wording import Wording, pair_test
from spondyl.trial import Comparison, Effect, GroupSummary

FAMILIES = {
    "parametric": "parametric (Welch)",
    "anova": "parametric, one spread in all groups (analysis of variance)",
    "rank": "rank (Mann\u2013Whitney)",
    "dunn": "rank (Kruskal\u2013Wallis, Dunn)",
    "mixed": "mixed model of all weeks",
}
"""Declared test in words."""


def statistics(material: Material) -> Mapping[str, object]:
    """Return the tables of the comparison; None where nothing could be compared."""
    comparison = material.story.comparison
    if comparison is None:
        return {"comparison": None, "reason": material.story.no_comparison or "The run gave no reason."}
    words = Wording.of(material.story, comparison)
    return {
        "comparison": comparison,
        "subject": words.subject,
        "declared": _declared(words),
        "groups": _groups(words),
        "omnibus": _omnibus(comparison),
        "effects": _effects(words) if comparison.effects else None,
        "checks": _checks(comparison) if comparison.checks else None,
    }


def _declared(words: Wording) -> list[tuple[str, str]]:
    primary = words.comparison.primary
    control = (
        "every pair" if primary.control is None else f"each group against {words.label(primary.control)}"
    )
    kind = FAMILIES[primary.test]
    return [
        ("Endpoint", words.subject),
        ("Test family", kind),
        ("Compared", control),
        ("Two-sided error level", number(primary.alpha)),
        ("Adjustment", words.comparison.adjustment or "none"),
    ]


def _groups(words: Wording) -> Table:
    coverage = percent(1 - words.comparison.primary.alpha)
    head = ("Group", "n", "Mean", "SD", f"{coverage} interval", "Median", "Quartiles")
    unit = f" in {words.endpoint.unit}" if words.endpoint.unit else ""
    rows = tuple(_group(words, summary) for summary in words.comparison.groups)
    return Table(f"Groups: {words.plain_subject}{unit}.", head, rows)


def _group(words: Wording, group: GroupSummary) -> tuple[str, ...]:
    places = words.decimals()
    decimals = None if places is None else places + 1
    shown = [
        number(words.endpoint.scale * value, decimals)
        for value in (group.mean, group.sd, group.ci_low, group.ci_high, group.median, group.q1, group.q3)
    ]
    mean, sd, low, high, median, first, third = shown
    return (
        words.label(group.group),
        str(group.n),
        mean,
        sd,
        _range(low, high, group.ci_low),
        median,
        _range(first, third, group.q1),
    )


def _omnibus(comparison: Comparison) -> str | None:
    test = comparison.omnibus
    if test is None:
        return None
    degrees = ", ".join(number(df, 0 if df == round(df) else 1) for df in test.df)
    freedom = f" ({degrees} degrees of freedom)" if degrees else ""
    found = f"statistic {number(test.statistic, 2)}{freedom}"
    return f"{test.name}: {found}, {p_value(test.p, comparison.primary.alpha)}."


def _checks(comparison: Comparison) -> Table:
    rows = tuple(
        (check.assumption, check.test, number(check.statistic, 3), _bare(check.p, comparison.primary.alpha))
        for check in comparison.checks
    )
    caption = "Assumptions looked at; they change no test, and small groups hide much."
    return Table(caption, ("Assumption", "Test", "Statistic", "p"), rows, frozenset({0, 1}))


def _effects(words: Wording) -> Table:
    coverage = percent(1 - words.comparison.primary.alpha)
    adjusted = words.comparison.adjustment not in {"", "none"}
    sizes = {effect.size_name for effect in words.comparison.effects}
    size = sizes.pop() if len(sizes) == 1 else "Standardised effect"
    unit = f" in {words.endpoint.difference_unit}" if words.endpoint.difference_unit else ""
    head = ("Pair", "Estimate", "Difference", f"{coverage} interval", size, f"{coverage} interval", "p")
    caption = f"Differences{unit}; {pair_test(words.comparison)}."
    rows = tuple(_effect(words, effect, adjusted) for effect in words.comparison.effects)
    return Table(caption, (*head, "p adjusted") if adjusted else head, rows, frozenset({0, 1}))


def _effect(words: Wording, effect: Effect, adjusted: bool) -> tuple[str, ...]:
    places, scale = words.decimals(effect), words.endpoint.scale
    decimals = None if places is None else places + 1
    difference, low, high = (
        number(scale * value, decimals, signed=True)
        for value in (effect.difference, effect.ci_low, effect.ci_high)
    )
    size, least, most = (
        number(value, 2, signed=True) for value in (effect.size, effect.size_low, effect.size_high)
    )
    pair = f"{words.label(effect.group)} minus {words.label(effect.against)}"
    ps = (effect.p, effect.p_adjusted) if adjusted else (effect.p,)
    return (
        pair,
        effect.estimator,
        difference,
        _range(low, high, effect.ci_low),
        size,
        _range(least, most, effect.size_low),
        *(_bare(p, words.comparison.primary.alpha) for p in ps),
    )


def _bare(p: float, alpha: float) -> str:
    return p_value(p, alpha).removeprefix("p\u00a0").removeprefix("=\u00a0")


def _range(low: str, high: str, witness: float) -> str:
    return f"{low} to {high}" if math.isfinite(witness) else low
