"""Division, death and crawling: laws that hold in expectation, within what chance allows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from agent_cases import floating, still
from spondyl.errors import CultureError
from spondyl.spheroid.agents.crawling import crawled, first_crawl
from spondyl.spheroid.agents.forming import _bare
from spondyl.spheroid.agents.living import cleared, lived
from spondyl.spheroid.agents.state import State


def apart(count: int, culture, parameters, seed: int = 3) -> State:
    """Cells in a row, too far apart to feel each other; fed."""
    position = np.zeros((count, 3))
    position[:, 0] = 0.05 * np.arange(count)
    state = _bare(np.arange(count), position, np.full(count, 2.6e-6), culture, parameters, seed)
    return replace(
        state, energy=np.ones(count), oxygen_mM=np.full(count, 0.19), glucose_mM=np.full(count, 5.0)
    )


def after(state: State, culture, parameters, days: float, steps: int) -> State:
    for step in range(steps):
        state = replace(lived(state, culture, parameters, days / steps), step=step + 1)
    return state


@pytest.mark.parametrize(("growth", "death"), [(0.7, 0.0), (0.0, 0.6), (0.7, 0.3)])
def test_numbers_follow_the_exponential_law_in_expectation(growth, death):
    culture, free = floating(growth_rate=growth, steady_hazard=death), still(crowding=math.inf)
    start = 4000
    living = after(apart(start, culture, free), culture, free, 2.0, 8).living.sum()
    expected = start * math.exp(2 * (growth - death))
    # Variance of a birth-and-death process (Kendall 1948).
    gain = growth - death
    spread = math.sqrt(expected * (growth + death) / gain * math.expm1(2 * gain))
    assert abs(living - expected) < 4 * spread


def test_neighbours_hold_division_up_in_proportion():
    culture, tight = floating(growth_rate=0.5), still(crowding=12.0)
    for contacts, share in ((0, 1.0), (6, 0.5), (12, 0.0), (14, 0.0)):
        state = replace(apart(20_000, culture, tight), contacts=np.full(20_000, contacts, np.int32))
        born = len(lived(state, culture, tight, 0.2)) - 20_000
        expected = 20_000 * math.expm1(0.5 * share * 0.2)
        assert abs(born - expected) <= 4 * math.sqrt(expected)


def test_halves_of_a_division_keep_volume_and_middle():
    culture, free = floating(growth_rate=0.5), still(crowding=math.inf, regrowth=1e9)
    state = apart(500, culture, free)
    later = lived(state, culture, free, 0.5)
    assert 550 < len(later) == later.next_cell
    assert later.volume_mm3.sum() == pytest.approx(state.volume_mm3.sum(), rel=1e-6)
    assert later.position_mm[:, 1:].sum(axis=0) == pytest.approx([0, 0], abs=0.2)
    mother = later.cell[500]  # the first daughter; its mother is the first that divided
    assert mother == 500
    divided = np.flatnonzero(np.abs(later.volume_mm3[:500] - 1.3e-6) < 1e-9)[0]
    middle = (later.position_mm[divided] + later.position_mm[500]) / 2
    assert middle == pytest.approx(state.position_mm[divided], abs=1e-12)


def test_single_cells_die_sooner_by_anoikis_alone():
    culture = floating(steady_hazard=0.1)
    hazards = {0: 0.1 + 0.4, 1: 0.1}
    for contacts, hazard in hazards.items():
        state = replace(apart(20_000, culture, still()), contacts=np.full(20_000, contacts, np.int32))
        alive = lived(state, culture, still(anoikis=0.4), 0.5).living.sum()
        expected = 20_000 * math.exp(-0.5 * hazard)
        assert abs(alive - expected) < 4 * math.sqrt(20_000 * 0.2)


def test_starving_cells_die_and_fed_ones_do_not():
    culture = floating(starvation_hazard=1.0)
    state = apart(2000, culture, still())
    energy = np.where(np.arange(2000) < 1000, 0.05, 1.0)
    alive = lived(replace(state, energy=energy), culture, still(), 1.0).living
    assert abs(alive[:1000].sum() - 1000 * math.exp(-1)) < 4 * math.sqrt(1000 * 0.23)
    assert alive[1000:].sum() > 990


def test_the_dead_shrink_and_are_cleared():
    culture = floating(clearing_rate=0.5)
    state = replace(apart(10, culture, still()), left=np.full(10, 0.8), crawl=np.ones((10, 3)))
    later = lived(state, culture, still(), 2.0)
    assert later.left == pytest.approx(0.8 * math.exp(-1))
    assert later.volume_mm3 == pytest.approx(2.6e-6 * math.exp(-1))
    assert not later.crawl.any()
    assert len(cleared(later, 0.3)) == 0
    assert len(cleared(later, 0.29)) == 10


def test_cells_with_neighbours_become_as_small_as_those_of_the_radial_mode():
    culture, own = floating(), still()
    state = replace(apart(5, culture, own), contacts=np.full(5, 9, np.int32))
    small = own.packing * culture.cells.settled_volume
    kept = math.exp(-0.5 / culture.cells.compaction_time)
    assert lived(state, culture, own, 0.5).volume_mm3 == pytest.approx(small + (2.6e-6 - small) * kept)


def test_a_step_in_which_a_cell_would_divide_twice_is_refused():
    culture = floating(growth_rate=1.0)
    with pytest.raises(CultureError, match=r"at most 0\.693 days"):
        lived(apart(3, culture, still()), culture, still(crowding=math.inf), 0.7)


@pytest.mark.parametrize("steps", [1, 3, 24])
def test_crawling_cells_spread_as_persistent_walkers_whatever_the_step(steps):
    speed, persistence, days, n = 0.2, 0.1, 0.3, 20_000
    cell = np.arange(n)
    crawl, gone = first_crawl(cell, 5, 0, speed), np.zeros((n, 3))
    for step in range(steps):
        crawl, way = crawled(crawl, cell, 5, step + 1, days / steps, speed, persistence)
        gone += way
    ratio = days / persistence
    furth = 2 * speed**2 * persistence**2 * (ratio - 1 + math.exp(-ratio))  # Fürth 1920
    squares = (gone**2).sum(axis=1)
    assert squares.mean() == pytest.approx(furth, abs=4 * squares.std() / math.sqrt(n))
    assert (crawl**2).sum(axis=1).mean() == pytest.approx(speed**2, rel=0.03)
    turned = (crawl * first_crawl(cell, 5, 0, speed)).sum(axis=1).mean() / speed**2
    assert turned == pytest.approx(math.exp(-ratio), abs=0.03)
