"""One pair of groups compared by their means, as a comparison tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Effect
from spondyl.trial.hedges import hedges_g

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values


def mean_effect(
    samples: Mapping[str, Values],
    pair: Pair,
    interval: tuple[float, float],
    p: float,
    p_adjusted: float,
    alpha: float,
) -> Effect:
    """Return the difference of means of a pair with Hedges' g.

    Parameters
    ----------
    samples : values of each group.
    pair : which group against which.
    interval : of the difference.
    p, p_adjusted : of the pair by itself, and among all.
    alpha : the interval of g covers ``1 - alpha``.
    """
    group, against = (samples[name] for name in pair)
    g, g_low, g_high = hedges_g(group, against, alpha)
    return Effect(
        group=pair[0],
        against=pair[1],
        estimator="difference of means",
        difference=float(group.mean() - against.mean()),
        ci_low=interval[0],
        ci_high=interval[1],
        size_name="Hedges' g",
        size=g,
        size_low=g_low,
        size_high=g_high,
        p=p,
        p_adjusted=p_adjusted,
    )


def simultaneous_effect(
    samples: Mapping[str, Values], pair: Pair, interval: tuple[float, float], p_adjusted: float, alpha: float
) -> Effect:
    """Return the same of a test of several pairs that supposes one spread in all groups.

    The unadjusted p is that of Student's t with the spread within all groups, and an adjusted one never
    below it.
    """
    from scipy import special

    df = sum(len(values) - 1 for values in samples.values())
    within = sum(float(values.var(ddof=1)) * (len(values) - 1) for values in samples.values()) / df
    x, y = (samples[name] for name in pair)
    t = float(x.mean() - y.mean()) / math.sqrt(within * (1 / len(x) + 1 / len(y)))
    single = 2 * float(special.stdtr(df, -abs(t)))
    return mean_effect(samples, pair, interval, single, min(1.0, max(p_adjusted, single)), alpha)
