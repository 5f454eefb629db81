"""What a comparison of groups is: plain values that the report and the table print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TestKind = Literal["parametric", "anova", "rank", "dunn", "mixed"]

RANKS: tuple[TestKind, ...] = ("rank", "dunn")
"""Tests whose effects are shifts, told beside medians."""


@dataclass(frozen=True, slots=True)
class Primary:
    """The primary endpoint, declared before the data are seen.

    Parameters
    ----------
    assay, name : the measurement, e.g. ``"microct"`` and ``"bv_tv"``.
    week : follow-up week; None when the study has one time point only.
    test : ``"parametric"`` (Welch's t or Welch's ANOVA with Games-Howell), ``"anova"`` (one spread in all
        groups: one-way ANOVA with Tukey, or with Dunnett against a control), ``"rank"`` (Mann-Whitney or
        Kruskal-Wallis with Holm-adjusted Mann-Whitney), ``"dunn"`` (Kruskal-Wallis with Dunn's test) or
        ``"mixed"`` (a mixed model of all weeks).
    control : group that the others are compared with; None compares all pairs.
    alpha : two-sided error level; intervals cover ``1 - alpha``.
    """

    assay: str
    name: str
    week: float | None
    test: TestKind
    control: str | None = None
    alpha: float = 0.05

    @property
    def by_ranks(self) -> bool:
        """Whether the test compares ranks, so that medians stand for the groups."""
        return self.test in RANKS


@dataclass(frozen=True, slots=True)
class AnimalValue:
    """The primary endpoint of one animal."""

    animal: str
    group: str
    value: float


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One group: size, mean with interval, spread, quartiles. NaN stands for what n does not allow."""

    group: str
    n: int
    mean: float
    sd: float
    ci_low: float
    ci_high: float
    median: float
    q1: float
    q3: float


@dataclass(frozen=True, slots=True)
class Effect:
    """One group against another.

    Parameters
    ----------
    group, against : the pair; the difference is `group` minus `against`.
    estimator : what `difference` is, e.g. ``"difference of means"`` or ``"Hodges-Lehmann shift"``.
    difference, ci_low, ci_high : in the unit of the endpoint; the interval covers ``1 - alpha``.
    size_name : name of the standardised effect, e.g. ``"Hedges' g"`` or ``"Cliff's delta"``.
    size, size_low, size_high : standardised effect with its interval.
    p, p_adjusted : two-sided p value, raw and adjusted for the number of comparisons.
    """

    group: str
    against: str
    estimator: str
    difference: float
    ci_low: float
    ci_high: float
    size_name: str
    size: float
    size_low: float
    size_high: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Test:
    """One statistical test: name, statistic, degrees of freedom and p."""

    name: str
    statistic: float
    df: tuple[float, ...]
    p: float


@dataclass(frozen=True, slots=True)
class Check:
    """What the values say of an assumption: which one, the test of it, its statistic and p."""

    assumption: str
    test: str
    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The primary endpoint compared between groups.

    Parameters
    ----------
    primary : as declared.
    unit : unit of the endpoint, as in the table.
    values : every animal that was used.
    groups : one summary per group, in the order of the study file.
    omnibus : the test over all groups; None for two groups or when nothing was tested.
    effects : one per compared pair.
    adjustment : how p values were adjusted: ``"Holm"``, ``"Games-Howell"``, ``"Tukey"``, ``"Dunnett"``,
        ``"none"``.
    not_tested : why no test was made (e.g. a group of one animal); None when tests were made.
    notes : remarks a reader needs, e.g. animals left out and why.
    checks : of the assumptions of a comparison of means; they change nothing.
    """

    primary: Primary
    unit: str
    values: tuple[AnimalValue, ...]
    groups: tuple[GroupSummary, ...]
    omnibus: Test | None
    effects: tuple[Effect, ...]
    adjustment: str
    not_tested: str | None
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
