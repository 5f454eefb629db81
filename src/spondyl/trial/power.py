"""Animals that a study needs: power by formula where one exists, and by simulated studies.

Animals of an arm are log-normal with one coefficient of variation; one treated arm differs from the control
by
the effect, the others do not. Power is the share of studies that find that arm different from the control by
the declared test: Welch's t test, or the Mann-Whitney test, with Holm's adjustment over the treated arms.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spondyl.errors import ComparisonError, Mistake

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TESTS = ("parametric", "rank")
STUDIES = 4000
"""Simulated studies of a point: its Monte-Carlo error is below 0.008."""

LEAST, MOST = 2, 400
AROUND = 3
"""Sizes simulated on either side of the one that the formula gives."""

EXACT = 8
"""Animals an arm up to which the Mann-Whitney test is exact."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study shall be able to find.

    Parameters
    ----------
    effect : difference of the treated arm's mean from the control's, over the control's.
    cv : standard deviation between animals of an arm over their mean.
    arms : the control among them.
    power, alpha : to reach, and of the two-sided test.
    test : "parametric" or "rank".
    attrition : share of animals that will give no value.

    Raises
    ------
    ComparisonError
        With every number that has no meaning.
    """

    effect: float
    cv: float
    arms: int = 2
    power: float = 0.8
    alpha: float = 0.05
    test: str = "parametric"
    attrition: float = 0.0

    def __post_init__(self) -> None:
        checks = (
            ("effect", self.effect, self.effect > -1 and self.effect != 0, "must be above −100 % and not 0"),
            ("cv", self.cv, 0 < self.cv <= 3, "must lie above 0, at most 3"),
            ("arms", self.arms, 2 <= self.arms <= 20, "must be 2 to 20, the control among them"),
            ("alpha", self.alpha, 0 < self.alpha < 0.5, "must lie above 0 and below 0.5"),
            ("power", self.power, self.alpha < self.power < 1, "must lie above alpha and below 1"),
            ("attrition", self.attrition, 0 <= self.attrition <= 0.9, "must lie between 0 and 0.9"),
        )
        wrong = [
            Mistake(f"power › {name}", f"{value:g}", allowed)
            for name, value, good, allowed in checks
            if not (math.isfinite(value) and good)
        ]
        if self.test not in TESTS:
            wrong.append(Mistake("power › test", repr(self.test), f"must be {' or '.join(TESTS)}"))
        if wrong:
            raise ComparisonError(wrong)


@dataclass(frozen=True, slots=True)
class Point:
    """Power with so many animals an arm: by formula, and by simulation with its 95 % interval."""

    n: int
    formula: float
    simulated: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Needed:
    """How many animals a study needs.

    Parameters
    ----------
    asked : for what.
    n : animals of each arm that must give a value; None if even the most looked at do not reach the power.
    order : animals of each arm to begin with, for those that will be lost.
    total : animals of the study to begin with.
    curve : power around and beyond, by rising n.
    """

    asked: Asked
    n: int | None
    order: int | None
    total: int | None
    curve: tuple[Point, ...]


def needed(asked: Asked, seed: int = 1, studies: int = STUDIES) -> Needed:
    """Return the smallest arms with which simulated studies reach the power.

    Parameters
    ----------
    asked : what the study shall find.
    seed : of the simulated studies; each size has a stream of its own.
    studies : simulated for each size.

    Examples
    --------
    >>> needed(Asked(effect=0.5, cv=0.3), studies=1000).n
    11
    """
    guess = next((n for n in range(LEAST, MOST + 1) if by_formula(asked, n) >= asked.power), MOST)
    held: dict[int, Point] = {}

    def at(n: int) -> Point:
        if n not in held:
            held[n] = by_simulation(asked, n, seed, studies)
        return held[n]

    n = guess
    while n < MOST and at(n).simulated < asked.power:
        n += 1
    while n > LEAST and at(n - 1).simulated >= asked.power:
        n -= 1
    for other in range(max(LEAST, n - AROUND), min(MOST, n + AROUND) + 1):
        at(other)
    enough = at(n).simulated >= asked.power
    order = math.ceil(n / (1 - asked.attrition) - 1e-9)
    return Needed(
        asked,
        n if enough else None,
        order if enough else None,
        order * asked.arms if enough else None,
        tuple(held[one] for one in sorted(held)),
    )


def t_power(d: float, n: int, alpha: float) -> float:
    """Return the power of a two-sided t test between two groups of n normal animals (noncentral t).

    Parameters
    ----------
    d : difference of the means over the common standard deviation.

    Examples
    --------
    >>> t_power(1.0, 16, 0.05) < 0.8 <= t_power(1.0, 17, 0.05)
    True
    """
    from scipy import stats

    df, shift = 2 * n - 2, d * math.sqrt(n / 2)
    edge = float(stats.t.isf(alpha / 2, df))
    return float(stats.nct.sf(edge, df, shift) + stats.nct.cdf(-edge, df, shift))


def by_formula(asked: Asked, n: int) -> float:
    """Return the power of the t test with n animals an arm; a treated arm's spread grows with its mean.

    With several treated arms it is taken at the error level over their number, as Bonferroni and the first
    step of Holm have it: a lower bound.
    """
    pooled = asked.cv * math.sqrt((1 + (1 + asked.effect) ** 2) / 2)
    return t_power(asked.effect / pooled, n, asked.alpha / (asked.arms - 1))


def by_simulation(asked: Asked, n: int, seed: int, studies: int = STUDIES) -> Point:
    """Return the power of simulated studies with n animals an arm, with Wilson's (1927) interval."""
    import numpy as np

    values = _drawn(asked, n, seed, studies)
    p = np.stack([_p(asked.test, values[:, arm], values[:, 0]) for arm in range(1, asked.arms)], axis=1)
    share = float(_found(p, asked.alpha).mean())
    low, high = _wilson(share, studies)
    return Point(n, by_formula(asked, n), share, low, high)


def _drawn(asked: Asked, n: int, seed: int, studies: int) -> Array:
    """Return animals, (studies, arms, n): the second arm is the treated one that differs."""
    import numpy as np

    key = hashlib.sha256(f"spondyl/power/{seed}/{n}/{asked.arms}".encode()).digest()[:16]
    rng = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))
    sigma = math.sqrt(math.log1p(asked.cv**2))
    values = np.exp(sigma * rng.standard_normal((studies, asked.arms, n)) - sigma**2 / 2)
    values[:, 1] *= 1 + asked.effect
    return np.asarray(values)


def _p(test: str, x: Array, y: Array) -> Array:
    import numpy as np
    from scipy import stats

    if test == "parametric":
        return np.asarray(stats.ttest_ind(x, y, axis=1, equal_var=False).pvalue)
    method: Any = "exact" if x.shape[1] <= EXACT else "asymptotic"
    return np.asarray(stats.mannwhitneyu(x, y, axis=1, method=method).pvalue)


def _found(p: Array, alpha: float) -> NDArray[np.bool_]:
    """Tell in which studies Holm's procedure rejects the first hypothesis."""
    import numpy as np

    order = np.argsort(p, axis=1, kind="stable")
    ranked = np.take_along_axis(p, order, axis=1)
    steps = p.shape[1] - np.arange(p.shape[1])
    adjusted = np.maximum.accumulate(np.minimum(ranked * steps, 1), axis=1)
    place = np.argmax(order == 0, axis=1)
    return np.asarray(np.take_along_axis(adjusted, place[:, None], axis=1)[:, 0] < alpha)


def _wilson(share: float, count: int) -> tuple[float, float]:
    z = 1.959963984540054
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def spread_of(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return the mean of the first group and the coefficient of variation within groups of a pilot.

    Raises
    ------
    ComparisonError
        If no group has two animals, or a mean is not above zero.
    """
    means = [sum(group) / len(group) for group in groups if group]
    if not means or min(means) <= 0:
        raise ComparisonError(Mistake("pilot", "a group mean that is not above zero", "give --cv instead"))
    ratios = [
        (sum((value - mean) ** 2 for value in group) / mean**2, len(group) - 1)
        for group, mean in zip([group for group in groups if group], means, strict=True)
    ]
    freedom = sum(df for _, df in ratios)
    if freedom == 0:
        raise ComparisonError(Mistake("pilot", "one animal in each group", "no spread is known: give --cv"))
    return means[0], math.sqrt(sum(square for square, _ in ratios) / freedom)
