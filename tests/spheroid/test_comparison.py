"""Who leads: paired draws, and no lead where nothing differs."""

from __future__ import annotations

import pytest

from spondyl.spheroid.belief import drawn, drawn_inputs
from spondyl.spheroid.comparison import OUTCOMES, leads
from spondyl.spheroid.numbers import numbers


@pytest.fixture(scope="module")
def found():
    from spondyl.donor import CellBatch

    return leads(CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7), days=(7.0,), draws=6)


def test_every_outcome_has_a_leader_in_every_medium(found):
    assert len(found) == 3 * len(OUTCOMES)
    for lead in found:
        assert 1 / 3 <= lead.share <= 1
        assert lead.leader not in lead.ratio
        for middle, low, high in lead.ratio.values():
            assert low <= middle <= high


def test_single_cells_never_lead_in_survival_since_they_die_of_being_alone(found):
    for lead in found:
        if lead.outcome == "cells that did not die":
            assert lead.leader != "suspension"
            assert lead.ratio["suspension"][1] > 1


def test_draws_are_the_same_for_the_same_seed_and_stay_in_their_ranges():
    assert drawn("rat", 1, 2) == drawn("rat", 1, 2)
    assert drawn("rat", 1, 2) != drawn("rat", 1, 3)
    assert drawn_inputs(1, 2) == drawn_inputs(1, 2)
    usual = numbers("rat")
    many = [drawn("rat", 5, draw) for draw in range(40)]
    times = sorted(one.adaptation_time for one in many)
    assert 0.3 <= times[0] < usual.adaptation_time < times[-1] <= 5.0
    batch = [drawn("rat", 5, draw, wide=False) for draw in range(10)]
    assert {one.adaptation_time for one in batch} == {usual.adaptation_time}
    assert len({one.radius_scale for one in batch}) == 10
