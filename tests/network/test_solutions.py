"""The integrator against closed forms, published solutions and conserved quantities."""

from __future__ import annotations

import numpy as np
import pytest

from sbml_models import rates_model
from spondyl.network import batch, read
from spondyl.network.reference import formulas, step


def integrated(model: str, times, **options):
    return batch(read(model)).integrate(times, threads=1, **options)


def test_a_chain_of_decays_follows_bateman_and_loses_nothing() -> None:
    a, b = 0.7, 0.2
    chain = {"x": (3.0, "-a*x"), "y": (0.0, "a*x - b*y"), "z": (0.0, "b*y")}
    times = np.linspace(0, 20, 21)
    found = integrated(rates_model(chain, {"a": a, "b": b}), times, rtol=1e-9, atol=1e-13)[:, 0]
    first = 3 * np.exp(-a * times)
    second = 3 * a / (b - a) * (np.exp(-a * times) - np.exp(-b * times))
    np.testing.assert_allclose(found[:, 0], first, rtol=1e-7)
    np.testing.assert_allclose(found[:, 1], second, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found[:, :3].sum(axis=1), 3.0, rtol=1e-13)


def test_logistic_growth() -> None:
    model = rates_model({"n": (0.01, "r*n*(1 - n/k)")}, {"r": 1.3, "k": 5.0})
    times = np.linspace(0, 12, 13)
    growth = np.exp(1.3 * times)
    exact = 5 * 0.01 * growth / (5 + 0.01 * (growth - 1))
    found = integrated(model, times, rtol=1e-9)[:, 0, 0]
    np.testing.assert_allclose(found, exact, rtol=1e-7)


def test_robertson_over_eleven_decades() -> None:
    """Robertson 1966; values at 1e11 from the test set for initial value problem solvers."""
    kinetics = {
        "a": (1.0, "-0.04*a + 1e4*b*c"),
        "b": (0.0, "0.04*a - 1e4*b*c - 3e7*b^2"),
        "c": (0.0, "3e7*b^2"),
    }
    found = integrated(rates_model(kinetics), [0.0, 40.0, 1e11], rtol=1e-9, atol=1e-18)[:, 0]
    np.testing.assert_allclose(found[1], [0.7158270688, 9.185534765e-6, 0.2841637457], rtol=2e-8)
    exact = [0.2083340149701255e-7, 0.8333360770334713e-13, 0.9999999791665050]
    np.testing.assert_allclose(found[2], exact, rtol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)


def test_lotka_volterra_stays_on_its_orbit() -> None:
    model = rates_model({"x": (1.0, "x - 0.5*x*y"), "y": (1.0, "0.5*x*y - y")})
    x, y = integrated(model, np.linspace(0, 60, 61), rtol=1e-9)[:, 0].T
    kept = 0.5 * x - np.log(x) + 0.5 * y - np.log(y)
    assert np.ptp(x) > 2
    np.testing.assert_allclose(kept, kept[0], rtol=1e-7)


def test_rates_that_depend_on_time() -> None:
    times = np.linspace(0, 9, 10)
    found = integrated(rates_model({"x": (0.0, "cos(3*time)*exp(-x)")}), times, rtol=1e-9)[:, 0, 0]
    np.testing.assert_allclose(found, np.log1p(np.sin(3 * times) / 3), rtol=1e-7, atol=1e-9)


def test_inputs_change_from_interval_to_interval() -> None:
    times, k = np.array([0.0, 1.0, 1.5, 4.0]), np.array([[0.3, 2.0, 0.0], [1.0, 0.1, 0.7]])
    model = rates_model({"x": (1.0, "-k*x")}, {"k": 9.0})
    found = integrated(model, times, inputs={"k": k}, rtol=1e-9)[:, :, 0]
    exact = np.exp(-np.cumsum(k * np.diff(times), axis=1)).T
    np.testing.assert_allclose(found[1:], exact, rtol=1e-8)


def one_step_error(formula: str, exact, h: float) -> tuple[float, float]:
    """Error of one step, and of the embedded method's."""
    system = read(rates_model({"x": (0.5, formula)})).system
    new, wrong = step(formulas(system, dict(system.defaults)), np.array([0.5]), 0.3, h)
    truth = exact(0.3 + h)
    return float(new[0] - truth), float(new[0] - wrong[0] - truth)


@pytest.mark.parametrize(
    ("formula", "exact"),
    [
        ("-x^2", lambda t: 1 / (2 + (t - 0.3))),
        ("x*cos(time)", lambda t: 0.5 * np.exp(np.sin(t) - np.sin(0.3))),
        ("-x^2*(2*time)", lambda t: 1 / (2 + t**2 - 0.09)),
    ],
)
def test_a_step_has_order_four_and_its_estimate_order_three(formula: str, exact) -> None:
    errors = np.array([one_step_error(formula, exact, h) for h in (0.2, 0.1, 0.05)])
    local = np.log2(np.abs(errors[:-1] / errors[1:]))
    np.testing.assert_allclose(local[-1], [5.0, 4.0], atol=0.35)


def test_a_tighter_tolerance_gives_a_smaller_error() -> None:
    model = rates_model({"x": (1.0, "x - 0.5*x*y"), "y": (1.0, "0.5*x*y - y")})
    exact = integrated(model, [0, 30], rtol=1e-12, atol=1e-15)[1, 0]
    errors = [
        np.abs(integrated(model, [0, 30], rtol=rtol)[1, 0] - exact).max() for rtol in (1e-4, 1e-6, 1e-8)
    ]
    assert errors[0] < 1e-2
    assert errors[1] < errors[0] / 20
    assert errors[2] < errors[1] / 20


def test_where_pivots_are_small_dense_factors_take_over() -> None:
    """A fast rotation at rest makes multipliers of 1e4; what hangs on it must still be right."""
    fast = {
        "x": (1.0, "1e6*(y - 1)"),
        "y": (1.0, "-1e6*(x - 1)"),
        "w": (2.0, "x - 3*w*y"),
    }
    found = integrated(rates_model(fast), [0.0, 0.5, 1.0], rtol=1e-8)[:, 0]
    exact = 1 / 3 + (2 - 1 / 3) * np.exp(-3 * np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(found[:, 2], exact, rtol=1e-6)
    np.testing.assert_allclose(found[:, :2], 1.0, rtol=1e-12)


def test_more_species_than_formulas_can_factor() -> None:
    """Forty species that all act on one another; decay of their mean and of what differs from it is known."""
    n = 40
    names = [f"s{number}" for number in range(n)]
    total = " + ".join(names)
    rates = {name: (float(number), f"0.05*({total}) - 3*{name}") for number, name in enumerate(names)}
    found = integrated(rates_model(rates), [0.0, 0.7], rtol=1e-8)[1, 0]
    start = np.arange(float(n))
    exact = start.mean() * np.exp(-0.7) + (start - start.mean()) * np.exp(-2.1)
    np.testing.assert_allclose(found, exact, rtol=1e-6)
