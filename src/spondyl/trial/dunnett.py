"""Several groups against one control by means, under one spread in all groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from spondyl.trial.comparison import Effect
from spondyl.trial.mean_effect import simultaneous_effect

if TYPE_CHECKING:
    from spondyl.trial.samples import Pair, Values

DRAW = 20261126
"""Seed of the quadrature behind the multivariate t distribution: the same data give the same digits."""


def dunnett(samples: Mapping[str, Values], pairs: Sequence[Pair], alpha: float) -> tuple[Effect, ...]:
    """Return each group against the control with simultaneous intervals (Dunnett 1955).

    Parameters
    ----------
    samples : values of each group, at least two each, not constant in all.
    pairs : each group against the same control.
    alpha : error level of all comparisons together.
    """
    import numpy as np
    from scipy import stats

    control = samples[pairs[0][1]]
    others = [samples[group] for group, _ in pairs]
    found = stats.dunnett(*others, control=control, rng=np.random.Generator(np.random.Philox(DRAW)))
    span = found.confidence_interval(1 - alpha)
    low, high = np.asarray(span.low), np.asarray(span.high)
    return tuple(
        simultaneous_effect(samples, pair, (float(low[at]), float(high[at])), float(found.pvalue[at]), alpha)
        for at, pair in enumerate(pairs)
    )
