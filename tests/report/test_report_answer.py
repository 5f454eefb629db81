"""The answer says what the data show and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import stories
from spondyl.report import Story
from spondyl.report.answer import Answer, answer_of, hidden_bone
from spondyl.report.wording import verdict
from spondyl.trial import Effect

Teller = Callable[..., Story]


def plain(text: str) -> str:
    for odd, usual in {"\u202f": " ", "\u00a0": " ", "\u2212": "-", "\u2013": "-", "\u2019": "'"}.items():
        text = text.replace(odd, usual)
    return text


def said(answer: Answer) -> str:
    return plain(" ".join([answer.headline, *(f"{d.lead} {d.text}".strip() for d in answer.details)]))


@pytest.fixture
def told(tmp_path: Path) -> Teller:
    return lambda name, **changes: getattr(stories, name)(tmp_path, **changes)


def test_a_clear_effect_names_direction_numbers_interval_test_and_n(told: Teller) -> None:
    assert said(answer_of(told("clear", pictures=False))) == (
        "Bone volume fraction (BV/TV) at week 8 was lower in OVX than in Sham. "
        "Mean 13.9 % against 24.9 %; difference -10.9 percentage points (95 % interval -12.3 to -9.6); "
        "Welch's t-test, p < 0.001; n = 8 and 8."
    )


def test_an_inconclusive_result_gives_the_compatible_range_and_no_direction(told: Teller) -> None:
    text = said(answer_of(told("inconclusive", pictures=False)))
    assert text.startswith(
        "The data do not settle whether bone volume fraction (BV/TV) at week 8 differs between OVX and Sham. "
        "Differences from -1.4 to +1.4 percentage points remain compatible with the data"
    )
    assert "p = 0.96; n = 8 and 8." in text
    for overclaim in ("lower", "higher", "no difference", "equal", "same"):
        assert overclaim not in text


def test_a_rank_test_speaks_of_medians_and_shift(told: Teller) -> None:
    text = said(answer_of(told("clear", test="rank", pictures=False)))
    assert "Median 13.8 % against 24.6 %; Hodges-Lehmann shift -11.0 percentage points" in text
    assert "Mann-Whitney U test, p < 0.001" in text
    assert "ean " not in text


def test_one_animal_in_a_group_is_observed_but_not_tested(told: Teller) -> None:
    text = said(answer_of(told("lonely")))
    assert text == (
        "Bone volume fraction (BV/TV) at week 8 was not tested. "
        "Group ovx has one animal, a test needs at least two. "
        "Observed: Sham mean 24.9 % (n = 8); OVX 13.1 % (n = 1)."
    )


def test_without_a_comparison_the_reason_and_the_failures_are_given(told: Teller) -> None:
    answer = answer_of(told("lost"))
    assert said(answer) == "Nothing could be compared. No animal has a value of bv_tv at week 8."
    assert answer.cautions == ("2 animals failed; every n counts only the animals that gave a value.",)


def test_bone_that_scans_hide_is_said_beside_the_answer(told: Teller) -> None:
    story = told("clear", pictures=False)
    assert story.comparison is not None
    primary = replace(story.comparison.primary, assay="defect", name="new_bv_mm3")
    comparison = replace(story.comparison, primary=primary)
    rows = [
        {"animal": f"{group.group}-1", "group": group.group, "week": primary.week, "assay": "healing",
         "name": "new_bone_mm3", "value": known, "unit": "mm³", "method": "known"}
        for group, known in zip(comparison.groups, (50.0, 0.2), strict=True)
    ]  # fmt: skip
    table = pd.concat([story.measurements, pd.DataFrame(rows)])
    first, second = (group.mean for group in comparison.groups)
    (caution,) = hidden_bone(replace(story, measurements=table), comparison, {})
    assert f"{100 * first / 50:.0f} % in {comparison.groups[0].group}" in caution
    assert f"{100 * second / 0.2:.0f} % in" in caution
    shown = pd.concat([story.measurements, pd.DataFrame(rows[1:])])
    assert hidden_bone(replace(story, measurements=shown), comparison, {}) == ()
    assert hidden_bone(replace(story, measurements=table), story.comparison, {}) == ()


def test_lost_animals_are_counted_beside_the_answer(told: Teller) -> None:
    answer = answer_of(stories.with_losses(told("clear", pictures=False)))
    assert answer.cautions[0].startswith("1 animal failed and 1 animal was excluded;")


def test_three_groups_give_the_overall_test_and_each_pair(told: Teller) -> None:
    answer = answer_of(told("three", pictures=False))
    text = said(answer)
    assert text.startswith(
        "Bone volume fraction (BV/TV) at week 8 differed between Sham, OVX and OVX + spheroid graft. "
        "Welch's ANOVA over all groups: p < 0.001. OVX against Sham: lower. Mean 13.9 %"
    )
    assert "OVX + spheroid graft against Sham: lower. Mean 19.5 % against 24.9 %; difference -5.4" in text
    assert "Games-Howell test" in text
    assert "OVX + spheroid graft is simulated" in answer.cautions[0]


def test_an_open_overall_test_is_not_called_a_difference(told: Teller) -> None:
    story = told("three", pictures=False)
    comparison = replace(story.comparison, omnibus=replace(story.comparison.omnibus, p=0.4))
    headline = answer_of(replace(story, comparison=comparison)).headline
    assert headline.startswith("The data do not settle whether")


def test_all_simulated_groups_are_no_evidence_from_living_animals(told: Teller) -> None:
    story = told("clear", pictures=False)
    virtual = replace(story, arms=tuple(replace(arm, origin="simulated") for arm in story.arms))
    assert "no evidence from living ones" in plain(answer_of(virtual).cautions[0])


def effect(low: float, high: float, p: float) -> Effect:
    middle = (low + high) / 2
    return Effect("b", "a", "difference of means", middle, low, high, "Hedges' g", 1.0, 0.0, 2.0, p, p)


@pytest.mark.parametrize(
    ("low", "high", "p", "found"),
    [
        (-2.0, -1.0, 0.01, "lower"),
        (1.0, 2.0, 0.01, "higher"),
        (-1.0, 2.0, 0.01, "unsettled"),
        (1.0, 2.0, 0.06, "unsettled"),
        (1.0, 2.0, float("nan"), "unsettled"),
        (float("nan"), float("nan"), 0.01, "unsettled"),
    ],
)
def test_a_direction_needs_both_the_test_and_the_interval(
    low: float, high: float, p: float, found: str
) -> None:
    assert verdict(effect(low, high, p), 0.05) == found


def test_a_disagreement_of_test_and_interval_is_said(told: Teller) -> None:
    story = told("clear", pictures=False)
    effects = (replace(story.comparison.effects[0], p_adjusted=0.2),)
    text = said(answer_of(replace(story, comparison=replace(story.comparison, effects=effects))))
    assert "The data do not settle" in text
    assert text.endswith("The interval and the p value disagree about zero, so no difference is claimed.")
