"""Means with unequal variances: published examples, second implementations, coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from spondyl.trial.welch import constant, games_howell, welch_anova, welch_t

# Student's sleep data and the plant growth data that ship with R.
SLEEP = (
    np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]),
    np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]),
)
PLANTS = (
    np.array([4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]),
    np.array([4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]),
    np.array([6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]),
)


def test_sleep_data_give_the_printed_t_test_of_r():
    found = welch_t(*SLEEP, 0.05)
    assert found.t == pytest.approx(-1.8608, abs=5e-5)
    assert found.df == pytest.approx(17.776, abs=5e-4)
    assert found.p == pytest.approx(0.07939, abs=5e-6)
    assert found.difference == pytest.approx(0.75 - 2.33, abs=1e-12)
    assert found.low == pytest.approx(-3.3654832, abs=5e-8)
    assert found.high == pytest.approx(0.2054832, abs=5e-8)


@pytest.mark.parametrize("alpha", [0.05, 0.01, 0.2])
def test_unequal_groups_agree_with_scipy(alpha):
    rng = np.random.default_rng(5)
    x, y = rng.normal(3, 1, 4), rng.normal(1, 5, 11)
    found, other = welch_t(x, y, alpha), stats.ttest_ind(x, y, equal_var=False)
    interval = other.confidence_interval(1 - alpha)
    ours = (found.t, found.df, found.p, found.low, found.high)
    assert ours == pytest.approx(
        (other.statistic, other.df, other.pvalue, interval.low, interval.high), rel=1e-10
    )


def test_one_group_without_spread_is_compared_with_its_known_mean():
    x, y = np.array([2.0, 2.0, 2.0]), np.array([1.0, 3.0, 5.0, 9.0])
    found, other = welch_t(x, y, 0.05), stats.ttest_1samp(y, 2.0)
    assert found.p == pytest.approx(other.pvalue, rel=1e-12)
    assert found.df == pytest.approx(3, rel=1e-12)


def test_plant_growth_gives_the_printed_welch_anova_of_r():
    found = welch_anova(PLANTS)
    assert found.statistic == pytest.approx(5.181, abs=5e-4)
    assert found.df == pytest.approx((2, 17.128), abs=5e-4)
    assert found.p == pytest.approx(0.01739, abs=5e-6)


def test_welch_anova_agrees_with_scipy_and_with_welch_t():
    rng = np.random.default_rng(6)
    groups = [rng.normal(i, 1 + 2 * i, 4 + 3 * i) for i in range(4)]
    other = stats.f_oneway(*groups, equal_var=False)
    found = welch_anova(groups)
    assert (found.statistic, found.p) == pytest.approx((other.statistic, other.pvalue), rel=1e-10)
    two, t = welch_anova(groups[:2]), welch_t(groups[0], groups[1], 0.05)
    assert (two.statistic, two.df[1], two.p) == pytest.approx((t.t**2, t.df, t.p), rel=1e-10)


def test_games_howell_agrees_with_scipy():
    other = stats.tukey_hsd(*PLANTS, equal_var=False)
    interval = other.confidence_interval(0.9)
    for i, j in ((0, 1), (2, 0), (1, 2)):
        found = games_howell(welch_t(PLANTS[i], PLANTS[j], 0.1), 3, 0.1)
        ours = (found.difference, found.p, found.low, found.high)
        theirs = (other.statistic[i, j], other.pvalue[i, j], interval.low[i, j], interval.high[i, j])
        assert ours == pytest.approx(theirs, rel=1e-8)


def test_games_howell_of_two_groups_is_welch_t():
    single = welch_t(*SLEEP, 0.05)
    both = games_howell(single, 2, 0.05)
    assert (both.p, both.low, both.high) == pytest.approx((single.p, single.low, single.high), rel=1e-6)


def test_the_interval_covers_what_it_says():
    rng = np.random.default_rng(7)
    missed_low = missed_high = 0
    for _ in range(2000):
        found = welch_t(rng.normal(5, 1, 6), rng.normal(3, 3, 9), 0.05)
        missed_low += found.low > 2
        missed_high += found.high < 2
    # 2.5 % each side; four standard errors of 2000 draws are 1.4 %. A one-sided alpha would miss 5 %.
    assert missed_low / 2000 == pytest.approx(0.025, abs=0.014)
    assert missed_high / 2000 == pytest.approx(0.025, abs=0.014)


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ([0.0, 0.0], True),
        ([0.3, 0.1 + 0.2], True),
        ([1e9, 1e9 + 1], False),
        ([0.0, 1e-9], False),
        ([1e-200, 0], True),
    ],
)
def test_values_that_differ_by_rounding_only_are_constant(values, same):
    assert constant(np.array(values)) is same
