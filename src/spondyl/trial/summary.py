"""One group in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spondyl.trial.comparison import GroupSummary


def summarise(group: str, values: Sequence[float], alpha: float = 0.05) -> GroupSummary:
    """Summarise a group: mean with Student's t interval, standard deviation, median and quartiles.

    Quartiles interpolate linearly between order statistics. Fewer than two values have neither a
    standard deviation nor an interval, no values have nothing: NaN stands there.

    Parameters
    ----------
    group : name of the group.
    values : one per animal.
    alpha : the interval of the mean covers ``1 - alpha``.

    Examples
    --------
    >>> summary = summarise("control", [2.0, 4.0, 6.0])
    >>> summary.mean, summary.sd, summary.q1
    (4.0, 2.0, 3.0)
    """
    import numpy as np
    from scipy import special

    n = len(values)
    if n == 0:
        return GroupSummary(group, 0, *[math.nan] * 7)
    x = np.asarray(values, dtype=np.float64)
    mean = float(x.mean())
    q1, median, q3 = (float(q) for q in np.quantile(x, [0.25, 0.5, 0.75]))
    if n == 1:
        return GroupSummary(group, 1, mean, math.nan, math.nan, math.nan, median, q1, q3)
    sd = float(x.std(ddof=1))
    half = float(special.stdtrit(n - 1, 1 - alpha / 2)) * sd / math.sqrt(n)
    return GroupSummary(group, n, mean, sd, mean - half, mean + half, median, q1, q3)
