"""Whole cultures: same bits however they are run, fusion, and the radial mode's averages."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest

from agent_cases import exchange, floating, still
from spondyl.spheroid import agents, culture
from spondyl.spheroid.agents import Culture, State
from spondyl.spheroid.agents.state import per_cell, taken
from spondyl.spheroid.radius import settled_radius_mm

LIVELY = {"growth_rate": 0.5, "steady_hazard": 0.1, "starvation_hazard": 1.0, "clearing_rate": 1.0}


def lively() -> tuple[State, Culture, agents.Parameters]:
    about, own = floating(**LIVELY), agents.parameters()
    return agents.form(150, about, own, seed=11), about, own


def same(first: State, second: State) -> bool:
    names = [field.name for field in fields(State) if field.name != "fields"]
    cells = all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)
    return cells and np.array_equal(first.fields.oxygen_mM, second.fields.oxygen_mM)


@pytest.fixture(scope="module")
def run_of_two_days():
    state, about, own = lively()
    return agents.run(state, about, own, [1.0, 2.0], step_days=0.25)


def test_things_happen(run_of_two_days):
    last = run_of_two_days.states[-1]
    assert last.next_cell > 175  # divided
    assert not last.living.all()  # died
    assert last.day == pytest.approx(2.0)


def test_a_run_that_is_taken_up_again_gives_the_same_bits(run_of_two_days):
    _, about, own = lively()
    again = agents.run(run_of_two_days.states[0], about, own, [2.0], step_days=0.25).states[-1]
    assert same(again, run_of_two_days.states[-1])


def test_the_number_of_threads_changes_no_bit(run_of_two_days):
    state, about, own = lively()
    assert same(
        agents.run(state, about, own, [1.0], step_days=0.25, threads=3).states[0], run_of_two_days.states[0]
    )


def test_the_order_of_the_cells_changes_no_bit(run_of_two_days):
    _, about, own = lively()
    first = run_of_two_days.states[0]
    mixed = taken(first, np.random.Generator(np.random.Philox(2)).permutation(len(first)))
    assert not same(mixed, first)
    assert same(agents.step(mixed, about, own, 0.25), agents.step(first, about, own, 0.25))


def test_another_seed_is_another_spheroid(run_of_two_days):
    state, about, own = lively()
    other = agents.run(replace(state, seed=12), about, own, [1.0], step_days=0.25).states[0]
    assert not same(other, run_of_two_days.states[0])


def test_a_step_changes_nothing_in_the_state_it_is_given():
    state, about, own = lively()
    before = {name: getattr(state, name).copy() for name in per_cell()}
    agents.step(state, about, own, 0.25)
    assert all(np.array_equal(before[name], getattr(state, name)) for name in before)


def test_progress_is_told_after_each_step():
    state, about, own = lively()
    told: list[tuple[float, int]] = []
    agents.run(state, about, own, [0.2], step_days=0.1, progress=lambda day, cells: told.append((day, cells)))
    assert [day for day, _ in told] == pytest.approx([0.1, 0.2])


def test_cells_that_settled_in_a_round_bottom_lie_on_it_as_a_lens():
    about = replace(floating(), well="bowl", bowl_mm=0.4)
    state = agents.form(200, about, agents.parameters(), seed=1)
    up = state.position_mm - [0, 0, 0.4]
    assert np.linalg.norm(up, axis=1).max() < 0.4 - 0.9 * state.radius_mm.min()
    assert np.abs(state.position_mm[:, :2].mean(axis=0)).max() < 0.02
    assert state.position_mm[:, 2].max() < 0.12
    apart = np.linalg.norm(state.position_mm[:, None] - state.position_mm[None], axis=-1)
    assert (apart + np.eye(200)).min() > 0.8 * 2 * state.radius_mm[0]


def test_a_sheet_draws_itself_together():
    about = replace(floating(), well="bowl", bowl_mm=0.4)
    own = agents.parameters()
    start = agents.form(150, about, own, seed=2)
    last = agents.run(start, about, own, [2.0]).states[-1]
    before, after = agents.shape(start), agents.shape(last)
    assert after.radius_mm < 0.7 * before.radius_mm
    assert after.roundness > 2 * before.roundness
    assert after.sphericity > before.sphericity + 0.2
    assert 0.7 < after.packing < 1.2


def settled_ball(cells: int, own: agents.Parameters, about: Culture) -> State:
    """A dense spheroid at rest, of cells as small as they become, on day 0."""
    volume = own.packing * about.cells.settled_volume
    loose = agents.form(cells, about, replace(own, free_volume=volume), seed=4)
    state = replace(loose, contacts=np.full(cells, 12, np.int32))
    calm = replace(about, cells=about.cells._replace(steady_hazard=0.0, starvation_hazard=0.0))
    state = agents.run(state, calm, replace(own, anoikis=0.0), [0.5]).states[-1]
    return replace(state, day=0.0)


def test_two_spheroids_fuse_without_turning_back():
    about, own = floating(), agents.parameters()
    one = settled_ball(100, own, about)
    pair = agents.beside(one, one, about, own)
    assert len(pair) == 200
    assert len(np.unique(pair.cell)) == 200
    course = agents.run(pair, about, own, [0.2, 0.6, 1.2, 2.4])
    long = [agents.shape(state).roundness for state in (pair, *course.states)]
    neck = [neck_mm(state) for state in (pair, *course.states)]
    assert all(b > a - 0.02 for a, b in pairwise(long))
    assert long[-1] > 1.2 * long[0]
    assert neck[-1] > 1.3 * neck[0]
    assert all(b > a - 0.2 * neck[-1] for a, b in pairwise(neck))
    assert course.states[-1].position_mm.mean(axis=0) == pytest.approx(
        pair.position_mm.mean(axis=0), abs=2e-3
    )


def neck_mm(state: State) -> float:
    """Root mean square distance from the axis of the cells within a radius of the middle plane."""
    arm = state.position_mm - state.position_mm.mean(axis=0)
    way = np.linalg.eigh(arm.T @ arm)[1][:, 2]
    along = arm @ way
    middle = np.abs(along) < 0.012
    off = np.linalg.norm(arm - along[:, None] * way, axis=1)[middle]
    return float(np.sqrt(2 * np.mean(off**2))) if middle.any() else 0.0


def test_shell_averages_are_those_of_the_radial_mode(human):
    course = culture(human, cells_each=500, count=10, osteogenic="2 day", network=None)
    about = replace(agents.culture_of(course), well="open")
    own = replace(agents.parameters(), cube=0.015)
    state = settled_ball(500, own, about)
    state = agents.run(state, about, own, [3.0], step_days=0.25).states[-1]
    shells, k = agents.shell_means(state, 5), course.at(3.0)
    # Radius of the ball with the cells' radius of gyration, against compacted spheroids of the radial mode.
    radius = agents.shape(state).gyration_mm * math.sqrt(5 / 3)
    assert radius == pytest.approx(settled_radius_mm(500, course.numbers), rel=0.08)
    middles = (
        (course.shells.face_mm[k, 1:] + course.shells.face_mm[k, :-1]) / 2 / course.shells.face_mm[k, -1]
    )
    for mine, theirs in (
        (shells.oxygen_mM, course.shells.oxygen_mM),
        (shells.glucose_mM, course.shells.glucose_mM),
    ):
        expected = np.interp(np.arange(0.1, 1, 0.2), middles, theirs[k])
        assert mine == pytest.approx(expected, rel=0.02)
    dead = course.shells.dead[k].sum() / (course.shells.dead[k] + course.shells.living[k]).sum()
    assert shells.dead.sum() / (shells.dead + shells.living).sum() == pytest.approx(dead, abs=0.01)


def test_a_starved_core_dies_in_both_modes_alike(human):
    hungry = {"medium": "no glucose", "oxygen": "2 %"}
    course = culture(human, cells_each=500, count=10, osteogenic="2 day", network=None, **hungry)
    about = replace(agents.culture_of(course), well="open")
    state = settled_ball(500, agents.parameters(), about)
    state = agents.run(state, about, agents.parameters(), [3.0]).states[-1]
    theirs = course.viability[course.at(3.0)]
    assert theirs < 0.9
    shells = agents.shell_means(state, 5)
    mine = shells.living.sum() / (shells.living + shells.dead).sum()
    assert mine == pytest.approx(theirs, abs=0.05)


def test_medium_is_renewed_on_its_days():
    about = replace(floating(exchange(share=1e-2)), renewed=0.5, renewal_days=(1.0,))
    state = agents.form(50, about, still(), seed=1)
    used = agents.run(state, replace(about, renewal_days=()), still(), [1.0], step_days=0.5).states[-1]
    fresh = agents.run(state, about, still(), [1.0], step_days=0.5).states[-1]
    assert used.medium_glucose_mM < 5.4
    assert fresh.medium_glucose_mM == pytest.approx((used.medium_glucose_mM + 5.5) / 2, rel=1e-12)
    assert fresh.glucose_mM.mean() > used.glucose_mM.mean()
    later = agents.step(fresh, about, still(), 0.5)
    assert later.medium_glucose_mM < fresh.medium_glucose_mM


def test_settled_cells_touch_before_they_live():
    state = agents.form(200, floating(), agents.parameters(), seed=1)
    bowl = agents.form(200, replace(floating(), well="bowl", bowl_mm=0.4), agents.parameters(), seed=1)
    assert (bowl.contacts > 0).mean() > 0.95
    assert bowl.contacts.mean() > state.contacts.mean()
