"""Every cell is accounted for, and donors do not disturb each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.donor.culture import cells_on, day_of, isolated, passages
from spondyl.donor.person import donor
from spondyl.donor.protocol import protocol
from spondyl.donor.traits import traits

WHO = donor("human", "60 year")
SOME = traits(WHO, seed=11, count=200)
HOW = protocol("human")


def run(fat_g=5.0, count=4, how=HOW):
    return passages(isolated(fat_g, SOME), SOME, how, count)


def test_cells_are_conserved_from_passage_to_passage():
    done = run()
    for turn, each in enumerate(done):
        assert each.start is (done[turn - 1].end if turn else each.start)
        share = SOME.adherent_share if turn == 0 else HOW.settling
        born = each.grown - each.settled
        np.testing.assert_allclose(each.seeded, each.start.living, rtol=1e-12)
        np.testing.assert_allclose(each.settled, each.seeded * share, rtol=1e-12)
        np.testing.assert_allclose(each.settled + born, each.end.cells / HOW.recovery, rtol=1e-12)
        assert np.all(born >= -1e-6 * each.settled)
        doublings = each.end.doublings - each.start.doublings
        np.testing.assert_allclose(each.settled * 2**doublings, each.grown, rtol=1e-9)
        np.testing.assert_allclose(each.end.day - each.start.day, HOW.pause + each.days, rtol=1e-12)


def test_all_losses_and_doublings_together_give_the_last_count():
    done = run()
    kept = np.prod([each.settled / each.start.living for each in done], axis=0) * HOW.recovery ** len(done)
    alive = SOME.viability * SOME.detached_viability ** len(done)
    gained = 2 ** done[-1].end.doublings
    expected = 5.0 * SOME.yield_per_g * alive * kept * gained
    np.testing.assert_allclose(done[-1].end.living, expected, rtol=1e-9)


def test_a_confluent_passage_ends_at_its_density_and_no_donor_passes_exhaustion():
    for each in run():
        density = each.grown / each.area_cm2
        np.testing.assert_allclose(density[each.confluent], HOW.full, rtol=1e-9)
        assert np.all(density[~each.confluent] < HOW.full)
        np.testing.assert_allclose(each.days[~each.confluent], HOW.longest - HOW.pause)
        assert np.all(each.end.doublings <= np.maximum(SOME.exhaustion, each.start.doublings) * (1 + 1e-9))


def test_cells_are_in_proportion_to_fat_and_days_do_not_depend_on_it():
    little, much = run(1.0), run(7.0)
    for one, seven in zip(little, much, strict=True):
        np.testing.assert_allclose(seven.end.living, 7 * one.end.living, rtol=1e-12)
        np.testing.assert_allclose(seven.end.day, one.end.day, rtol=1e-12)


def test_few_flasks_leave_cells_behind_and_change_nothing_else():
    few = replace(HOW, flasks=3)
    for free, limited in zip(run(50.0), run(50.0, how=few), strict=True):
        assert np.all(limited.area_cm2 <= 225 + 1e-9)
        assert np.all(limited.seeded <= limited.start.living * (1 + 1e-12))
        np.testing.assert_allclose(limited.end.day, free.end.day, rtol=1e-12)
        np.testing.assert_allclose(limited.end.doublings, free.end.doublings, rtol=1e-12)


def test_a_donor_is_the_same_alone_and_among_others():
    one = traits(WHO, seed=11, count=1)
    alone = passages(isolated(5.0, one), one, HOW, 4)
    for single, many in zip(alone, run(), strict=True):
        assert single.end.living[0] == many.end.living[0]
        assert single.end.day[0] == many.end.day[0]


def test_the_course_meets_the_ends_of_its_passage_and_the_day_of_a_count_is_its_inverse():
    each = run()[1]
    for place in (0, 17, 60):
        ends = np.array([each.start.day[place], each.end.day[place] * (1 - 1e-12)])
        first, last = cells_on(each, SOME, HOW, ends)[place]
        kept = HOW.recovery * SOME.detached_viability[place]
        assert first == pytest.approx(each.settled[place] * kept)
        assert last == pytest.approx(each.end.living[place], rel=1e-5)
    wanted = 0.5 * each.end.living
    days = day_of(each, wanted, SOME, HOW)
    for place in (0, 17, 60):
        assert cells_on(each, SOME, HOW, days[[place]])[place, 0] == pytest.approx(wanted[place], rel=1e-5)
    assert np.all(day_of(each, 1.01 * each.end.living, SOME, HOW) == np.inf)
