"""What a comparison of means supposes, looked at: shown beside its result, never used to change the test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Check

if TYPE_CHECKING:
    from spondyl.trial.samples import Values

FEWEST = 3
"""Values of which the Shapiro–Wilk test says something."""


def checks(samples: Mapping[str, Values]) -> tuple[Check, ...]:
    """Return what the values say of normal residuals and of equal spread.

    Small groups hide much: a p above the error level is no proof that an assumption holds.

    Parameters
    ----------
    samples : values of each group, at least two each.

    Notes
    -----
    Shapiro and Wilk (1965), of the values less their group's mean; Brown and Forsythe (1974): analysis of
    variance of the distances from each group's median.
    """
    import numpy as np

    residuals = np.concatenate([values - values.mean() for values in samples.values()])
    found = []
    if len(residuals) >= FEWEST and float(np.ptp(residuals)) > 0:
        found.append(_shapiro(residuals))
    if len(samples) > 1 and all(len(values) > 1 for values in samples.values()):
        spread = _brown_forsythe(list(samples.values()))
        found += [] if spread is None else [spread]
    return tuple(found)


def _shapiro(residuals: Values) -> Check:
    from scipy import stats

    scaled = residuals / float(abs(residuals).max())
    statistic, p = stats.shapiro(scaled)
    return Check("normal residuals", "Shapiro-Wilk", float(statistic), float(p))


def _brown_forsythe(groups: list[Values]) -> Check | None:
    import numpy as np
    from scipy import stats

    away = [abs(values - np.median(values)) for values in groups]
    if all(float(np.ptp(one)) == 0 for one in away):
        return None
    statistic, p = stats.levene(*groups, center="median")
    return Check("equal spread", "Brown-Forsythe", float(statistic), float(p))
