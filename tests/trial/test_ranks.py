"""Ranks: published examples, exact distributions, coverage of the shift."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from spondyl.trial.cliff import cliffs_delta
from spondyl.trial.holm import holm
from spondyl.trial.mann_whitney import _reach, _ways, mann_whitney, smallest_p
from spondyl.trial.rank import kruskal_wallis

# Permeability of placental membranes, Hollander and Wolfe (1973), page 69.
X = np.array([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46])
Y = np.array([1.15, 0.88, 0.90, 0.74, 1.21])


def test_the_permeability_example_gives_the_printed_numbers():
    found = mann_whitney(X, Y, 0.05)
    assert found.u == 35
    assert found.exact
    assert found.p == pytest.approx(2 * 0.1272, abs=1e-4)
    assert found.shift == pytest.approx(0.305, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((-0.15, 0.76), abs=1e-12)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (4, 4), (3, 6)])
def test_the_null_distribution_counts_every_arrangement(n, m):
    counts = [0] * (n * m + 1)
    for ranks in itertools.combinations(range(n + m), n):
        counts[sum(ranks) - n * (n - 1) // 2] += 1
    assert list(_ways(n, m)) == counts


def test_the_exact_p_is_the_share_of_arrangements_as_extreme():
    for x, y in (((1, 2, 7), (3, 4, 5, 6)), ((1, 2, 3), (4, 5, 6)), ((1, 4), (2, 3, 5))):
        found = mann_whitney(np.array(x, float), np.array(y, float), 0.05)
        ways, far = _ways(len(x), len(y)), min(found.u, len(x) * len(y) - found.u)
        assert found.p == pytest.approx(min(1, 2 * sum(ways[: int(far) + 1]) / sum(ways)), rel=1e-12)


@pytest.mark.parametrize(
    ("n", "m", "alpha", "coverage"),
    [
        (3, 3, 0.05, 0.9),
        (2, 2, 0.05, 2 / 3),
        (4, 4, 0.05, 1 - 2 / 70),
        (5, 5, 0.05, 1 - 2 * 4 / 252),
        (4, 4, 0.2, 1 - 2 * 7 / 70),
    ],
)
def test_small_groups_reach_their_known_coverage(n, m, alpha, coverage):
    assert _reach(n, m, alpha)[1] == pytest.approx(coverage, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "m", "alpha"), [(51, 51, 0.05), (100, 26, 0.05), (70, 40, 0.01), (55, 60, 0.2)]
)
def test_large_groups_reach_nearly_as_far_as_the_exact_distribution(n, m, alpha):
    below = np.cumsum([float(ways) for ways in _ways(n, m)])
    exact = int(np.searchsorted(below / below[-1], alpha / 2, side="right")) - 1
    assert _reach(n, m, alpha)[0] == pytest.approx(exact, rel=0.004)
    assert 2 * below[_reach(n, m, alpha)[0]] / below[-1] == pytest.approx(alpha, rel=0.06)


def test_smallest_p_is_reached_by_groups_that_do_not_overlap():
    for n, m in ((2, 2), (3, 3), (4, 6)):
        found = mann_whitney(np.arange(n) + 100.0, np.arange(m) + 0.0, 0.05)
        assert found.p == pytest.approx(smallest_p(n, m), rel=1e-12)


def test_the_interval_leaves_out_zero_exactly_when_p_is_below_alpha():
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(300):
        x, y = rng.normal(1.2, 1, 6), rng.normal(0, 2, 5)
        found = mann_whitney(x, y, 0.05)
        outside = found.low > 0 or found.high < 0
        assert outside == (found.p <= 0.05)
        seen.add(outside)
    assert seen == {True, False}


@pytest.mark.parametrize(("n", "m", "draws"), [(5, 7, 1500), (3, 3, 1500), (60, 55, 300)])
def test_the_shift_interval_covers_what_it_says(n, m, draws):
    rng = np.random.default_rng(4)
    covered = np.zeros(draws)
    for i in range(draws):
        found = mann_whitney(rng.exponential(size=n) + 2, rng.exponential(size=m), 0.05)
        covered[i] = found.low <= 2 <= found.high
    error = np.sqrt(found.coverage * (1 - found.coverage) / draws)
    assert covered.mean() == pytest.approx(found.coverage, abs=3 * error)


def test_ties_use_the_corrected_normal_approximation():
    x, y = np.array([1.0, 2.0, 2.0, 5.0]), np.array([2.0, 3.0, 4.0, 6.0, 6.0])
    found = mann_whitney(x, y, 0.05)
    assert not found.exact
    assert found.u == 4.0
    # Normal approximation by hand: ties of 3 and 2 in 9 values.
    variance = 4 * 5 / 12 * (10 - ((3**3 - 3) + (2**3 - 2)) / (9 * 8))
    assert found.p == pytest.approx(2 * stats.norm.sf((10 - found.u - 0.5) / np.sqrt(variance)), rel=1e-12)


def test_identical_values_show_nothing():
    same = np.full(4, 2.5)
    found = mann_whitney(same, same, 0.05)
    assert (found.p, found.shift, found.low, found.high) == (1.0, 0.0, 0.0, 0.0)
    delta, low, high = cliffs_delta(same, same, 0.05)
    assert delta == 0
    assert low < -0.3 < 0.3 < high
    test = kruskal_wallis({"a": same, "b": same, "c": same})
    assert (test.statistic, test.p) == (0.0, 1.0)


def test_plant_growth_gives_the_printed_kruskal_wallis_of_r():
    plants = {
        "ctrl": np.array([4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]),
        "trt1": np.array([4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]),
        "trt2": np.array([6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]),
    }
    test = kruskal_wallis(plants)
    assert test.statistic == pytest.approx(7.9882, abs=5e-5)
    assert test.df == (2.0,)
    assert test.p == pytest.approx(0.01842, abs=5e-6)


def feng_and_cliff(x, y, z):
    """The interval written out in sums over animals, with no arrays."""
    sign = {(i, j): (a > b) - (a < b) for i, a in enumerate(x.tolist()) for j, b in enumerate(y.tolist())}
    n, m = len(x), len(y)
    d = sum(sign.values()) / (n * m)
    s_x = sum((sum(sign[i, j] for j in range(m)) / m - d) ** 2 for i in range(n)) / (n - 1)
    s_y = sum((sum(sign[i, j] for i in range(n)) / n - d) ** 2 for j in range(m)) / (m - 1)
    s_xy = sum((value - d) ** 2 for value in sign.values()) / ((n - 1) * (m - 1))
    s = ((m - 1) * s_x + (n - 1) * s_y + s_xy) / (n * m)
    half = z * s**0.5 * ((1 - d * d) ** 2 + z * z * s) ** 0.5
    return (d - d**3 - half) / (1 - d * d + z * z * s), (d - d**3 + half) / (1 - d * d + z * z * s)


def test_cliffs_delta_counts_pairs():
    x = np.array([10.0, 10, 20, 20, 20, 30, 30, 30, 40, 50])
    y = np.array([10.0, 20, 30, 40, 40, 50])
    delta, low, high = cliffs_delta(x, y, 0.05)
    assert delta == pytest.approx(sum(np.sign(a - b) for a in x for b in y) / 60, rel=1e-12)
    assert delta == pytest.approx(-0.25, rel=1e-12)
    assert (low, high) == pytest.approx(feng_and_cliff(x, y, 1.959964), abs=1e-6)
    assert cliffs_delta(y, x, 0.05) == pytest.approx((-delta, -high, -low), rel=1e-12)


def test_cliffs_delta_of_groups_that_do_not_overlap():
    z = 1.959964
    expected = (4 - z * z) / (4 + z * z)
    assert cliffs_delta(np.arange(4) + 9.0, np.arange(5.0), 0.05) == pytest.approx((1, expected, 1), abs=1e-6)
    assert cliffs_delta(np.arange(4.0), np.arange(5) + 9.0, 0.05) == pytest.approx(
        (-1, -1, -expected), abs=1e-6
    )


@pytest.mark.parametrize(("n", "m"), [(5, 5), (8, 12)])
@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0])
def test_cliffs_interval_covers_at_least_nearly_what_it_says(n, m, apart):
    rng = np.random.default_rng(8)
    truth = 2 * stats.norm.cdf(apart / np.sqrt(2)) - 1
    covered = 0
    for _ in range(600):
        _, low, high = cliffs_delta(rng.normal(apart, 1, n), rng.normal(0, 1, m), 0.05)
        covered += low <= truth <= high
    assert covered / 600 > 0.93


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.04, 0.01, 0.03], [0.06, 0.03, 0.06]),
        ([0.6, 0.9], [1.0, 1.0]),
        ([0.02], [0.02]),
        ([], []),
    ],
)
def test_holm_steps_down(p, adjusted):
    assert holm(p) == pytest.approx(adjusted, rel=1e-12)
