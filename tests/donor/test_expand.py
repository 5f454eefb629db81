from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from spondyl import donor
from spondyl.donor import CellBatch
from spondyl.errors import DonorError, StudyError

FRESH = donor.harvest("human", "60 year", "10 g", 5)


def test_two_passages_are_one_and_one():
    at_once = donor.expand(FRESH, passages=3)
    by_turns = donor.expand(donor.expand(FRESH, passages=1), passages=2)
    assert by_turns.passage == at_once.passage == 3
    assert by_turns.cells == pytest.approx(at_once.cells, rel=1e-12)
    assert by_turns.day == pytest.approx(at_once.day, rel=1e-12)
    assert by_turns.population_doublings == pytest.approx(at_once.population_doublings, rel=1e-12)
    assert by_turns.cfu_f == pytest.approx(at_once.cfu_f, rel=1e-12)


@pytest.mark.parametrize("wanted", [1e6, 1.3e7, 5e7])
def test_cells_wanted_are_had_on_the_first_day_they_can_be(wanted):
    done = donor.expand(FRESH, cells=wanted)
    if wanted <= FRESH.living:
        assert done is FRESH
        return
    assert done.living == pytest.approx(wanted, rel=1e-5)
    sooner = donor.expand(FRESH, days=f"{done.day - 0.2} day")
    assert sooner.living < wanted


def test_days_end_the_culture_where_it_is():
    whole = donor.expansion(FRESH, passages=3)
    days = np.array([2.0, 9.0, 17.0])
    course = whole.course(days)
    for day, cells in zip(days, course, strict=True):
        stopped = donor.expand(FRESH, days=f"{day} day")
        assert stopped.day == pytest.approx(day)
        assert stopped.living == pytest.approx(cells, rel=1e-4)
    assert np.isnan(whole.course(np.array([whole.batch.day + 1]))).all()


def test_colony_formers_fade_with_doublings_and_growth_stops_when_they_are_gone():
    shares = [donor.expand(FRESH, passages=n).cfu_f for n in range(1, 7)]
    assert all(later <= sooner for sooner, later in pairwise(shares))
    tired = donor.expand(FRESH, passages=12)
    assert tired.cfu_f < 1e-3
    assert tired.population_doublings <= FRESH.traits.exhaustion[0] * (1 + 1e-9)
    assert donor.expand(FRESH, passages=13).cells < tired.cells


def test_more_cells_than_the_donor_can_give_are_refused_with_what_it_can():
    with pytest.raises(DonorError, match=r"gives .* living cells at most"):
        donor.expand(FRESH, cells=1e15)
    best = max(donor.expand(FRESH, passages=n).living for n in range(1, 8))
    donor.expand(FRESH, cells=0.999 * best)
    with pytest.raises(DonorError, match=re.escape(f"{best:.3g}")):
        donor.expand(FRESH, cells=1.001 * best)
    with pytest.raises(DonorError, match="at most"):
        donor.expand(FRESH, cells=1e8, days="3 day")


def test_few_flasks_bound_the_cells():
    few = donor.expansion(FRESH, passages=3, flask="T25", flasks=2)
    assert few.batch.cells <= 50 * few.protocol.full
    assert few.batch.day == donor.expand(FRESH, passages=3).day


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "passages, cells or days"),
        ({"passages": 0}, "passages"),
        ({"passages": 2.5}, "passages"),
        ({"cells": float("nan")}, "cells"),
        ({"cells": -1}, "cells"),
        ({"days": "0 day"}, "above zero"),
        ({"days": "7"}, "without a unit"),
        ({"passages": 1, "flask": "75"}, "T75"),
        ({"passages": 1, "flask": "T0"}, "T75"),
        ({"passages": 1, "flasks": 0}, "flasks"),
        ({"passages": 1, "seeding": "5000"}, "a unit"),
        ({"passages": 1, "seeding": "1e6 cells/cm2"}, "must be below"),
        ({"passages": 1, "confluence": 1.2}, "confluence"),
        ({"passages": 1, "confluence": float("nan")}, "confluence"),
    ],
)
def test_a_culture_that_cannot_be_is_refused(options, words):
    with pytest.raises(StudyError, match=words):
        donor.expand(FRESH, **options)


def test_cells_of_unknown_origin_are_not_expanded():
    unknown = CellBatch("rat", 1e6, 0.9, 0.01, 0.0, 0, 0.0, 7)
    with pytest.raises(DonorError, match="unknown origin"):
        donor.expand(unknown, passages=1)
