"""Ranks over all groups at once: the Kruskal–Wallis test with Dunn's comparison of pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from spondyl.trial.holm import holm
from spondyl.trial.outcome import Outcome
from spondyl.trial.rank import compare_ranks

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values


def compare_dunn(samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float) -> Outcome:
    """Compare groups by the Kruskal–Wallis test and Dunn's test with Holm's adjustment.

    Effects are those of :func:`spondyl.trial.rank.compare_ranks`: shifts and Cliff's delta of each pair by
    itself, with p values of Dunn's test, which ranks the values of all groups together.

    Parameters
    ----------
    samples : values of each group that is compared, at least two each.
    pairs : which group against which.
    alpha : two-sided error level.
    """
    by_pair = compare_ranks(samples, pairs, alpha)
    if len(samples) == 2 or by_pair.not_tested is not None:
        return by_pair
    found = dunn(samples, pairs)
    adjusted = holm([found[effect.group, effect.against] for effect in by_pair.effects])
    effects = tuple(
        replace(effect, p=found[effect.group, effect.against], p_adjusted=p)
        for effect, p in zip(by_pair.effects, adjusted, strict=True)
    )
    said = [note for note in by_pair.notes if not note.startswith(("Mann-Whitney", "For "))]
    note = (
        "p values are those of Dunn's test over the ranks of all groups, adjusted by Holm's procedure; "
        "shifts and their intervals are those of each pair by itself."
    )
    return Outcome(by_pair.omnibus, effects, "Holm", notes=(note, *said))


def dunn(samples: Mapping[str, Values], pairs: Sequence[Pair]) -> dict[Pair, float]:
    """Return the two-sided p of each pair, unadjusted (Dunn 1964), with the correction for ties.

    Parameters
    ----------
    samples : values of every group, also of those that no pair names: all are ranked together.
    pairs : which group against which.

    Examples
    --------
    >>> import numpy as np
    >>> groups = {"a": np.array([1.0, 2, 3]), "b": np.array([4.0, 5, 6]), "c": np.array([7.0, 8, 9])}
    >>> round(dunn(groups, [("c", "a")])["c", "a"], 6)
    0.00729
    """
    import numpy as np
    from scipy import special, stats

    joined = np.concatenate(list(samples.values()))
    total = len(joined)
    ranks = np.split(stats.rankdata(joined), np.cumsum([len(values) for values in samples.values()])[:-1])
    mean = {group: float(mine.mean()) for group, mine in zip(samples, ranks, strict=True)}
    _, counts = np.unique(joined, return_counts=True)
    ties = float((counts.astype(float) ** 3 - counts).sum()) / (12 * (total - 1))
    spread = total * (total + 1) / 12 - ties
    found = {}
    for group, against in pairs:
        error = math.sqrt(spread * (1 / len(samples[group]) + 1 / len(samples[against])))
        z = (mean[group] - mean[against]) / error if error > 0 else 0.0
        found[group, against] = float(2 * special.ndtr(-abs(z)))
    return found
