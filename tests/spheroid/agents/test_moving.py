"""Mechanics: distances at rest in closed form, forces that sum to zero, packing, and invariance."""

from __future__ import annotations

import numpy as np
import pytest

from agent_cases import ball
from spondyl.spheroid.agents.contact import Contact, contact, pair_force
from spondyl.spheroid.agents.moving import Surroundings, gradient_at, move

R = 0.006
LAW = contact(5e-4, 0.4, 0.9, 1.25)
PULLED = contact(5e-4, 0.4, 0.9, 1.25, 0.05, 1.75)


def around(n: int, law: Contact = LAW, **changes) -> Surroundings:
    plain = {
        "radius": np.full(n, R),
        "weight": np.zeros(n),
        "hold": np.full(n, 1e-14),
        "rub": 0.0,
        "law": law,
        "well": (0.0, 1.0),
        "tolerance": 1e-10,
    }
    return Surroundings(**{**plain, **changes})


def settled(position: np.ndarray, law: Contact = LAW, steps: int = 1, **changes) -> np.ndarray:
    for _ in range(steps):
        position = move(position, position, around(len(position), law, **changes)).position
    return position


def distances(position: np.ndarray) -> np.ndarray:
    apart = np.linalg.norm(position[:, None] - position[None], axis=-1)
    return apart[np.triu_indices(len(position), 1)]


@pytest.mark.parametrize("law", [LAW, PULLED])
@pytest.mark.parametrize("start", [0.5, 1.2])
def test_two_cells_rest_where_the_law_says(law, start):
    found = settled(np.array([[0.0, 0, 0], [start * 2 * R, 0, 0]]), law)
    assert distances(found) == pytest.approx(0.9 * 2 * R, rel=1e-7)


def test_unequal_cells_rest_at_the_same_share_of_their_radii():
    radius = np.array([R, 2 * R])
    found = settled(np.array([[0.0, 0, 0], [3 * R, 0, 0]]), radius=radius)
    assert distances(found) == pytest.approx(0.9 * 3 * R, rel=1e-7)


@pytest.mark.parametrize("corners", [3, 4])
def test_triangle_and_tetrahedron_rest_with_all_pairs_at_that_distance(corners):
    shape = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])[:corners]
    found = settled(shape * 0.36 * 2 * R + ball(corners, 0.1 * R))
    assert distances(found) == pytest.approx(0.9 * 2 * R, rel=1e-6)


def test_the_law_is_hertz_where_cells_do_not_stick():
    law = Contact(LAW.modulus, 0.0, 1.0)
    for r1, r2 in ((R, R), (R, 3 * R)):
        deep = 0.1 * R
        hertz = 4 / 3 * law.modulus * np.sqrt(r1 * r2 / (r1 + r2)) * deep**1.5
        assert pair_force(r1 + r2 - deep, r1, r2, law) == pytest.approx(hertz, rel=1e-10)


def test_forces_are_the_slope_of_the_energy():
    from spondyl.spheroid.agents.contact import _pair, numbers

    for s in (0.7, 0.95, 1.1, 1.4):
        d, h = s * 2 * R, 1e-6 * R
        up, down = (_pair((d + e) ** 2, 2 * R, R, numbers(PULLED))[1] for e in (h, -h))
        assert -(up - down) / (2 * h) == pytest.approx(pair_force(d, R, R, PULLED), rel=1e-5, abs=1e-16)


def test_forces_within_a_heap_sum_to_zero_to_round_off():
    heap = ball(200, 6 * R)
    slope = gradient_at(heap, heap, around(200, PULLED))
    assert np.abs(slope.sum(axis=0)).max() < 1e-13 * np.abs(slope).sum()
    torque = np.cross(heap, slope).sum(axis=0)
    assert np.abs(torque).max() < 1e-13 * np.abs(np.cross(heap, slope)).sum()


def test_a_heap_does_not_drift_and_cells_that_rub_keep_its_middle():
    heap = ball(100, 4 * R)
    rng = np.random.Generator(np.random.Philox(1))
    push = rng.normal(size=heap.shape) * 0.1 * R
    push -= push.mean(axis=0)
    found = move(
        heap, heap + push, around(100, PULLED, rub=1e-6, hold=np.full(100, 1e-8), tolerance=1e-8)
    ).position
    assert np.abs(found - heap).max() > 0.1 * R
    assert np.linalg.norm(found.mean(axis=0) - heap.mean(axis=0)) < 1e-3 * R


def test_a_free_cell_goes_exactly_where_it_wants():
    start = np.array([[0.0, 0, 0], [1.0, 0, 0]])
    target = start + np.array([[0.01, 0.02, -0.01], [0, 0, 0.03]])
    assert move(start, target, around(2, hold=np.full(2, 1e-6))).position == pytest.approx(target, rel=1e-6)


def test_relaxation_of_two_cells_is_that_of_the_linearised_law_for_short_steps():
    # About rest: 2 · friction/2 · d(gap)/dt = -2 stiffness · gap for a rubbing pair of free cells.
    rest, h, friction, dt, steps = 0.9 * 2 * R, 1e-7, 1e-6, 1e-3, 60
    stiff = (pair_force(rest - h, R, R, LAW) - pair_force(rest + h, R, R, LAW)) / (2 * h)
    found = np.array([[0.0, 0, 0], [rest + 1e-3 * R, 0, 0]])
    many = {"hold": np.full(2, 1e-16), "rub": friction / dt / (2 * R), "tolerance": 1e-12}
    for _ in range(steps):
        found = settled(found, **many)
    kept = (distances(found)[0] - rest) / (1e-3 * R)
    assert kept == pytest.approx((1 + stiff * dt / friction) ** -steps, rel=2e-2)


def test_balls_that_do_not_stick_pack_at_random_under_their_weight():
    n, bowl = 400, 10 * R
    heap = ball(n, 8 * R) + np.array([0, 0, bowl])
    hard = Contact(LAW.modulus, 0.0, 1.0)
    about = {"weight": np.full(n, 2e-4 * LAW.modulus * R**2), "hold": np.full(n, 1e-8), "tolerance": 1e-6}
    found = settled(heap, hard, steps=15, well=(2.0, bowl), **about)
    assert distances(found).min() > 2 * R * 0.93  # hard: hardly any overlap
    assert np.linalg.norm(found - [0, 0, bowl], axis=1).max() < bowl - 0.95 * R  # none through the wall
    middle, core = np.array([0, 0, 5.5 * R]), 4 * R
    apart = np.linalg.norm(found - middle, axis=1)
    filled = within(apart, core).sum() * R**3 / core**3
    assert (
        0.55 < filled < 0.70
    )  # random loose to random close packing, and what a small core leaves to chance


def within(apart: np.ndarray, core: float) -> np.ndarray:
    """Share of each ball's volume that lies in a core, by the distance of its middle: a lens."""
    d = np.clip(apart, abs(core - R), core + R)
    lens = np.pi * (core + R - d) ** 2 * (d**2 + 2 * d * (R + core) - 3 * (R - core) ** 2) / (12 * d)
    return np.where(apart < core - R, 1.0, lens / (4 / 3 * np.pi * R**3))


def test_a_cell_stands_on_the_floor_with_its_weight_on_hertz():
    weight = 1e-10
    found = settled(np.array([[0.0, 0, 2 * R]]), weight=np.array([weight]), well=(1.0, 1.0), tolerance=1e-12)
    deep = (weight / (2 * LAW.modulus * 4 / 3 * np.sqrt(R))) ** (2 / 3)
    assert R - found[0, 2] == pytest.approx(deep, rel=1e-4)


def test_the_number_of_threads_changes_nothing():
    n = 2000
    heap = ball(n, R * n ** (1 / 3) * 1.1)
    about = around(n, PULLED, tolerance=3e-3, hold=np.full(n, 1e-8), rub=1e-8, passes=12)
    one, three = move(heap, heap, about), move(heap, heap, about, 3)
    assert one.passes == three.passes > 3
    assert (one.position == three.position).all()
    assert (one.contacts == three.contacts).all()


def test_turning_the_heap_turns_the_answer():
    heap, turn = ball(60, 3.5 * R), np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]])
    about = around(60, tolerance=1e-9, hold=np.full(60, 1e-7))
    assert move(heap @ turn.T, heap @ turn.T, about).position == pytest.approx(
        move(heap, heap, about).position @ turn.T, abs=1e-5 * R
    )
