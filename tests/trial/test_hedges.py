"""Hedges' g: its unbiasing factor in closed form, its interval against the noncentral t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from spondyl.trial.hedges import hedges_g, noncentrality


@pytest.mark.parametrize(("n", "factor"), [(2, 1 / math.sqrt(math.pi)), (3, math.sqrt(2 / math.pi))])
def test_small_groups_have_the_factor_of_the_gamma_function(n, factor):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=n), rng.normal(size=n)
    d = (x.mean() - y.mean()) / math.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
    assert hedges_g(x, y, 0.05)[0] == pytest.approx(d * factor, rel=1e-12)


def test_unequal_groups_pool_their_variances():
    x, y = np.array([1.0, 3.0]), np.array([0.0, 0.0, 3.0, 3.0])
    pooled = math.sqrt((2 + 9) / 4)
    assert hedges_g(x, y, 0.05)[0] == pytest.approx(0.5 / pooled * math.sqrt(2 / math.pi), rel=1e-12)


@pytest.mark.parametrize(
    ("t", "df"), [(0.0, 2), (0.7, 3), (1.9, 2), (2.1, 2), (3.0, 8), (12.0, 18), (40.0, 60)]
)
@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_the_limits_put_alpha_half_on_each_side(t, df, alpha):
    low, high = noncentrality(t, df, alpha)
    assert special.nctdtr(df, low, t) == pytest.approx(1 - alpha / 2, abs=2e-6)
    assert special.nctdtr(df, high, t) == pytest.approx(alpha / 2, abs=2e-6)
    assert noncentrality(-t, df, alpha) == pytest.approx((-high, -low), abs=1e-9)


def test_a_huge_t_still_has_finite_limits():
    # For large t the limits are t times quantiles of chi/sqrt(df).
    low, high = noncentrality(1e7, 8, 0.05)
    expected = 1e7 * np.sqrt(special.chdtri(8, [0.975, 0.025]) / 8)
    assert (low, high) == pytest.approx(tuple(expected), rel=1e-6)


def test_the_interval_covers_the_true_standardised_difference():
    rng = np.random.default_rng(2)
    low_missed = high_missed = 0
    total = []
    for _ in range(600):
        g, low, high = hedges_g(rng.normal(1.2, 1, 5), rng.normal(0, 1, 6), 0.05)
        total.append(g)
        low_missed += low > 1.2
        high_missed += high < 1.2
    # 2.5 % each side; three standard errors of 600 draws are 1.9 %. A one-sided alpha would miss 5 %.
    assert low_missed / 600 == pytest.approx(0.025, abs=0.019)
    assert high_missed / 600 == pytest.approx(0.025, abs=0.019)
    assert low_missed + high_missed < 45
    # Unbiased: Cohen's d would be 9 % too large.
    assert np.mean(total) == pytest.approx(1.2, abs=3.5 * np.std(total) / math.sqrt(600))
