"""Ranks compared: Mann-Whitney for each pair, Kruskal-Wallis over all groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from spondyl.trial.cliff import cliffs_delta
from spondyl.trial.comparison import Effect, Test
from spondyl.trial.holm import holm
from spondyl.trial.mann_whitney import Shift, mann_whitney, smallest_p
from spondyl.trial.outcome import Outcome, percent

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values


def compare_ranks(samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float) -> Outcome:
    """Compare groups by ranks.

    Parameters
    ----------
    samples : values of each group that is compared, at least two each.
    pairs : which group against which.
    alpha : two-sided error level.
    """
    found = {pair: mann_whitney(samples[pair[0]], samples[pair[1]], alpha) for pair in pairs}
    adjusted = holm([shift.p for shift in found.values()])
    effects = tuple(
        _effect(samples, pair, shift, alpha, p_adjusted=p)
        for (pair, shift), p in zip(found.items(), adjusted, strict=True)
    )
    notes = [*_how(found), *_limits(samples, found, alpha)]
    if len(samples) == 2:
        return Outcome(None, effects, "none", notes=tuple(notes))
    each = f"Each interval is for {percent(1 - alpha)} by itself; together they cover less."
    notes.append(f"{each} Holm's procedure adjusts p only.")
    return Outcome(kruskal_wallis(samples), effects, "Holm", notes=(*notes, *_rough(samples)))


def kruskal_wallis(samples: Mapping[str, Values]) -> Test:
    """Compare three or more groups by ranks (Kruskal and Wallis 1952), with the chi-squared distribution."""
    import numpy as np
    from scipy import stats

    df = (float(len(samples) - 1),)
    joined = np.concatenate(list(samples.values()))
    if joined.min() == joined.max():
        return Test("Kruskal-Wallis", 0.0, df, 1.0)
    found = stats.kruskal(*samples.values())
    return Test("Kruskal-Wallis", float(found.statistic), df, float(found.pvalue))


def _effect(
    samples: Mapping[str, Values], pair: Pair, found: Shift, alpha: float, *, p_adjusted: float
) -> Effect:
    delta, low, high = cliffs_delta(samples[pair[0]], samples[pair[1]], alpha)
    return Effect(
        group=pair[0],
        against=pair[1],
        estimator="Hodges-Lehmann shift",
        difference=found.shift,
        ci_low=found.low,
        ci_high=found.high,
        size_name="Cliff's delta",
        size=delta,
        size_low=low,
        size_high=high,
        p=found.p,
        p_adjusted=p_adjusted,
    )


def _how(found: Mapping[Pair, Shift]) -> Iterable[str]:
    for (group, against), shift in found.items():
        how = (
            "exact p" if shift.exact else "p by normal approximation with corrections for ties and continuity"
        )
        yield f"Mann-Whitney U = {shift.u:g} for {group} against {against}, {how}."


def _limits(samples: Mapping[str, Values], found: Mapping[Pair, Shift], alpha: float) -> Iterable[str]:
    """Say where the groups are too small for the coverage or the p value wanted."""
    for (group, against), shift in found.items():
        n, m = len(samples[group]), len(samples[against])
        sizes = f"{group} against {against} ({n} and {m} animals)"
        if shift.coverage < 1 - alpha - 1e-12:
            yield (
                f"The interval of the shift of {sizes} cannot cover {percent(1 - alpha)}:"
                f" the widest one covers {percent(shift.coverage)}."
            )
        if smallest_p(n, m) > alpha:
            yield f"For {sizes} the smallest p possible is {smallest_p(n, m):.3g}, above {alpha:g}."


def _rough(samples: Mapping[str, Values]) -> Iterable[str]:
    smallest = min(len(values) for values in samples.values())
    if smallest < 5:
        yield f"The p of the Kruskal-Wallis test is rough: the smallest group has {smallest} animals."
