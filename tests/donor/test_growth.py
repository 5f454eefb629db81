"""Growth against closed forms and against another integrator of the equation as it is written."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate

from spondyl.donor.growth import Kinetics, course, days_to, grown

ENDLESS = np.array(np.inf)


def cells(doubling: float = 2.0, exhaustion: float = 12.0, sharpness: float = 3.0, capacity: float = 5e4):
    return Kinetics(np.array(doubling), np.array(exhaustion), sharpness, capacity)


def at(value: float) -> np.ndarray:
    return np.array(value)


def test_without_exhaustion_and_crowding_growth_is_exponential():
    free = cells(doubling=1.7, exhaustion=np.inf, capacity=1e30)
    found = grown(at(300.0), at(4.0), at(6.0), free)
    assert found == pytest.approx(300 * 2 ** (6 / 1.7), rel=1e-11)


@pytest.mark.parametrize("days", [0.0, 0.5, 3.0, 20.0, 200.0])
def test_without_exhaustion_growth_is_logistic(days):
    start, capacity, doubling = 900.0, 5e4, 1.3
    endless = cells(doubling=doubling, exhaustion=np.inf, capacity=capacity)
    times = np.exp(-np.log(2) / doubling * days)
    exact = capacity / (1 + (capacity / start - 1) * times)
    assert grown(at(start), at(0.0), at(days), endless) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.8, 0.99])
def test_without_exhaustion_the_time_is_that_of_the_logistic(share):
    start, capacity, doubling = 900.0, 5e4, 1.3
    endless = cells(doubling=doubling, exhaustion=np.inf, capacity=capacity)
    exact = doubling / np.log(2) * np.log(share / (1 - share) / (start / (capacity - start)))
    assert days_to(at(start), at(0.0), at(share * capacity), endless) == pytest.approx(exact, rel=1e-12)


def test_without_crowding_and_with_linear_tiring_growth_is_gompertz():
    """dP/dt = (1 − P/E) / T has the solution P = E − (E − P0) exp(−t / (T E))."""
    doubling, exhaustion, start = 2.0, 9.0, 3.0
    tiring = cells(doubling, exhaustion, sharpness=1.0, capacity=1e30)
    days = np.array([1.0, 5.0, 10.0, 15.0])
    exact = exhaustion - (exhaustion - start) * np.exp(-days / (doubling * exhaustion))
    found = start + np.log2(grown(at(100.0), at(start), days, tiring) / 100.0)
    np.testing.assert_allclose(found, exact, rtol=1e-8)


def test_the_method_is_of_fourth_order():
    tiring = cells(exhaustion=5.0)
    finest = grown(at(1e3), at(2.0), at(15.0), tiring, steps=2048)
    errors = [abs(grown(at(1e3), at(2.0), at(15.0), tiring, steps=n) - finest) for n in (8, 16, 32)]
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    assert np.all(np.abs(orders - 4) < 0.4), orders


@pytest.mark.parametrize("exhaustion", [2.5, 6.0, 14.0])
def test_the_default_steps_are_enough_for_a_long_passage(exhaustion):
    tiring = cells(doubling=0.8, exhaustion=exhaustion)
    found = grown(at(600.0), at(0.0), at(20.0), tiring)
    assert found == pytest.approx(float(grown(at(600.0), at(0.0), at(20.0), tiring, steps=4096)), rel=1e-4)
    early = grown(at(600.0), at(0.0), at(4.0), tiring)
    assert early == pytest.approx(float(grown(at(600.0), at(0.0), at(4.0), tiring, steps=4096)), rel=1e-6)


def test_the_equation_as_written_has_the_same_solution():
    tiring, start, before = cells(doubling=2.2, exhaustion=10.0), 4e3, 5.5

    def slope(_time, state):
        density, doublings = state
        rate = np.log(2) / 2.2 * (1 - (doublings / 10.0) ** 3) * (1 - density / 5e4)
        return [rate * density, rate / np.log(2)]

    exact = integrate.solve_ivp(slope, (0, 12), [start, before], rtol=1e-10, atol=1e-8, method="DOP853")
    found = grown(at(start), at(before), at(12.0), tiring)
    assert found == pytest.approx(exact.y[0, -1], rel=1e-6)


@pytest.mark.parametrize(("before", "wanted"), [(0.0, 4e4), (5.0, 4e4), (8.0, 2.5e4), (10.0, 1e4)])
def test_the_time_is_the_inverse_of_the_growth(before, wanted):
    tiring = cells(exhaustion=11.5)
    days = days_to(at(4e3), at(before), at(wanted), tiring)
    assert grown(at(4e3), at(before), days, tiring, steps=512) == pytest.approx(wanted, rel=1e-6)


def test_exhausted_cells_never_get_there_and_stop_at_their_last_doubling():
    tiring = cells(exhaustion=6.0)
    assert days_to(at(1e3), at(4.0), at(4.1e3), tiring) == np.inf
    assert days_to(at(1e3), at(4.0), at(3.9e3), tiring) < np.inf
    ended = grown(at(1e3), at(4.0), at(4000.0), tiring, steps=4000)
    assert ended == pytest.approx(4e3, rel=1e-6)
    assert grown(at(1e3), at(7.0), at(50.0), tiring) == pytest.approx(1e3)


def test_what_is_there_already_takes_no_time():
    assert days_to(at(4e4), at(0.0), at(3e4), cells()) == 0.0
    assert days_to(at(4e4), at(20.0), at(4e4), cells()) == 0.0


def test_a_course_meets_the_growth_at_every_day():
    tiring = Kinetics(np.array([0.8, 2.0, 3.0]), np.array([7.0, 12.0, 9.0]), 3.0, 5e4)
    start, before, longest = (
        np.array([6e2, 4e3, 4.5e3]),
        np.array([0.0, 5.0, 9.5]),
        np.array([12.0, 9.0, 0.0]),
    )
    days = np.array([[-1.0, 0.0, 0.3, 5.1, 11.9, 12.0, 14.0]] * 3)
    found = course(start, before, longest, days, tiring)
    inside = np.clip(days, 0.0, longest[:, None])
    exact = grown(start[:, None], before[:, None], inside, tiring.column(), steps=1000)
    np.testing.assert_allclose(found, exact, rtol=2e-6)
