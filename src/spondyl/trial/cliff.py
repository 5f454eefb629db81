"""Cliff's delta: how much more often a value of one group is larger than smaller than one of another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spondyl.trial.samples import Values


def cliffs_delta(x: Values, y: Values, alpha: float) -> tuple[float, float, float]:
    """Return Cliff's delta of `x` against `y` and its interval.

    Parameters
    ----------
    x, y : values of the two groups, at least two each.
    alpha : the interval covers about ``1 - alpha``.

    Returns
    -------
    delta, low, high : between -1 and 1.

    Notes
    -----
    Cliff (1993); asymmetric interval of Feng and Cliff (2004) with the consistent variance, and their limits
    for groups that do not overlap. Between normal groups of 4 to 20 it covers 94 to 99 % where 95 % is asked.
    """
    import numpy as np
    from scipy import special

    n, m = len(x), len(y)
    above = np.sign(np.subtract.outer(x, y))
    delta = float(above.mean())
    z = float(special.ndtri(1 - alpha / 2))
    if abs(delta) == 1:
        limit = (min(n, m) - z * z) / (min(n, m) + z * z)
        return (delta, limit, 1.0) if delta > 0 else (delta, -1.0, -limit)
    variance = _variance(above, delta)
    half = z * math.sqrt(variance * ((1 - delta**2) ** 2 + z * z * variance))
    bottom = 1 - delta**2 + z * z * variance
    low, high = ((delta - delta**3 + side * half) / bottom for side in (-1, 1))
    return delta, max(low, -1.0), min(high, 1.0)


def _variance(above: Values, delta: float) -> float:
    """Return the consistent variance of delta, not below its smallest possible value."""
    n, m = len(above), len(above[0])
    rows = float(((above.mean(axis=1) - delta) ** 2).sum()) / (n - 1)
    columns = float(((above.mean(axis=0) - delta) ** 2).sum()) / (m - 1)
    cells = float(((above - delta) ** 2).sum()) / ((n - 1) * (m - 1))
    consistent = ((m - 1) * rows + (n - 1) * columns + cells) / (n * m)
    smallest = (1 - delta**2) / (n * m - 1)
    return max(consistent, smallest)
