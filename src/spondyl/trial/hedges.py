"""Hedges' g: the difference of means in standard deviations, for small groups."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spondyl.trial.samples import Values


def hedges_g(x: Values, y: Values, alpha: float) -> tuple[float, float, float]:
    """Return Hedges' g of `x` against `y` and the interval of the true standardised difference.

    Parameters
    ----------
    x, y : values of the two groups, at least two each and not constant in both.
    alpha : the interval covers ``1 - alpha``.

    Returns
    -------
    g, low, high : without a unit.

    Notes
    -----
    Hedges (1981): the difference over the pooled standard deviation, freed of its bias by the exact factor
    ``Γ(ν/2) / (√(ν/2) Γ((ν-1)/2))`` with ν degrees of freedom (equation 6e). The interval inverts the
    noncentral t distribution and is exact for normal values of equal variance.
    """
    n, m = len(x), len(y)
    df = n + m - 2
    pooled = math.sqrt(((n - 1) * float(x.var(ddof=1)) + (m - 1) * float(y.var(ddof=1))) / df)
    d = float(x.mean() - y.mean()) / pooled
    unbias = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    scale = math.sqrt(n * m / (n + m))
    low, high = noncentrality(d * scale, df, alpha)
    return d * unbias, low / scale, high / scale


def noncentrality(t: float, df: int, alpha: float) -> tuple[float, float]:
    """Return the interval of the noncentrality δ of a t distribution of which `t` was drawn.

    ``P(T ≤ t) = P(Z + δ ≤ t s)`` with Z normal and s = χ/√df, so the limits of δ are quantiles of
    ``t s - Z``. They are found by quadrature, since library functions for the noncentral t fail for large t.

    Examples
    --------
    >>> low, high = noncentrality(0.0, 8, 0.05)
    >>> round(low, 6), round(high, 6)
    (-1.959964, 1.959964)
    """
    from scipy import optimize

    middle, width = t, 12 * (1 + abs(t))

    def limit(share: float) -> float:
        found = optimize.brentq(
            lambda w: _share_below(w, t, df) - share, middle - width, middle + width, xtol=1e-12
        )
        return float(found)

    return limit(alpha / 2), limit(1 - alpha / 2)


def _share_below(w: float, t: float, df: int) -> float:
    """Return ``P(t s + Z ≤ w)``, integrating over the narrower of both, where the integrand is smooth."""
    import numpy as np
    from scipy import special

    nodes, weights = _gauss_legendre()
    if abs(t) < math.sqrt(2 * df):
        s_low, s_high = np.sqrt(special.chdtri(df, [1 - 1e-15, 1e-15]) / df)
        s = (s_high - s_low) / 2 * nodes + (s_high + s_low) / 2
        log_density = (df - 1) * np.log(s) - df * s**2 / 2
        density = np.exp(log_density - log_density.max()) * weights
        return float((density * special.ndtr(w - t * s)).sum() / density.sum())
    z = 9 * nodes
    density = np.exp(-(z**2) / 2) * weights
    s = np.maximum((w - z) / t, 0)
    share = special.chdtr(df, df * s**2)
    return float((density * (share if t > 0 else 1 - share)).sum() / density.sum())


@cache
def _gauss_legendre() -> tuple[Values, Values]:
    import numpy as np

    nodes, weights = np.polynomial.legendre.leggauss(300)
    return nodes, weights
