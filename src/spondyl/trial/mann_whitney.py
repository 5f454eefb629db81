"""Mann-Whitney test with the Hodges-Lehmann shift and the interval that belongs to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spondyl.trial.samples import Values

_MOST_EXACT_PAIRS = 2500


@dataclass(frozen=True, slots=True)
class Shift:
    """One group shifted against another.

    Parameters
    ----------
    u : Mann-Whitney U of the first group: pairs in which it is larger, ties counting half.
    p : two-sided.
    exact : whether `p` is from the exact distribution, which needs values without ties.
    shift : Hodges-Lehmann estimate, the median of all pairwise differences.
    low, high : its interval.
    coverage : what the interval covers, exactly for values without ties.
    """

    u: float
    p: float
    exact: bool
    shift: float
    low: float
    high: float
    coverage: float


def mann_whitney(x: Values, y: Values, alpha: float) -> Shift:
    """Compare two groups by ranks.

    Parameters
    ----------
    x, y : values of the two groups, at least two each.
    alpha : the interval covers ``1 - alpha``, or as much as the group sizes allow.

    Notes
    -----
    Mann and Whitney (1947); Hodges and Lehmann (1963); interval by inversion of the test after Moses, Bauer
    (1972). Exact for up to 2500 pairs of values; beyond that, and for p with ties, the normal
    approximation with tie and continuity corrections.
    """
    import numpy as np
    from scipy import stats

    differences = np.sort(np.subtract.outer(x, y), axis=None)
    pairs = len(differences)
    larger, ties = int((differences > 0).sum()), int((differences == 0).sum())
    joined = np.concatenate([x, y])
    tied = len(np.unique(joined)) < len(joined)
    exact = not tied and pairs <= _MOST_EXACT_PAIRS
    if joined.min() == joined.max():
        p = 1.0
    else:
        p = float(stats.mannwhitneyu(x, y, method="exact" if exact else "asymptotic").pvalue)
    reach, coverage = _reach(len(x), len(y), alpha)
    return Shift(
        u=larger + ties / 2,
        p=min(p, 1.0),
        exact=exact,
        shift=float(np.median(differences)),
        low=float(differences[reach]),
        high=float(differences[pairs - 1 - reach]),
        coverage=coverage,
    )


def smallest_p(n: int, m: int) -> float:
    """Return the smallest two-sided p that groups of these sizes can give.

    Examples
    --------
    >>> smallest_p(3, 3)
    0.1
    """
    return 2 / math.comb(n + m, n)


def _reach(n: int, m: int, alpha: float) -> tuple[int, float]:
    """Return how many differences to leave out at each end, and the coverage of what remains."""
    if n * m > _MOST_EXACT_PAIRS:
        from scipy import special

        spread = math.sqrt(n * m * (n + m + 1) / 12)
        return max(0, round(n * m / 2 + float(special.ndtri(alpha / 2)) * spread) - 1), 1 - alpha
    counts = _ways(min(n, m), max(n, m))
    total = math.comb(n + m, n)
    reach, below = 0, counts[0]
    # Leaving out one more at each end covers 1 - 2 P(U ≤ reach).
    while 2 * (below + counts[reach + 1]) <= alpha * total:
        reach += 1
        below += counts[reach]
    return reach, 1 - 2 * below / total


@cache
def _ways(n: int, m: int) -> tuple[int, ...]:
    """Return for each U how many arrangements of n and m values without ties give it."""
    ways = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for u in range(n * m, m + i - 1, -1):
            ways[u] -= ways[u - m - i]
        for u in range(i, n * m + 1):
            ways[u] += ways[u - i]
    return tuple(ways)
