from __future__ import annotations

import numpy as np
import pytest

from spondyl import donor
from spondyl.donor import plan
from spondyl.donor.asked import asked
from spondyl.donor.culture import isolated, passages
from spondyl.donor.intervals import interval
from spondyl.donor.person import donor as person
from spondyl.donor.protocol import protocol
from spondyl.donor.traits import traits
from spondyl.errors import StudyError

FEW = {"donors": 400, "seed": 3}


def test_the_first_donor_of_a_plan_is_the_one_that_harvest_gives():
    question = asked("rat", "30 week", fat="1.5 g", cells=None, donors=100, seed=7)
    planned = question.campaign.given(1.5)[-1].end
    batch = donor.expand(donor.harvest("rat", "30 week", "1.5 g", 7), passages=3)
    assert batch.cells == planned.cells[0]
    assert batch.day == planned.day[0]


@pytest.mark.parametrize("flasks", [None, 6])
def test_fat_for_the_cells_that_a_fat_gives_is_that_fat(flasks):
    run = asked("human", "70 year", fat=None, cells=1.0, flasks=flasks, **FEW).campaign
    for turn, each in enumerate(run.given(0.8)):
        for place in range(0, 400, 100):
            full = run.full is not None and each.end.living[place] > 0.999 * run.full[turn].end.living[place]
            if not full:  # with full flasks more fat gives the same
                found = run.fat_for(float(each.end.living[place]))[turn, place]
                assert found == pytest.approx(0.8, rel=1e-9)


@pytest.mark.parametrize("flasks", [None, 6])
@pytest.mark.parametrize("day", [3.0, 14.0, 33.0])
def test_the_same_by_a_day(flasks, day):
    run = asked("human", "70 year", fat=None, cells=1.0, flasks=flasks, **FEW).campaign
    had = run.by(run.given(0.8), day)
    for place in range(0, 400, 100):
        found = run.fat_by(float(had[place]), day)[place]
        assert found <= 0.8 * (1 + 1e-9)
        again = run.by(run.given(np.full(400, found)), day)[place]
        assert again == pytest.approx(had[place], rel=1e-9)


def test_enough_fat_for_a_share_of_donors_serves_that_share_of_other_donors():
    made = plan.fat_for_cells("human", "70 year", 1e7, days="28 day", donors=1500, seed=1)
    for grams, share in zip(made.enough, (0.5, 0.8, 0.95), strict=True):
        other = plan.cells_from_fat(
            "human", "70 year", f"{grams} g", cells=1e7, days="28 day", donors=1500, seed=2
        )
        assert other.probability == pytest.approx(share, abs=4 * np.sqrt(2 * share * (1 - share) / 1500))


def test_intervals_hold_their_share_of_other_donors():
    who, how = person("rat", "80 week"), protocol("rat")
    one, other = (traits(who, seed=seed, count=4000) for seed in (1, 2))
    planned, seen = (passages(isolated(1.5, each), each, how, 2)[-1].end for each in (one, other))
    for name in ("living", "day"):
        found = interval(getattr(planned, name))
        for (low, high), share in zip(
            (found.half, found.most, found.nearly_all), (0.5, 0.8, 0.95), strict=True
        ):
            inside = np.mean((getattr(seen, name) >= low) & (getattr(seen, name) <= high))
            assert inside == pytest.approx(share, abs=4 * np.sqrt(2 * share * (1 - share) / 4000)), name


def test_the_day_of_a_dose_and_its_probability_agree():
    made = plan.cells_from_fat("rat", "12 week", "1.5 g", cells=1e7, days="12 day", **FEW)
    sooner = plan.cells_from_fat("rat", "12 week", "1.5 g", cells=1e7, days="9 day", **FEW)
    later = plan.cells_from_fat("rat", "12 week", "1.5 g", cells=1e7, **FEW)
    assert sooner.probability < made.probability < later.probability == 1.0
    run = asked("rat", "12 week", fat="1.5 g", cells=1e7, **FEW).campaign
    had = run.by(run.given(1.5), 12.0)
    assert made.probability == pytest.approx(np.mean(had >= 1e7 * (1 - 1e-9)), abs=1 / 400)
    assert made.living == interval(had)


def test_a_dose_that_some_never_reach_counts_them_out():
    made = plan.cells_from_fat("human", "80 year", "0.2 g", cells=2e6, donors=2000, seed=3)
    assert 0.05 < made.probability < 0.95
    assert made.dose_day.nearly_all[1] == np.inf
    assert made.dose_day.as_json()["interval_95"][1] is None


def test_flasks_and_medium_follow_the_area():
    made = plan.cells_from_fat("rat", "12 week", "1.5 g", flask="T175", **FEW)
    question = asked("rat", "12 week", fat="1.5 g", cells=None, flask="T175", **FEW)
    first, second, _ = question.campaign.given(1.5)
    assert made.steps[1].flasks.median == np.quantile(np.ceil(second.area_cm2 / 175), 0.5, method="nearest")
    medium = sum(each.area_cm2 * 0.2 * (1 + (each.pause + each.days) // 3) for each in (first, second))
    assert made.steps[1].medium_ml.median == pytest.approx(np.quantile(medium, 0.5, method="nearest"))


def test_a_plan_for_a_dose_gives_flasks_for_that_dose():
    made = plan.fat_for_cells("rat", "12 week", 1e7, flask="T75", **FEW)
    how = protocol("rat")
    area = 1e7 / (0.93 * how.recovery * how.full)
    for step in made.steps[:2]:
        assert step.flasks.median == np.ceil(area / 75)


def test_an_impossible_dose_is_refused_with_what_the_donor_gives():
    with pytest.raises(StudyError) as caught:
        plan.fat_for_cells("rat", "12 week", 1e13, **FEW)
    best = plan.cells_from_fat("rat", "12 week", "30 g", **FEW).living.median
    assert f"about {best:.2g} living cells" in str(caught.value)
    with pytest.raises(StudyError, match=r"from 1\.5 g of fat in 3 passages and 5 days"):
        plan.cells_from_fat("rat", "12 week", "1.5 g", cells=1e9, days="5 day", **FEW)


def test_the_plan_says_that_age_is_a_belief_and_what_is_at_risk():
    old = plan.cells_from_fat("human", "70 year", "5 g", **FEW)
    assert "findings on donor age disagree" in old.assumed[0]
    assert "0.46 to 2.19 times" in old.assumed[0]
    verdicts = {risk.criterion.split(" at ")[0]: risk.verdict for risk in old.risks}
    assert verdicts["CFU-F"] == "at risk"
    assert verdicts["viability"] == "likely met"
    assert verdicts["sterility passed"] == "not reported"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cells": 0.0}, "dose"),
        ({"cells": float("nan")}, "dose"),
        ({"cells": float("inf")}, "dose"),
        ({"days": "0 day"}, "above zero"),
        ({"days": "7 g"}, "a mass"),
        ({"passages": 0}, "passages"),
        ({"passages": 21}, "passages"),
        ({"donors": 10}, "donors"),
        ({"seed": -1}, "seed"),
        ({"flasks": 0}, "flasks"),
        ({"health": "il"}, "health"),
    ],
)
def test_a_question_that_cannot_be_is_refused(options, words):
    with pytest.raises(StudyError, match=words):
        plan.fat_for_cells("rat", "12 week", **{"cells": 1e6} | options)


def test_no_amount_of_fat_fills_more_than_the_flasks_at_hand():
    few = asked("human", "70 year", fat=None, cells=1.0, flasks=6, **FEW).campaign
    most = np.array([each.end.living for each in few.given(4000.0)])
    cells = float(np.median(most[1]))
    found = few.fat_for(cells)[1]
    assert np.array_equal(np.isfinite(found), most[1] >= cells * (1 - 1e-9))
    possible = np.isfinite(found)
    had = few.given(np.where(possible, found, 1.0))[1].end.living
    np.testing.assert_allclose(had[possible], cells, rtol=1e-9)
