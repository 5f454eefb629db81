"""Repeated scans of the same animals: a linear mixed model of group, week and animal.

    value = group × week + animal + rest

Group and week are categories, the animals' levels one normal spread, the rest another. The difference
between two groups in a week is a contrast of the model; every week of an animal takes part, and an animal
that misses one counts with those that it has. Degrees of freedom are those between animals, which are too
few rather than too many.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spondyl.trial.comparison import Effect, Test
from spondyl.trial.holm import holm
from spondyl.trial.outcome import Outcome, percent

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Repeated:
    """One scan of one animal: its week and value."""

    animal: str
    group: str
    week: float
    value: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model.

    Parameters
    ----------
    means : of each group and week, (groups, weeks).
    covariance : of these means, row by row, (cells, cells).
    between, within : standard deviation of animals, and of the rest.
    df : between animals.
    """

    means: Array
    covariance: Array
    between: float
    within: float
    df: int


def compare_repeated(scans: Sequence[Repeated], pairs: Sequence[Pair], week: float, alpha: float) -> Outcome:
    """Compare groups in a week by a mixed model of all weeks.

    Parameters
    ----------
    scans : of every animal that is compared, one value a week.
    pairs : which group against which.
    week : whose differences are told.
    alpha : two-sided error level.

    Notes
    -----
    Laird and Ware (1982), restricted maximum likelihood by statsmodels. The test over all groups is that of
    the interaction of group and week: do the groups change differently?
    """
    groups, weeks = _seen(scans, "group"), sorted({scan.week for scan in scans})
    problem = _problem(scans, groups, weeks)
    if problem:
        return Outcome(not_tested=problem)
    try:
        fit = fitted(scans, groups, weeks)
    except (ValueError, np.linalg.LinAlgError) as error:
        return Outcome(not_tested=f"the mixed model could not be fitted ({error}); choose another test")
    at = weeks.index(week)
    found = [_contrast(fit, groups.index(one), groups.index(other), at, alpha) for one, other in pairs]
    adjusted = holm([p for *_, p in found])
    total = math.hypot(fit.between, fit.within)
    effects = tuple(
        Effect(
            *pair,
            "difference of model means",
            difference,
            low,
            high,
            "Difference over the SD of animals and rest",
            difference / total,
            low / total,
            high / total,
            p,
            p_adjusted,
        )
        for pair, (difference, low, high, p), p_adjusted in zip(pairs, found, adjusted, strict=True)
    )
    adjustment = "Holm" if len(pairs) > 1 else "none"
    return Outcome(_interaction(fit), effects, adjustment, notes=_notes(scans, weeks, fit, alpha))


def fitted(scans: Sequence[Repeated], groups: Sequence[str], weeks: Sequence[float]) -> Fitted:
    """Return the model of restricted maximum likelihood.

    Raises
    ------
    ValueError
        If the fit does not converge.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    values = np.array([scan.value for scan in scans])
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    cells = len(groups) * len(weeks)
    design = np.zeros((len(scans), cells))
    for row, scan in enumerate(scans):
        design[row, groups.index(scan.group) * len(weeks) + weeks.index(scan.week)] = 1.0
    with warnings.catch_warnings():
        # A spread between animals of zero lies on the edge of what is possible and is a result.
        warnings.simplefilter("ignore")
        model = MixedLM((values - centre) / scale, design, np.array([scan.animal for scan in scans]))
        result = model.fit(reml=True, method=["lbfgs", "bfgs", "powell"])
    if not result.converged or not np.isfinite(result.fe_params).all():
        raise ValueError("it does not converge")
    means = np.asarray(result.fe_params).reshape(len(groups), len(weeks)) * scale + centre
    covariance = np.asarray(result.cov_params())[:cells, :cells] * scale**2
    if not np.isfinite(covariance).all():
        raise ValueError("its errors are not finite")
    between = math.sqrt(max(float(np.asarray(result.cov_re)[0, 0]), 0.0)) * scale
    animals = len({scan.animal for scan in scans})
    return Fitted(means, covariance, between, math.sqrt(float(result.scale)) * scale, animals - len(groups))


def _contrast(
    fit: Fitted, one: int, other: int, week: int, alpha: float
) -> tuple[float, float, float, float]:
    """Return difference, interval and p of two groups in a week."""
    from scipy import special

    weeks = fit.means.shape[1]
    vector = np.zeros(fit.means.size)
    vector[one * weeks + week], vector[other * weeks + week] = 1.0, -1.0
    difference = float(vector @ fit.means.reshape(-1))
    error = math.sqrt(float(vector @ fit.covariance @ vector))
    half = float(special.stdtrit(fit.df, 1 - alpha / 2)) * error
    return (
        difference,
        difference - half,
        difference + half,
        2 * float(special.stdtr(fit.df, -abs(difference / error))),
    )


def _interaction(fit: Fitted) -> Test:
    """Return Wald's test that the groups change alike from week to week."""
    from scipy import special

    groups, weeks = fit.means.shape
    rows = []
    for group in range(1, groups):
        for week in range(1, weeks):
            row = np.zeros((groups, weeks))
            row[group, week], row[group, 0], row[0, week], row[0, 0] = 1.0, -1.0, -1.0, 1.0
            rows.append(row.reshape(-1))
    contrasts = np.array(rows)
    found = contrasts @ fit.means.reshape(-1)
    spread = contrasts @ fit.covariance @ contrasts.T
    count = len(rows)
    statistic = float(found @ np.linalg.solve(spread, found)) / count
    return Test(
        "Group × week",
        statistic,
        (float(count), float(fit.df)),
        float(special.fdtrc(count, fit.df, statistic)),
    )


def _seen(scans: Sequence[Repeated], name: str) -> list[str]:
    return list(dict.fromkeys(getattr(scan, name) for scan in scans))


def _problem(scans: Sequence[Repeated], groups: Sequence[str], weeks: Sequence[float]) -> str | None:
    """Return why no mixed model can be fitted; None if one can."""
    if len(weeks) < 2:
        return "a mixed model needs scans of several weeks; choose parametric, anova, rank or dunn"
    held = {(scan.group, scan.week) for scan in scans}
    lost = [(group, week) for group in groups for week in weeks if (group, week) not in held]
    if lost:
        return f"group {lost[0][0]} has no scan of week {lost[0][1]:g}, so its change cannot be compared"
    if len({scan.animal for scan in scans}) == len(scans):
        return "no animal was scanned twice; choose parametric, anova, rank or dunn"
    return None


def _notes(scans: Sequence[Repeated], weeks: Sequence[float], fit: Fitted, alpha: float) -> tuple[str, ...]:
    animals = _seen(scans, "animal")
    missing = len(animals) * len(weeks) - len(scans)
    listed = ", ".join(f"{week:g}" for week in weeks)
    said = [
        f"Mixed model over weeks {listed}: {len(scans)} scans of {len(animals)} animals, whose levels "
        f"differ by a standard deviation of {fit.between:.3g} beside {fit.within:.3g} from scan to scan.",
        f"Intervals are of t with {fit.df} degrees of freedom, each covering {percent(1 - alpha)} by itself.",
    ]
    if missing:
        said.append(f"{missing} scans are missing; their animals count with the weeks that they have.")
    return tuple(said)
