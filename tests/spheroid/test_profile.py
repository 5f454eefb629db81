"""Profiles in a ball against closed forms; the order of the grid; nothing lost on the way."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.spheroid.radial.profile import link_shells, settle, uptake

R, D, SURFACE = 0.25, 150.0, 0.18


def profile(
    shells: int,
    most: float,
    half: float,
    *,
    source: float = 0.0,
    radius: float = R,
    beyond: float = 0.0,
    start: float = 0.1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles, levels and capacities of shells in which each mm³ takes up at most `most` nmol a day."""
    face = radius * np.arange(shells + 1) / shells
    volume = 4 / 3 * np.pi * np.diff(face**3)
    link, level = np.empty(shells), np.full(shells, start)
    link_shells(face, D, beyond, link)
    settle(level, most * volume, half, source * volume, link, SURFACE, np.empty((2, shells)))
    return (face[1:] + face[:-1]) / 2, level, most * volume


def zero_order(r: np.ndarray, most: float) -> np.ndarray:
    return SURFACE - most * (R**2 - r**2) / (6 * D)


def first_order(r: np.ndarray, rate: float) -> np.ndarray:
    k = np.sqrt(rate / D)
    return SURFACE * R / r * np.sinh(k * r) / np.sinh(k * R)


def test_uptake_that_is_saturated_gives_the_parabola():
    r, level, _ = profile(80, 1000.0, 1e-9)
    assert level == pytest.approx(zero_order(r, 1000.0), abs=4e-6)


def test_uptake_in_proportion_gives_the_hyperbolic_sine():
    half = 1e7  # so far above the level that uptake is most / half times it
    r, level, _ = profile(160, 3e4 * half, half)
    assert level == pytest.approx(first_order(r, 3e4), rel=2e-3)


@pytest.mark.parametrize(("most", "half", "exact"), [(1500.0, 1e-9, zero_order), (8e10, 1e7, first_order)])
def test_the_error_falls_with_the_square_of_the_shell(most, half, exact):
    errors = []
    for shells in (20, 40, 80):
        r, level, _ = profile(shells, most, half)
        volume = np.diff((np.arange(shells + 1) / shells) ** 3)
        truth = exact(r, most if exact is zero_order else most / half)
        errors.append(np.sqrt((volume * (level - truth) ** 2).sum()))
    orders = np.log2(np.asarray(errors[:-1]) / errors[1:])
    assert orders == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("above", [0.97, 1.03])
def test_the_middle_runs_out_at_the_critical_radius(above):
    most = 1200.0
    critical = np.sqrt(6 * D * SURFACE / most)
    _, level, _ = profile(400, most, 1e-7, radius=above * critical)
    empty = level[0] < 1e-4 * SURFACE
    assert empty == (above > 1)


def test_what_is_taken_up_is_what_passes_the_surface():
    r, level, capacity = profile(24, 900.0, 0.008)
    face = R - r[-1]
    passing = 4 * np.pi * R**2 * D * (SURFACE - level[-1]) / face
    eaten = sum(uptake(c, v, 0.008) for c, v in zip(level, capacity, strict=True))
    assert eaten == pytest.approx(passing, rel=1e-9)


def test_without_uptake_the_level_is_flat_and_a_source_makes_the_parabola_upside_down():
    _, level, _ = profile(24, 0.0, 0.008)
    assert level == pytest.approx(SURFACE, rel=1e-12)
    r, level, _ = profile(80, 0.0, 0.008, source=1000.0)
    assert level == pytest.approx(2 * SURFACE - zero_order(r, 1000.0), abs=4e-6)


def test_a_film_lowers_all_levels_by_its_resistance_times_the_uptake():
    most, beyond = 500.0, 0.002
    _, bare, capacity = profile(40, most, 1e-9)
    _, filmed, _ = profile(40, most, 1e-9, beyond=beyond)
    assert bare - filmed == pytest.approx(beyond * capacity.sum(), rel=1e-6)


@pytest.mark.parametrize("start", [-5.0, 0.0, 1e-12, 0.18, 1e6])
def test_newton_finds_the_same_levels_from_any_start_and_none_is_negative(start):
    _, level, _ = profile(30, 3e5, 1e-4, start=start)
    _, usual, _ = profile(30, 3e5, 1e-4)
    assert level == pytest.approx(usual, rel=1e-8, abs=1e-14)
    assert (level >= 0).all()
    assert level[-1] > 0


def test_shells_without_thickness_do_no_harm():
    face = np.asarray([0.0, 0.0, 0.1, 0.1, 0.2])
    link, level = np.empty(4), np.full(4, 0.1)
    link_shells(face, D, 0.0, link)
    capacity = 500 * 4 / 3 * np.pi * np.diff(face**3)
    settle(level, capacity, 0.008, np.zeros(4), link, SURFACE, np.empty((2, 4)))
    assert np.isfinite(level).all()
    assert (np.diff(level) >= -1e-12).all()
