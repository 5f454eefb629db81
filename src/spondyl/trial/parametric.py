"""Means compared: Welch's t for each pair, Welch's analysis of variance over all groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Effect
from spondyl.trial.holm import holm
from spondyl.trial.mean_effect import mean_effect
from spondyl.trial.outcome import SIZE_NOTE, Outcome, percent
from spondyl.trial.welch import MeanDifference, constant, games_howell, welch_anova, welch_t

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values


def compare_means(
    samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float, control: str | None
) -> Outcome:
    """Compare groups by their means.

    Parameters
    ----------
    samples : values of each group that is compared, at least two each.
    pairs : which group against which.
    alpha : two-sided error level.
    control : the group that all others are compared with, or None for all pairs.
    """
    still = [group for group, values in samples.items() if constant(values)]
    for group, against in pairs:
        if group in still and against in still:
            return Outcome(not_tested=_no_spread(samples, group, against))
    single = {pair: welch_t(samples[pair[0]], samples[pair[1]], alpha) for pair in pairs}
    if len(samples) == 2:
        return _two(samples, single, alpha)
    omnibus = None if still else welch_anova(list(samples.values()))
    notes = [f"Welch's ANOVA needs spread in every group; {', '.join(still)} has none."] if still else []
    if control is None:
        effects, more = _all_pairs(samples, single, alpha)
        return Outcome(omnibus, effects, "Games-Howell", notes=(*notes, more, SIZE_NOTE))
    adjusted = holm([found.p for found in single.values()])
    effects = tuple(
        _effect(samples, pair, found, alpha, p_adjusted=p)
        for (pair, found), p in zip(single.items(), adjusted, strict=True)
    )
    more = (
        f"Each group is compared with {control} by Welch's t test; p is adjusted by Holm's procedure."
        f" Each interval covers {percent(1 - alpha)} by itself; together they cover less."
    )
    return Outcome(omnibus, effects, "Holm", notes=(*notes, more, SIZE_NOTE))


def _two(samples: Mapping[str, Values], single: Mapping[Pair, MeanDifference], alpha: float) -> Outcome:
    ((pair, found),) = single.items()
    effect = _effect(samples, pair, found, alpha, p_adjusted=found.p)
    test = f"Welch's t = {found.t:.4g} with {found.df:.4g} degrees of freedom."
    size = "Hedges' g is in pooled standard deviations; its interval (noncentral t) supposes equal variances."
    return Outcome(None, (effect,), "none", notes=(test, size))


def _all_pairs(
    samples: Mapping[str, Values], single: Mapping[Pair, MeanDifference], alpha: float
) -> tuple[tuple[Effect, ...], str]:
    effects = []
    for pair, found in single.items():
        together = games_howell(found, len(samples), alpha)
        effects.append(_effect(samples, pair, replace(together, p=found.p), alpha, p_adjusted=together.p))
    note = (
        "Intervals of the differences are simultaneous, those of Games and Howell: all of them together cover"
        f" {percent(1 - alpha)}. The unadjusted p is that of Welch's t test."
    )
    return tuple(effects), note


def _effect(
    samples: Mapping[str, Values], pair: Pair, found: MeanDifference, alpha: float, *, p_adjusted: float
) -> Effect:
    return mean_effect(samples, pair, (found.low, found.high), found.p, p_adjusted, alpha)


def _no_spread(samples: Mapping[str, Values], group: str, against: str) -> str:
    said = [
        f"all {len(samples[name])} values of {name} are {samples[name][0]:g}" for name in (group, against)
    ]
    return (
        f"a comparison of means needs spread in at least one group of each pair, but {said[0]} and {said[1]}"
    )
