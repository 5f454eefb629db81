"""Which genes make steady references: geNorm (Vandesompele 2002) and NormFinder (Andersen 2004)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float64]

SMALL = 1e-12
"""Variance, squared doublings, below which none can be told from none."""


@dataclass(frozen=True, slots=True)
class GeNorm:
    """Reference candidates from the steadiest to the least steady.

    Parameters
    ----------
    order : genes; the first two cannot be told apart.
    m : stability of each when it was the least steady of those left, in the same order; the first two share
        theirs.
    v : pairwise variation between the normalisation factors of the best n and n + 1 genes, from n = 2.
    """

    order: tuple[str, ...]
    m: tuple[float, ...]
    v: tuple[float, ...]

    def enough(self, limit: float) -> int:
        """Return how many of the best genes suffice: the fewest after which one more changes less than
        `limit`."""
        for number, variation in enumerate(self.v, start=2):
            if variation < limit:
                return number
        return len(self.order)


def stability_m(logs: Floats) -> Floats:
    """Return geNorm's M of each gene: the mean, over the others, of the standard deviation of its log ratio.

    Parameters
    ----------
    logs : log2 of relative quantities, shape (samples, genes), at least two of each.
    """
    genes = logs.shape[1]
    spread = np.array([[np.std(logs[:, a] - logs[:, b], ddof=1) for b in range(genes)] for a in range(genes)])
    return np.asarray(spread.sum(axis=1) / (genes - 1))


def genorm(logs: Floats, genes: Sequence[str]) -> GeNorm:
    """Rank reference candidates: the gene with the largest M is taken away, again and again.

    Parameters
    ----------
    logs : log2 of relative quantities, shape (samples, genes); no NaN.
    genes : names, at least two.

    Raises
    ------
    MeasurementError
        Fewer than two genes or samples, or numbers missing.

    Examples
    --------
    >>> logs = np.array([[0.0, 0.0, 0.0], [1.0, 1.1, 3.0], [2.0, 2.1, 1.0]])
    >>> genorm(logs, ["A", "B", "C"]).order
    ('A', 'B', 'C')
    """
    _refuse_gaps(logs, genes)
    left = list(range(len(genes)))
    order: list[int] = []
    values: list[float] = []
    while len(left) > 2:
        m = stability_m(logs[:, left])
        worst = int(m.argmax())
        order.insert(0, left.pop(worst))
        values.insert(0, float(m[worst]))
    last = float(stability_m(logs[:, left])[0])
    order, values = left + order, [last, last, *values]
    factors = [logs[:, order[:n]].mean(axis=1) for n in range(2, len(order) + 1)]
    v = [float(np.std(a - b, ddof=1)) for a, b in pairwise(factors)]
    return GeNorm(tuple(genes[place] for place in order), tuple(values), tuple(v))


def normfinder(logs: Floats, genes: Sequence[str], groups: Sequence[str]) -> dict[str, float]:
    """Return NormFinder's stability value of each gene, small for a steady one.

    Within each group, a gene's variance is what its scatter about sample and gene means leaves after the
    share of the other genes; between groups, its shift against the others is drawn towards zero by how
    uncertain it is. Without groups, or where a group has fewer than three samples, it is the standard
    deviation over all samples.

    Parameters
    ----------
    logs : log2 of relative quantities, shape (samples, genes); no NaN; at least three genes.
    genes : names.
    groups : of each sample.

    Raises
    ------
    MeasurementError
        Fewer than three genes, or numbers missing.
    """
    _refuse_gaps(logs, genes)
    if len(genes) < 3:
        given = f"{len(genes)} genes"
        raise MeasurementError(Mistake("NormFinder", given, "needs at least three candidates"))
    names = list(dict.fromkeys(groups))
    members = [np.array([group == name for group in groups]) for name in names]
    if len(names) < 2 or min(int(mask.sum()) for mask in members) < 3:
        values = np.sqrt(_variances(logs))
    else:
        values = _with_groups(logs, members)
    return dict(zip(genes, (float(value) for value in values), strict=True))


def _variances(logs: Floats) -> Floats:
    samples, genes = logs.shape
    scatter = logs - logs.mean(axis=0) - logs.mean(axis=1, keepdims=True) + logs.mean()
    raw = (scatter**2).sum(axis=0) / (samples - 1) / (1 - 2 / genes)
    return np.asarray(np.maximum(raw - raw.sum() / (genes * (genes - 1)), 0.0))


def _with_groups(logs: Floats, members: Sequence[NDArray[np.bool_]]) -> Floats:
    genes = logs.shape[1]
    noise = np.array([np.maximum(_variances(logs[mask]), SMALL) / mask.sum() for mask in members])
    means = np.array([logs[mask].mean(axis=0) for mask in members])
    shift = means - means.mean(axis=0) - means.mean(axis=1, keepdims=True) + means.mean()
    between = (shift**2).sum() / ((len(members) - 1) * (genes - 1)) - noise.mean()
    weight = max(float(between), 0.0) / (max(float(between), 0.0) + noise)
    return np.asarray((np.abs(shift) * weight + np.sqrt(noise * (1 + weight))).mean(axis=0))


def _refuse_gaps(logs: Floats, genes: Sequence[str]) -> None:
    if logs.ndim != 2 or logs.shape[1] != len(genes) or min(logs.shape) < 2 or not np.isfinite(logs).all():
        given = f"{logs.shape[0]} samples and {len(genes)} genes"
        allowed = "needs at least two genes and two samples in which every one of them was detected"
        raise MeasurementError(Mistake("reference stability", given, allowed))
