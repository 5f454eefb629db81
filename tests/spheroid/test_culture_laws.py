"""Cultures in time: what must hold whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.spheroid import culture
from spondyl.spheroid.course import Course
from spondyl.spheroid.culturing import cultured
from spondyl.spheroid.numbers import numbers
from spondyl.spheroid.radial.cells import Schedule
from spondyl.spheroid.radial.run import equal_shells, run
from spondyl.spheroid.radial.setting import cells_of, exchange_of, medium_of


def with_numbers(course: Course, shells: int = 24, **changed: float) -> Course:
    return cultured(course.plan, replace(course.numbers, **changed), shells=shells)


def test_glucose_lost_by_the_medium_is_eaten_and_lactate_is_made_of_it(human):
    course = culture(human, cells_each=30_000, count=96, exchange="21 day", osteogenic="6 day")
    lost = course.shells.medium_glucose_mM[0] - course.shells.medium_glucose_mM
    made = course.shells.medium_lactate_mM
    assert lost[-1] > 1
    assert made == pytest.approx(course.numbers.lactate_yield * lost, rel=1e-9)
    # What all spheroids of a well eat, by their own law, is what the medium loses.
    shells, step = course.shells, course.day[1]
    rest = cells_of(course.plan, course.numbers)
    adapted = 0.5 + 0.5 * np.exp(-course.day)
    want = rest.oxygen_half / (rest.oxygen_half + shells.oxygen_mM)
    most = rest.glucose_uptake * adapted[:, None] * (1 + (rest.pasteur_rise - 1) * want)
    eaten = (shells.living * most * shells.glucose_mM / (rest.glucose_half + shells.glucose_mM)).sum(axis=1)
    assert lost[1:] == pytest.approx(np.cumsum(eaten[:-1]) * step / course.plan.volume_ul, rel=1e-8)


def test_without_uptake_nothing_changes_in_medium_or_spheroid(human):
    course = with_numbers(culture(human), oxygen_uptake=0.0, glucose_uptake=0.0)
    assert course.shells.oxygen_mM == pytest.approx(143e-3 * 1.3, rel=0.01)
    assert np.ptp(course.shells.oxygen_mM) < 1e-12
    assert course.shells.medium_glucose_mM == pytest.approx(5.55, abs=1e-12)
    assert np.abs(course.shells.lactate_mM).max() < 1e-12


def test_oxygen_under_still_medium_falls_by_flux_times_depth_over_diffusivity(human):
    course = culture(
        human, "monolayer", cells_each=20_000, count=96, vessel="96-well flat", osteogenic="0 day"
    )
    level = course.shells.oxygen_mM[0, 0]
    known = course.numbers
    flux = 20_000 * known.oxygen_uptake * level / (known.oxygen_half + level) / 32.0
    fall = flux * course.plan.depth_mm / known.oxygen_medium_diffusion
    assert course.plan.oxygen_mmHg * known.oxygen_solubility - level == pytest.approx(fall, rel=1e-8)
    assert fall > 0.01


def test_glucose_at_the_floor_lies_a_third_of_the_depth_below_the_mean(human):
    """A layer that is emptied evenly through its floor: mean − floor = flux · depth / (3 D)."""
    course = culture(
        human, "monolayer", cells_each=20_000, count=96, vessel="96-well flat", osteogenic="0 day"
    )
    mean, floor = course.shells.medium_glucose_mM, course.shells.glucose_mM[:, 0]
    flux = (mean[3] - mean[4]) / course.day[1] * course.plan.depth_mm
    fall = flux * course.plan.depth_mm / (3 * course.numbers.glucose_medium_diffusion)
    assert mean[4] - floor[3] == pytest.approx(fall, rel=1e-8)
    assert fall > 0.02


def test_medium_is_renewed_on_its_days(human):
    course = culture(human, cells_each=30_000, count=96, exchange="2 day", osteogenic="6 day")
    glucose = course.shells.medium_glucose_mM
    assert glucose[[20, 40, 60]] == pytest.approx(5.55, abs=1e-12)
    assert (glucose[[19, 39, 59]] < 5.4).all()
    half = culture(human, cells_each=30_000, count=96, exchange="2 day", renewed=0.5, osteogenic="6 day")
    before = half.shells.medium_glucose_mM[19] - (glucose[18] - glucose[19])
    assert half.shells.medium_glucose_mM[20] == pytest.approx((before + 5.55) / 2, abs=0.02)


def test_cells_are_kept_when_none_divides_dies_or_is_cleared(human):
    none = {"baseline_hazard": 0.0, "starvation_hazard": 0.0}
    course = with_numbers(culture(human), **none)
    assert course.cells_each == pytest.approx(2000, rel=1e-12)
    dying = with_numbers(culture(human, cells_each=60_000, count=96), clearing_rate=0.0)
    whole = dying.shells.living.sum(axis=1) + dying.shells.dead.sum(axis=1)
    assert whole == pytest.approx(60_000, rel=1e-12)
    assert dying.survival[-1] < 0.98


def test_single_cells_die_by_their_hazard_and_faster_than_in_a_spheroid(human):
    alone = culture(human, "suspension", medium="high glucose")
    together = culture(human, medium="high glucose")
    fed = np.exp(-(0.3 + 0.005) * alone.day)
    assert alone.survival == pytest.approx(fed, rel=0.01)
    assert together.survival[-1] > 0.9 > alone.survival[-1]
    same = with_numbers(alone, anoikis_hazard=0.0)
    assert same.survival[-1] > 0.9


def test_cells_outlive_want_of_oxygen_but_not_of_glucose(human):
    airless = culture(human, oxygen="0 %", medium="high glucose")
    hungry = culture(human, medium="no glucose")
    assert airless.survival[-1] > 0.9
    assert hungry.survival[-1] < 0.1
    assert airless.shells.oxygen_mM.max() < 1e-9


def test_want_of_oxygen_raises_glucose_uptake_by_the_pasteur_rise(human):
    air, airless = (
        culture(human, oxygen=gas, medium="high glucose", osteogenic="0 day") for gas in ("95 %", "0 %")
    )
    eaten = [25 - course.shells.medium_glucose_mM[-1] for course in (air, airless)]
    assert eaten[1] / eaten[0] == pytest.approx(1.6, rel=0.02)


def test_more_cells_in_a_spheroid_or_in_a_well_leave_less_oxygen(human):
    cores = [
        culture(human, cells_each=each, count=96).shells.oxygen_mM[-1, 0] for each in (2000, 15_000, 60_000)
    ]
    assert cores[0] > cores[1] > cores[2]
    sparse, dense = (
        culture(human, count=300, per_well=many, vessel="24-well microwells") for many in (100, 300)
    )
    assert sparse.shells.oxygen_mM[-1, 0] > dense.shells.oxygen_mM[-1, 0]


def test_the_radius_settles_within_three_days(human):
    course = with_numbers(culture(human, cells_each=15_000, count=96), baseline_hazard=0.0)
    radius = course.radius_um
    assert radius[0] == pytest.approx(265, abs=1)
    assert radius[30] == pytest.approx(radius[-1], rel=0.02)
    assert radius[10] > 1.05 * radius[-1]


def test_halving_the_step_halves_the_error(human):
    steps = ("0.4 day", "0.2 day", "0.1 day", "0.0125 day")
    kept = [
        culture(human, cells_each=60_000, count=96, exchange="4 day", osteogenic="7 day", step=step).survival[
            -1
        ]
        for step in steps
    ]
    errors = np.abs(np.asarray(kept[:3]) - kept[3])
    assert np.log2(errors[:-1] / errors[1:]) == pytest.approx(1.0, abs=0.35)
    assert errors[2] < 0.02


def test_the_number_of_shells_does_not_matter(human):
    course = culture(human, cells_each=60_000, count=96)
    fine = with_numbers(course, shells=200)
    assert course.survival == pytest.approx(fine.survival, abs=2e-4)
    assert course.radius_um == pytest.approx(fine.radius_um, rel=1e-4)
    assert course.mean(course.shells.oxygen_mM) == pytest.approx(fine.mean(fine.shells.oxygen_mM), rel=3e-3)


def test_shells_laid_anew_lose_no_cell(human):
    course = culture(human, cells_each=60_000, count=96)
    plan, known = course.plan, replace(course.numbers, clearing_rate=0.0, spheroid_growth=0.0)
    fresh, renewed = medium_of(plan)
    moved = run(
        cells_of(plan, known),
        exchange_of(plan, known),
        Schedule(0.1, plan.steps, True),
        living=np.asarray(equal_shells(60_000, 24))[::-1].copy(),  # far from equally thick
        dead=np.zeros(24),
        fresh=fresh,
        renewed=renewed,
    )
    whole = moved.living.sum(axis=1) + moved.dead.sum(axis=1)
    assert whole == pytest.approx(60_000, rel=1e-10)
    thick = np.diff(moved.face_mm, axis=1)
    assert thick == pytest.approx(np.broadcast_to(thick.mean(axis=1, keepdims=True), thick.shape), rel=1e-6)


def test_a_monolayer_divides_to_confluence(human):
    course = culture(human, "monolayer", vessel="96-well flat", exchange="1 day", osteogenic="59 day")
    full = numbers("human").confluent_density * 32.0
    assert course.cells_each[0] == pytest.approx(2000)
    assert 0.9 * full < course.cells_each[-1] < full


def test_the_same_request_gives_the_same_bits_and_another_seed_another_batch(rat):
    one, same, other = (culture(rat, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.shells.living, same.shells.living)
    assert one.radius_um[-1] != other.radius_um[-1]
    assert abs(one.radius_um[-1] / culture(rat).radius_um[-1] - 1) < 0.5
