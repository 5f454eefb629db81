"""Comparisons of means that allow for unequal variances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Test

if TYPE_CHECKING:
    from spondyl.trial.samples import Values


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """Mean of one group minus mean of another: standard error, interval, t, degrees of freedom, p."""

    difference: float
    error: float
    low: float
    high: float
    t: float
    df: float
    p: float


def welch_t(x: Values, y: Values, alpha: float) -> MeanDifference:
    """Compare two means by Welch's t test.

    Parameters
    ----------
    x, y : values of the two groups, at least two each and not constant in both.
    alpha : the interval of mean `x` minus mean `y` covers ``1 - alpha``.

    Notes
    -----
    Welch (1947), with the degrees of freedom of Satterthwaite: ``(a + b)² / (a²/(n-1) + b²/(m-1))``, where
    a and b are the squared standard errors of the two means.
    """
    from scipy import special

    a, b = _squared_error(x), _squared_error(y)
    # Dividing by the larger one first keeps very small variances from underflowing.
    larger = max(a, b)
    df = (a / larger + b / larger) ** 2 / (
        (a / larger) ** 2 / (len(x) - 1) + (b / larger) ** 2 / (len(y) - 1)
    )
    error = math.sqrt(a + b)
    difference = float(x.mean() - y.mean())
    t = difference / error
    half = float(special.stdtrit(df, 1 - alpha / 2)) * error
    p = 2 * float(special.stdtr(df, -abs(t)))
    return MeanDifference(difference, error, difference - half, difference + half, t, df, p)


def welch_anova(groups: Sequence[Values]) -> Test:
    """Compare three or more means by Welch's analysis of variance.

    Parameters
    ----------
    groups : values of each group, at least two each, none of them constant.

    Notes
    -----
    Welch (1951). The second number of degrees of freedom is not whole.
    """
    import numpy as np
    from scipy import special

    k = len(groups)
    weights = np.array([1 / _squared_error(x) for x in groups])
    means = np.array([x.mean() for x in groups])
    total = weights.sum()
    centre = (weights * means).sum() / total
    scatter = ((1 - weights / total) ** 2 / np.array([len(x) - 1 for x in groups])).sum()
    between = (weights * (means - centre) ** 2).sum() / (k - 1)
    f = float(between / (1 + 2 * (k - 2) / (k * k - 1) * scatter))
    df = (float(k - 1), float((k * k - 1) / (3 * scatter)))
    return Test("Welch's ANOVA", f, df, float(special.fdtrc(*df, f)))


def games_howell(single: MeanDifference, groups: int, alpha: float) -> MeanDifference:
    """Widen Welch's comparison of one pair to that of all pairs of several groups.

    Parameters
    ----------
    single : what :func:`welch_t` found for the pair.
    groups : number of groups of which all pairs are compared.
    alpha : the intervals of all pairs together cover ``1 - alpha``.

    Notes
    -----
    Games and Howell (1976): the studentized range of `groups` values with Welch's degrees of freedom.
    """
    from scipy import stats

    q = abs(single.t) * math.sqrt(2)
    wanted = float(stats.studentized_range.ppf(1 - alpha, groups, single.df))
    half = wanted / math.sqrt(2) * single.error
    p = float(stats.studentized_range.sf(q, groups, single.df))
    # The far tail is lost in the quadrature behind `sf`; an adjusted p is never below the single one.
    return replace(
        single,
        low=single.difference - half,
        high=single.difference + half,
        p=min(1.0, max(p, single.p)),
    )


def constant(x: Values) -> bool:
    """Say whether all values are the same, up to rounding (or to where squares would underflow)."""
    spread = float(x.max() - x.min())
    return spread <= max(1e-12 * float(abs(x).max()), 1e-100)


def _squared_error(x: Values) -> float:
    return float(x.var(ddof=1)) / len(x)
