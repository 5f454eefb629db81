"""The words for one comparison: labels, numbers with units, one sentence per pair of groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from spondyl.report.endpoint import Endpoint, endpoint_of
from spondyl.report.numbers import MISSING, THIN, decimals_for, number, p_value, percent
from spondyl.report.rows import arms_of, week_text
from spondyl.report.story import Story
from spondyl.trial import Comparison, Effect, GroupSummary

Verdict = Literal["higher", "lower", "unsettled"]

_MOST_PAIRS, _MOST_NAMED = 3, 3


SINGLE = {
    "parametric": "Welch\u2019s t-test",
    "anova": "Student\u2019s t-test",
    "rank": "Mann\u2013Whitney U test",
    "dunn": "Dunn\u2019s test",
    "mixed": "mixed model",
}
"""Declared test \u2192 the test of one pair among several."""

ALONE = SINGLE | {"dunn": "Mann\u2013Whitney U test"}
"""The same where there is one pair only."""

SIMULTANEOUS = {
    "Games-Howell": "Games\u2013Howell test",
    "Tukey": "Tukey\u2019s test",
    "Dunnett": "Dunnett\u2019s test",
}
"""Adjustments that are tests of their own."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One sentence or two below the headline; `lead` says which pair they are about."""

    text: str
    lead: str = ""


def verdict(effect: Effect, alpha: float) -> Verdict:
    """Return the direction that the data support, or ``"unsettled"``."""
    if not (effect.p_adjusted < alpha and _leaves_zero_out(effect)):
        return "unsettled"
    return "lower" if effect.difference < 0 else "higher"


def pair_test(comparison: Comparison) -> str:
    """Return the test of one pair of groups, with the adjustment when there is one."""
    if comparison.adjustment in SIMULTANEOUS:
        return SIMULTANEOUS[comparison.adjustment]
    alone = comparison.adjustment in {"", "none"}
    plain = (ALONE if len(comparison.groups) == 2 else SINGLE)[comparison.primary.test]
    return plain if alone else f"{plain}, {comparison.adjustment}-adjusted"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one comparison: labels, endpoint, decimals."""

    comparison: Comparison
    endpoint: Endpoint
    labels: Mapping[str, str]

    @classmethod
    def of(cls, story: Story, comparison: Comparison) -> Wording:
        """Gather labels and units from a story."""
        primary = comparison.primary
        endpoint = endpoint_of(primary.assay, primary.name, comparison.unit)
        return cls(comparison, endpoint, {arm.group: arm.label for arm in arms_of(story)})

    @property
    def plain_subject(self) -> str:
        """Endpoint and week as they stand inside a sentence."""
        week = week_text(self.comparison.primary.week)
        return self.endpoint.title + (f" at week\u00a0{week}" if week else "")

    @property
    def subject(self) -> str:
        """Endpoint and week at the start of a sentence; a bare key keeps its spelling."""
        return self.endpoint.opening(self.plain_subject)

    def headline(self, effect: Effect) -> str:
        """Return the sentence about one pair, without numbers."""
        group, against = self.label(effect.group), self.label(effect.against)
        found = verdict(effect, self.comparison.primary.alpha)
        if found == "unsettled":
            return (
                f"The data do not settle whether {self.plain_subject} differs between {group} and {against}."
            )
        return f"{self.subject} was {found} in {group} than in {against}."

    def overall(self) -> str:
        """Return the sentence about all groups, without numbers."""
        labels = [self.label(summary.group) for summary in self.comparison.groups]
        groups = listed(labels) if len(labels) <= _MOST_NAMED else f"the {len(labels)} groups"
        omnibus = self.comparison.omnibus
        if omnibus is None:
            return f"{self.subject} was compared pair by pair between {groups}."
        if omnibus.p < self.comparison.primary.alpha:
            return f"{self.subject} differed between {groups}."
        return f"The data do not settle whether {self.plain_subject} differs between {groups}."

    def details(self, effect: Effect) -> str:
        """Return the numbers of one pair: estimate, interval, test and n."""
        alpha = self.comparison.primary.alpha
        rest = f"{pair_test(self.comparison)}, {p_value(effect.p_adjusted, alpha)}; {self._sizes(effect)}."
        if verdict(effect, alpha) != "unsettled":
            return f"{self._centres(effect)}; {self._estimate(effect)}; {rest}"
        if not math.isfinite(effect.ci_low) or not math.isfinite(effect.ci_high):
            return f"No interval could be computed. {self._centres(effect)}; {rest}"
        return f"{self._compatible(effect)} {self._centres(effect)}; {rest}{self._disagreement(effect)}"

    def pairs(self) -> tuple[Detail, ...]:
        """Return one sentence for the test over all groups and one per pair."""
        said = []
        omnibus, alpha = self.comparison.omnibus, self.comparison.primary.alpha
        if omnibus is not None:
            said.append(Detail(f"{omnibus.name} over all groups: {p_value(omnibus.p, alpha)}."))
        for effect in self.comparison.effects[:_MOST_PAIRS]:
            found = verdict(effect, alpha)
            against = f"{self.label(effect.group)} against {self.label(effect.against)}"
            opening = "not settled" if found == "unsettled" else found
            said.append(Detail(self.details(effect), f"{against}: {opening}."))
        further = len(self.comparison.effects) - _MOST_PAIRS
        if further > 0:
            said.append(Detail(f"{further} further {plural(further, 'pair')}: see Statistics."))
        return tuple(said)

    def observed(self) -> str:
        """Return what was seen in each group, without a claim."""
        return f"Observed: {'; '.join(self._seen(summary) for summary in self.comparison.groups)}."

    def label(self, group: str) -> str:
        """Return the group as the report names it."""
        return self.labels.get(group, group)

    def centre(self, summary: GroupSummary) -> float:
        """Return the mean, or the median for a rank test, in the printed unit."""
        middle = summary.median if self.comparison.primary.by_ranks else summary.mean
        return self.endpoint.scale * middle

    def amount(self, value: float, decimals: int | None) -> str:
        """Print a value with its unit."""
        text = number(value, decimals)
        return f"{text}{THIN}{self.endpoint.unit}" if self.endpoint.unit and text != MISSING else text

    def decimals(self, effect: Effect | None = None) -> int | None:
        """Return decimals from the interval of an effect, else from the widest spread of a group."""
        scale = self.endpoint.scale
        if effect is not None:
            found = decimals_for(scale * (effect.ci_high - effect.ci_low) / 2)
            if found is not None:
                return found
        spreads = [scale * group.sd for group in self.comparison.groups if math.isfinite(group.sd)]
        return decimals_for(max(spreads, default=math.nan))

    def _summary(self, group: str) -> GroupSummary:
        return next(summary for summary in self.comparison.groups if summary.group == group)

    def _centres(self, effect: Effect) -> str:
        places = self.decimals(effect)
        here, there = (self.centre(self._summary(group)) for group in (effect.group, effect.against))
        word = "Median" if self.comparison.primary.by_ranks else "Mean"
        return f"{word} {self.amount(here, places)} against {self.amount(there, places)}"

    def _estimate(self, effect: Effect) -> str:
        return (
            f"{_estimator(effect)} {self._difference(effect.difference, effect)} ({self._interval(effect)})"
        )

    def _compatible(self, effect: Effect) -> str:
        scale, places = self.endpoint.scale, self.decimals(effect)
        low, high = (number(scale * end, places, signed=True) for end in (effect.ci_low, effect.ci_high))
        unit = (
            f"{_gap(self.endpoint)}{self.endpoint.difference_unit}" if self.endpoint.difference_unit else ""
        )
        coverage = percent(1 - self.comparison.primary.alpha)
        estimate = f"{_estimator(effect)} {self._difference(effect.difference, effect)}"
        return (
            f"Differences from {low} to {high}{unit} remain compatible with the data "
            f"({coverage} interval; {estimate})."
        )

    def _difference(self, difference: float, effect: Effect) -> str:
        text = number(self.endpoint.scale * difference, self.decimals(effect), signed=True)
        unit = self.endpoint.difference_unit
        return f"{text}{_gap(self.endpoint)}{unit}" if unit else text

    def _interval(self, effect: Effect) -> str:
        scale, places = self.endpoint.scale, self.decimals(effect)
        low, high = (number(scale * end, places, signed=True) for end in (effect.ci_low, effect.ci_high))
        return f"{percent(1 - self.comparison.primary.alpha)} interval {low} to {high}"

    def _sizes(self, effect: Effect) -> str:
        return f"n\u00a0=\u00a0{self._summary(effect.group).n} and\u00a0{self._summary(effect.against).n}"

    def _disagreement(self, effect: Effect) -> str:
        significant = effect.p_adjusted < self.comparison.primary.alpha
        if significant == _leaves_zero_out(effect):
            return ""
        return " The interval and the p value disagree about zero, so no difference is claimed."

    def _seen(self, summary: GroupSummary) -> str:
        label = self.label(summary.group)
        if summary.n == 0:
            return f"{label} no value (n\u00a0=\u00a00)"
        word = "" if summary.n == 1 else "median " if self.comparison.primary.by_ranks else "mean "
        return (
            f"{label} {word}{self.amount(self.centre(summary), self.decimals())} (n\u00a0=\u00a0{summary.n})"
        )


def listed(words: Sequence[str]) -> str:
    """Join words for a sentence: ``"a, b and c"``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def plural(count: int, word: str) -> str:
    """Return the word, with an s when there is more or less than one."""
    return word if count == 1 else f"{word}s"


def _estimator(effect: Effect) -> str:
    known = {
        "difference of means": "difference",
        "difference of model means": "difference",
        "Hodges-Lehmann shift": "Hodges\u2013Lehmann shift",
    }
    return known.get(effect.estimator, effect.estimator)


def _gap(endpoint: Endpoint) -> str:
    # A word takes a full space, a unit symbol a thin one.
    return "\u00a0" if endpoint.unit == "%" else THIN


def _leaves_zero_out(effect: Effect) -> bool:
    return effect.ci_low > 0 or effect.ci_high < 0
