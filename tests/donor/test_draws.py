from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from spondyl.donor.draws import draw, uniform
from spondyl.quantity import Kind, Parameter

COUNT = 40_000


def parameter(value, low, high, distribution, spread=None):
    return Parameter("any", value, "1", low, high, "Any.", "", Kind.ASSUMED, distribution, spread)


def test_a_stream_is_uniform_and_depends_on_name_and_seed():
    first = uniform("yield", 3, COUNT)
    assert stats.kstest(first, "uniform").pvalue > 0.01
    for other in (uniform("yield", 4, COUNT), uniform("viability", 3, COUNT)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.02
    assert first.min() > 0
    assert first.max() < 1


@pytest.mark.parametrize(
    ("given", "law"),
    [
        (parameter(2.0, -9, 9, "normal", 0.5), stats.norm(2.0, 0.5)),
        (parameter(3e5, 1, 1e9, "lognormal", 2.0), stats.lognorm(np.log(2), scale=3e5)),
        (parameter(0.5, 0.2, 0.8, "uniform"), stats.uniform(0.2, 0.6)),
    ],
)
def test_a_parameter_is_drawn_from_its_distribution(given, law):
    assert stats.kstest(draw(given, "one", 5, COUNT), law.cdf).pvalue > 0.01


def test_a_beta_has_its_mean_its_spread_and_its_range():
    drawn = draw(parameter(0.7, 0.5, 1.0, "beta", 0.08), "one", 5, COUNT)
    assert drawn.mean() == pytest.approx(0.7, abs=0.002)
    assert drawn.std() == pytest.approx(0.08, rel=0.02)
    assert drawn.min() > 0.5
    assert drawn.max() < 1.0


def test_no_distribution_no_spread():
    assert set(draw(parameter(0.7, 0.5, 1.0, None), "one", 5, 4)) == {0.7}
    assert set(draw(parameter(0.7, 0.5, 1.0, "beta", 0.0), "one", 5, 4)) == {0.7}
