"""Means compared under one spread in all groups: analysis of variance with Tukey's comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Effect, Test
from spondyl.trial.dunnett import dunnett
from spondyl.trial.mean_effect import simultaneous_effect
from spondyl.trial.outcome import SIZE_NOTE, Outcome, percent
from spondyl.trial.welch import constant

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values


def compare_anova(
    samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float, control: str | None
) -> Outcome:
    """Compare groups by analysis of variance, with Tukey's test of all pairs or Dunnett's against a control.

    Parameters
    ----------
    samples : values of each group that is compared, at least two each.
    pairs : which group against which.
    alpha : two-sided error level of all comparisons together.
    control : the group that all others are compared with, or None for all pairs.
    """
    if all(constant(values) for values in samples.values()):
        said = ", ".join(f"all {len(values)} values of {name} are alike" for name, values in samples.items())
        return Outcome(not_tested=f"analysis of variance needs spread within a group, but {said}")
    several = len(samples) > 2
    omnibus = one_way(list(samples.values())) if several else None
    if control is None:
        effects, name = tukey(samples, pairs, alpha), "Tukey"
    else:
        effects, name = dunnett(samples, pairs, alpha), "Dunnett"
    note = (
        f"Intervals of the differences are simultaneous, those of {name}: all of them together cover "
        f"{percent(1 - alpha)} if the groups spread alike. The unadjusted p is that of Student's t test "
        "with the spread of all groups."
    )
    return Outcome(omnibus, effects, name if several else "none", notes=(note, SIZE_NOTE))


def one_way(groups: Sequence[Values]) -> Test:
    """Compare three or more means by the one-way analysis of variance (Fisher 1925).

    Examples
    --------
    >>> import numpy as np
    >>> found = one_way([np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0]), np.array([6.0, 7.0, 8.0])])
    >>> found.df, round(found.statistic, 6)
    ((2.0, 6.0), 21.0)
    """
    from scipy import stats

    found = stats.f_oneway(*groups)
    within = sum(len(values) for values in groups) - len(groups)
    return Test(
        "One-way ANOVA", float(found.statistic), (len(groups) - 1.0, float(within)), float(found.pvalue)
    )


def tukey(samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float) -> tuple[Effect, ...]:
    """Return Tukey's comparison of pairs, Kramer's for groups of unequal size (Tukey 1949; Kramer 1956)."""
    import numpy as np
    from scipy import stats

    found = stats.tukey_hsd(*samples.values())
    span = found.confidence_interval(1 - alpha)
    low, high = np.asarray(span.low), np.asarray(span.high)
    place = {name: number for number, name in enumerate(samples)}
    return tuple(
        simultaneous_effect(samples, pair, (float(low[at]), float(high[at])), float(found.pvalue[at]), alpha)
        for pair in pairs
        for at in [(place[pair[0]], place[pair[1]])]
    )
