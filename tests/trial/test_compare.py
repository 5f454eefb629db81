"""The whole comparison: what is picked, refused, tested and said."""

from __future__ import annotations

import math
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spondyl.errors import ComparisonError
from spondyl.trial import Primary, compare
from spondyl.trial.summary import summarise

RANK = Primary("microct", "bv_tv", 8.0, "rank")
MEANS = Primary("microct", "bv_tv", 8.0, "parametric")
DATA = {
    "control": [0.18, 0.21, 0.25, 0.19, 0.23],
    "granules": [0.26, 0.24, 0.31, 0.29],
    "spheroids": [0.35, 0.41, 0.30, 0.38, 0.44, 0.36],
}


def table(data, **columns):
    rows = [
        {"animal": f"{group}-{i}", "group": group, "value": value}
        for group, values in data.items()
        for i, value in enumerate(values)
    ]
    fixed = {"week": 8.0, "assay": "microct", "name": "bv_tv", "unit": "1", "method": "otsu"} | columns
    return pd.DataFrame(rows).assign(**fixed)


def two(data, primary, groups=("control", "spheroids")):
    return compare(table({group: data[group] for group in groups}), primary, groups)


def refused(*arguments):
    with pytest.raises(ComparisonError) as caught:
        compare(*arguments)
    return str(caught.value)


def test_two_groups_by_means():
    found = two(DATA, MEANS)
    (effect,) = found.effects
    other = stats.ttest_ind(DATA["spheroids"], DATA["control"], equal_var=False)
    interval = other.confidence_interval(0.95)
    assert (effect.group, effect.against) == ("spheroids", "control")
    assert (effect.difference, effect.ci_low, effect.ci_high, effect.p) == pytest.approx(
        (np.mean(DATA["spheroids"]) - np.mean(DATA["control"]), interval.low, interval.high, other.pvalue),
        rel=1e-10,
    )
    assert effect.p_adjusted == effect.p
    assert effect.size_low < effect.size < effect.size_high
    assert (found.omnibus, found.adjustment, found.not_tested) == (None, "none", None)
    assert (effect.estimator, effect.size_name) == ("difference of means", "Hedges' g")
    assert f"Welch's t = {other.statistic:.4g}" in found.notes[0]


def test_two_groups_by_ranks():
    found = two(DATA, RANK)
    (effect,) = found.effects
    pairs = np.subtract.outer(DATA["spheroids"], DATA["control"])
    assert effect.difference == pytest.approx(np.median(pairs), rel=1e-12)
    assert effect.p == pytest.approx(2 / math.comb(11, 5), rel=1e-12)
    assert effect.size == 1.0
    assert (effect.estimator, effect.size_name) == ("Hodges-Lehmann shift", "Cliff's delta")
    assert (found.omnibus, found.adjustment, found.not_tested) == (None, "none", None)
    assert "exact" in found.notes[0]


def test_three_groups_by_means_compare_all_pairs():
    found = compare(table(DATA), MEANS, list(DATA))
    other = stats.tukey_hsd(*DATA.values(), equal_var=False)
    pairs = [(effect.group, effect.against) for effect in found.effects]
    assert pairs == [("granules", "control"), ("spheroids", "control"), ("spheroids", "granules")]
    assert [effect.p_adjusted for effect in found.effects] == pytest.approx(
        [other.pvalue[1, 0], other.pvalue[2, 0], other.pvalue[2, 1]], rel=1e-9
    )
    assert all(effect.p < effect.p_adjusted for effect in found.effects)
    assert found.effects[0].ci_low == pytest.approx(other.confidence_interval(0.95).low[1, 0], rel=1e-9)
    assert found.omnibus.p == pytest.approx(stats.f_oneway(*DATA.values(), equal_var=False).pvalue, rel=1e-9)
    assert found.adjustment == "Games-Howell"
    assert "simultaneous" in " ".join(found.notes)


@pytest.mark.parametrize("primary", [MEANS, RANK])
def test_a_control_is_what_the_others_are_compared_with(primary):
    found = compare(table(DATA), replace(primary, control="granules"), list(DATA))
    pairs = [(effect.group, effect.against) for effect in found.effects]
    assert pairs == [("control", "granules"), ("spheroids", "granules")]
    low, high = sorted(effect.p for effect in found.effects)
    assert sorted(effect.p_adjusted for effect in found.effects) == pytest.approx(
        [2 * low, max(2 * low, high)]
    )
    assert found.adjustment == "Holm"
    assert "together they cover less" in " ".join(found.notes)


def test_three_groups_by_ranks():
    found = compare(table(DATA), RANK, list(DATA))
    other = stats.kruskal(*DATA.values())
    assert (found.omnibus.statistic, found.omnibus.p) == pytest.approx(
        (other.statistic, other.pvalue), rel=1e-12
    )
    assert found.omnibus.df == (2.0,)
    assert found.adjustment == "Holm"
    assert max(effect.p_adjusted for effect in found.effects) <= 1


def test_groups_are_summarised_in_order():
    found = compare(table(DATA), MEANS, ["spheroids", "control", "granules"])
    assert [summary.group for summary in found.groups] == ["spheroids", "control", "granules"]
    summary, values = found.groups[0], np.array(DATA["spheroids"])
    interval = stats.t.interval(0.95, 5, values.mean(), stats.sem(values))
    assert (summary.ci_low, summary.ci_high) == pytest.approx(interval, rel=1e-12)
    assert (summary.q1, summary.median, summary.q3) == pytest.approx(
        np.quantile(values, [0.25, 0.5, 0.75]), rel=1e-12
    )
    assert (summary.n, summary.sd) == (6, pytest.approx(np.std(values, ddof=1), rel=1e-12))
    animals = [value["animal"] for value in asdict(found)["values"]]
    assert (animals[0], animals[10], animals[14]) == ("spheroids-0", "control-4", "granules-3")
    assert found.unit == "1"


def test_a_summary_has_nan_where_n_is_too_small():
    one, none = summarise("a", [3.0]), summarise("b", [])
    assert (one.mean, one.median, one.q1, one.q3) == (3.0, 3.0, 3.0, 3.0)
    assert all(math.isnan(number) for number in (one.sd, one.ci_low, one.ci_high))
    assert none.n == 0
    assert all(
        math.isnan(number) for number in (none.mean, none.sd, none.ci_low, none.median, none.q1, none.q3)
    )


@pytest.mark.parametrize("primary", [MEANS, RANK])
def test_the_order_of_rows_changes_nothing(primary):
    rows = table(DATA)
    expected = compare(rows, primary, list(DATA))
    for seed in range(3):
        assert compare(rows.sample(frac=1, random_state=seed), primary, list(DATA)) == expected


@given(
    st.lists(st.integers(0, 4000), min_size=6, max_size=14, unique=True),
    st.integers(2, 4),
    st.sampled_from([0.25, 2.0, 64.0, -1.0, -8.0]),
    st.integers(-50, 50),
    st.sampled_from([MEANS, RANK]),
)
@settings(max_examples=60, deadline=None)
def test_shifting_and_scaling_values_shifts_and_scales_effects(numbers, first, scale, shift, primary):
    # Quarters and powers of two are exact in binary, so ties stay ties.
    data = {"control": [n / 4 for n in numbers[:first]], "spheroids": [n / 4 for n in numbers[first:]]}
    moved = {group: [scale * value + shift for value in values] for group, values in data.items()}
    (before,), (after,) = two(data, primary).effects, two(moved, primary).effects
    ends = sorted([scale * before.ci_low, scale * before.ci_high])
    assert after.difference == pytest.approx(scale * before.difference, rel=1e-9, abs=1e-9)
    assert [after.ci_low, after.ci_high] == pytest.approx(ends, rel=1e-7, abs=1e-7)
    assert (after.p, after.size) == pytest.approx(
        (before.p, math.copysign(1, scale) * before.size), rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize("primary", [MEANS, RANK])
def test_swapping_the_groups_turns_the_effect_round(primary):
    (forth,), (back,) = two(DATA, primary).effects, two(DATA, primary, ("spheroids", "control")).effects
    turned = (
        -back.difference,
        -back.ci_high,
        -back.ci_low,
        -back.size,
        -back.size_high,
        -back.size_low,
        back.p,
    )
    found = (
        forth.difference,
        forth.ci_low,
        forth.ci_high,
        forth.size,
        forth.size_low,
        forth.size_high,
        forth.p,
    )
    assert found == pytest.approx(turned, rel=1e-9)


@pytest.mark.parametrize("primary", [MEANS, RANK])
@pytest.mark.parametrize(
    ("data", "groups", "control", "words"),
    [
        ({"a": [1.0], "b": [2.0, 3.0]}, ["a", "b"], None, "at least 2 animals, but a has 1"),
        ({"a": [1.0, 2.0]}, ["a", "b"], None, "two groups with animals; there is 1"),
        ({"a": [1.0, 2.0], "b": [2.0, 3.0]}, ["a", "b", "c"], "c", "control group c has no animal"),
    ],
)
def test_too_few_animals_are_summarised_but_not_tested(primary, data, groups, control, words):
    found = compare(table(data), replace(primary, control=control), groups)
    assert words in found.not_tested
    assert (found.effects, found.omnibus) == ((), None)
    assert [summary.n for summary in found.groups] == [len(data.get(group, [])) for group in groups]


def test_an_empty_group_is_noted_and_the_others_are_compared():
    found = compare(table(DATA), MEANS, [*DATA, "sham"])
    assert "Group sham has no animal with this endpoint." in found.notes
    assert len(found.effects) == 3
    other = compare(table(DATA), MEANS, ["control", "spheroids"])
    assert "Group granules is not among the groups compared: 4 of its values are left out." in other.notes


def test_small_groups_are_told_what_they_cannot_reach():
    found = two({"control": [1.0, 2, 3], "spheroids": [4.0, 5, 6]}, RANK)
    said = " ".join(found.notes)
    assert "cannot cover 95 %: the widest one covers 90 %" in said
    assert "smallest p possible is 0.1, above 0.05" in said
    assert not any("cannot cover" in note for note in two(DATA, RANK).notes)


@pytest.mark.parametrize("level", [0.0, 0.3, 1e6])
def test_groups_without_spread_give_no_nan_and_no_warning(level):
    same = {"control": [level] * 3, "spheroids": [level] * 4}
    assert "all 3 values of control are" in two(same, MEANS).not_tested
    (effect,) = two(same, RANK).effects
    assert (effect.p, effect.difference, effect.size) == (1.0, 0.0, 0.0)
    three = same | {"granules": [level + 1, level + 2, level + 4]}
    assert compare(table(three), MEANS, list(three)).not_tested
    assert compare(table(dict.fromkeys("abc", [level] * 3)), RANK, list("abc")).omnibus.p == 1.0


def test_one_group_without_spread_still_has_pairs():
    data = {"control": [0.0, 0.0, 0.0], "granules": [0.1, 0.2, 0.4], "spheroids": [0.5, 0.6, 0.9]}
    found = compare(table(data), MEANS, list(data))
    assert found.omnibus is None
    assert "Welch's ANOVA needs spread in every group; control has none." in found.notes
    assert all(
        math.isfinite(value) for e in found.effects for value in (e.p, e.p_adjusted, e.ci_low, e.size_high)
    )


@pytest.mark.parametrize(
    ("primary", "words"),
    [
        (replace(MEANS, name="bvtv"), ["primary.name", "Did you mean 'bv_tv'?"]),
        (replace(MEANS, assay="micro-ct"), ["primary.assay", "Did you mean 'microct'?"]),
        (replace(MEANS, week=4.0), ["primary.week", "(8)"]),
        (replace(MEANS, control="controll"), ["primary.control", "Did you mean 'control'?"]),
        (replace(MEANS, test="parametic"), ["primary.test", "Did you mean 'parametric'?"]),
        (replace(MEANS, alpha=math.nan, control="x"), ["primary.alpha", "primary.control"]),
        (replace(MEANS, alpha=0.5), ["primary.alpha"]),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(primary, words):
    said = refused(table(DATA), primary, list(DATA))
    for word in words:
        assert word in said


def test_several_weeks_need_one_named():
    rows = pd.concat([table(DATA), table(DATA, week=4.0)], ignore_index=True)
    assert "(4, 8)" in refused(rows, replace(MEANS, week=None), list(DATA))
    assert compare(rows, MEANS, list(DATA)) == compare(table(DATA), MEANS, list(DATA))
    assert compare(table(DATA), replace(MEANS, week=None), list(DATA)).effects


def test_all_mistakes_of_a_table_are_said_at_once():
    rows = table(DATA)
    rows.loc[1, "animal"] = "control-0"
    rows.loc[3, "value"] = math.nan
    rows.loc[4, "value"] = math.inf
    rows.loc[5, "unit"] = "percent"
    said = refused(rows, MEANS, list(DATA))
    assert "animal control-0: found 2 values of the same week (rows 0, 1; group control)" in said
    assert "animal control-3 (row 3): found nan" in said
    assert "animal control-4 (row 4): found inf" in said
    assert "several units (1, percent)" in said


def test_an_animal_in_two_groups_is_found():
    rows = table({"control": [1.0, 2.0], "spheroids": [3.0, 4.0]})
    rows.loc[2, "animal"] = "control-0"
    assert "group control, spheroids" in refused(rows, MEANS, ["control", "spheroids"])


def test_other_tables_are_refused():
    assert "no column 'unit'" in refused(table(DATA).drop(columns=["unit", "week"]), MEANS, list(DATA))
    assert "the table is empty" in refused(table(DATA).iloc[:0], MEANS, list(DATA))
    assert "named once" in refused(table(DATA), MEANS, ["control", "control"])
    words = table(DATA).astype({"value": object})
    words.loc[0, "value"] = "0,2"
    assert "0,2" in refused(words, MEANS, list(DATA))
