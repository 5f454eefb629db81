"""What a person can get wrong: one clear sentence, never a number."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from agent_cases import ball, cells, exchange, floating, still
from spondyl.errors import CultureError
from spondyl.spheroid import agents


@pytest.mark.parametrize("count", [0, -5, 2_000_000, 1.5])
def test_cells_must_be_a_whole_number(count):
    with pytest.raises(CultureError, match=r"cells: found .*must be a whole number from 1 to 1,000,000"):
        agents.form(count, floating(), still(), seed=1)


def test_no_cells_and_cells_in_each_other_are_refused():
    with pytest.raises(CultureError, match="at least one cell"):
        agents.placed(np.empty((0, 3)), 1e-6, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="1 pairs of cells in each other"):
        agents.placed(np.zeros((2, 3)), 1e-6, floating(), still(), seed=1)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_positions_and_volumes_must_be_finite(bad):
    points = ball(5, 0.3)
    points[2, 1] = bad
    with pytest.raises(CultureError, match="position_mm: found 1 numbers that are not finite"):
        agents.placed(points, 1e-6, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="volume_mm3"):
        agents.placed(ball(5, 0.3), bad, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="volume_mm3: found -1"):
        agents.placed(ball(5, 0.3), -1.0, floating(), still(), seed=1)


@pytest.mark.parametrize("days", [[], [math.nan], [-1.0], [2.0, 1.0]])
def test_days_must_rise_from_the_start(days):
    state = agents.placed(ball(5, 0.3), 1e-7, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="days"):
        agents.run(state, floating(), still(), days)


@pytest.mark.parametrize("days", [0.0, -1.0, math.nan, math.inf])
def test_a_step_must_be_a_time(days):
    state = agents.placed(ball(5, 0.3), 1e-7, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="must be a finite time above zero"):
        agents.step(state, floating(), still(), days)
    with pytest.raises(CultureError, match="must be a finite time above zero"):
        agents.run(state, floating(), still(), [1.0], step_days=days)


def test_every_wrong_parameter_is_told_at_once():
    with pytest.raises(CultureError) as problem:
        replace(still(), speed=math.nan, persistence=0.0, cleared=-1.0)
    assert len(problem.value.mistakes) == 3
    with pytest.raises(CultureError, match="spacing"):
        replace(still(), spacing=1.2)


def test_every_wrong_number_of_a_culture_is_told_at_once():
    with pytest.raises(CultureError) as problem:
        agents.Culture(
            cells(oxygen_uptake=-1.0),
            exchange(oxygen_above=math.nan),
            fresh_mM=-1.0,
            renewed=1.5,
            well="dish",
        )
    told = str(problem.value)
    for word in ("oxygen_uptake", "oxygen_above", "fresh_mM", "renewed", "open, flat or bowl"):
        assert word in told


def test_a_bottom_too_small_for_the_cells_is_refused_with_what_they_need():
    with pytest.raises(CultureError, match="these cells need"):
        agents.form(5000, replace(floating(), well="bowl", bowl_mm=0.1), still(), seed=1)


def test_a_culture_whose_cells_are_all_gone_says_so():
    about = floating(steady_hazard=500.0, clearing_rate=100.0)
    state = agents.placed(ball(5, 0.3), 1e-7, about, still(), seed=1)
    with pytest.raises(CultureError, match="all died and were cleared"):
        agents.run(state, about, still(), [5.0], step_days=1.0)


def test_at_least_one_shell():
    state = agents.placed(ball(5, 0.3), 1e-7, floating(), still(), seed=1)
    with pytest.raises(CultureError, match="shells"):
        agents.shell_means(state, 0)
