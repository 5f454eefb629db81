"""Tukey, Dunnett, Dunn and mixed models against published numbers and second implementations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from spondyl.trial import Primary, compare
from spondyl.trial.anova import compare_anova, one_way
from spondyl.trial.assumptions import checks
from spondyl.trial.comparison import Comparison
from spondyl.trial.dunn import compare_dunn, dunn
from spondyl.trial.mixed import Repeated, compare_repeated

Values = NDArray[np.float64]

PLANTS = {
    "ctrl": np.array([4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]),
    "trt1": np.array([4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]),
    "trt2": np.array([6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]),
}
"""PlantGrowth of R's datasets (Dobson 1983)."""

SPRAYS = {
    "A": [10, 7, 20, 14, 14, 12, 10, 23, 17, 20, 14, 13],
    "B": [11, 17, 21, 11, 16, 14, 17, 17, 19, 21, 7, 13],
    "C": [0, 1, 7, 2, 3, 1, 2, 1, 3, 0, 1, 4],
    "D": [3, 5, 12, 6, 4, 3, 5, 5, 5, 5, 2, 4],
    "E": [3, 5, 3, 5, 3, 6, 1, 1, 3, 2, 6, 4],
    "F": [11, 9, 15, 22, 15, 16, 13, 10, 26, 26, 24, 13],
}
"""InsectSprays of R's datasets (Beall 1942)."""

BLOOD = {
    "control": np.array([7.40, 8.50, 7.20, 8.24, 9.84, 8.32]),
    "drug a": np.array([9.76, 8.80, 7.68, 9.36]),
    "drug b": np.array([12.80, 9.68, 12.16, 9.20, 10.55]),
}
"""Blood counts of Dunnett (1955)."""

GIRLS = """21 20 21.5 23/21 21.5 24 25.5/20.5 24 24.5 26/23.5 24.5 25 26.5/21.5 23 22.5 23.5/20 21 21 22.5
/21.5 22.5 23 25/23 23 23.5 24/20 21 22 21.5/16.5 19 19 19.5/24.5 25 28 28"""
BOYS = """26 25 29 31/21.5 22.5 23 26.5/23 22.5 24 27.5/25.5 27.5 26.5 27/20 23.5 22.5 26/24.5 25.5 27 28.5
/22 22 24.5 26.5/24 21.5 24.5 25.5/23 20.5 31 26/27.5 28 31 31.5/23 23 23.5 25/21.5 23.5 24 28/17 24.5 26 29.5
/22.5 25.5 25.5 26/23 24.5 26 30/22 21.5 23.5 25"""
AGES = (8.0, 10.0, 12.0, 14.0)
"""Distances of Potthoff and Roy (1964), in mm, by child and age."""


def pairs_of(samples: Mapping[str, object]) -> list[tuple[str, str]]:
    return [(later, earlier) for earlier, later in combinations(samples, 2)]


def table(samples: Mapping[str, Sequence[float] | Values], week: float = 8.0) -> pd.DataFrame:
    rows = [
        (f"{group}{n}", group, week, "microct", "bv_tv", float(value), "1", "")
        for group, values in samples.items()
        for n, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["animal", "group", "week", "assay", "name", "value", "unit", "method"])


def compared(samples: Mapping[str, Values], test: str, control: str | None = None) -> Comparison:
    primary = Primary("microct", "bv_tv", 8.0, test, control)  # type: ignore[arg-type]
    return compare(table(samples), primary, list(samples))


def test_analysis_of_variance_and_tukey_are_those_of_r() -> None:
    found = compared(PLANTS, "anova")
    assert found.omnibus is not None
    assert (found.omnibus.statistic, found.omnibus.df) == (pytest.approx(4.846, abs=5e-4), (2.0, 27.0))
    assert found.omnibus.p == pytest.approx(0.01591, abs=5e-6)
    told = {(one.group, one.against): one for one in found.effects}
    printed = {  # TukeyHSD(aov(weight ~ group, PlantGrowth))
        ("trt1", "ctrl"): (-0.371, -1.0622161, 0.3202161, 0.3908711),
        ("trt2", "ctrl"): (0.494, -0.1972161, 1.1852161, 0.1979960),
        ("trt2", "trt1"): (0.865, 0.1737839, 1.5562161, 0.0120064),
    }
    for pair, (difference, low, high, p) in printed.items():
        one = told[pair]
        assert one.difference == pytest.approx(difference, abs=5e-8)
        assert (one.ci_low, one.ci_high) == pytest.approx((low, high), abs=1e-6)
        assert one.p_adjusted == pytest.approx(p, abs=1e-6)
    assert found.adjustment == "Tukey"


def test_two_groups_are_students_t() -> None:
    from scipy import stats

    two = {name: PLANTS[name] for name in ("ctrl", "trt2")}
    found = compare_anova(two, [("trt2", "ctrl")], 0.05, None)
    expected = stats.ttest_ind(two["trt2"], two["ctrl"])
    span = expected.confidence_interval(0.95)
    (one,) = found.effects
    assert one.p == pytest.approx(expected.pvalue)
    assert one.p_adjusted == pytest.approx(expected.pvalue, rel=1e-4)
    assert (one.ci_low, one.ci_high) == pytest.approx((span.low, span.high), rel=1e-4)
    assert (found.adjustment, found.omnibus) == ("none", None)


def test_dunnett_is_that_of_his_paper() -> None:
    found = compared(BLOOD, "anova", "control")
    p = [one.p_adjusted for one in found.effects]
    assert p == pytest.approx(
        [0.62004941, 0.0058889], abs=2e-4
    )  # as the handbook of R's multcomp prints them
    again = compared(BLOOD, "anova", "control")
    assert again.effects == found.effects
    low, high = found.effects[1].ci_low, found.effects[1].ci_high
    assert found.effects[1].difference == pytest.approx((low + high) / 2)
    # Dunnett's table: |d| = 2.57 for two groups and 12 degrees of freedom.
    within = math.sqrt(sum(((values - values.mean()) ** 2).sum() for values in BLOOD.values()) / 12)
    assert (high - low) / 2 / within / math.sqrt(1 / 6 + 1 / 5) == pytest.approx(2.57, abs=0.08)


def test_dunn_is_that_of_scikit_posthocs() -> None:
    samples = {group: np.array(values, float) for group, values in SPRAYS.items()}
    found = dunn(samples, pairs_of(samples))
    printed = {  # posthoc_dunn of scikit-posthocs
        ("B", "A"): 7.544829e-01,
        ("D", "A"): 0.001824,
        ("D", "B"): 6.029200e-04,
        ("D", "C"): 9.761816e-02,
        ("E", "B"): 3.137000e-05,
        ("E", "C"): 3.557247e-01,
        ("F", "D"): 4.264600e-04,
        ("F", "E"): 2.080000e-05,
    }
    assert {pair: found[pair] for pair in printed} == pytest.approx(printed, rel=3e-4)
    told = {(one.group, one.against): one for one in compare_dunn(samples, pairs_of(samples), 0.05).effects}
    assert told["D", "A"].p_adjusted == pytest.approx(0.012765, abs=5e-7)
    assert told["D", "B"].p_adjusted == pytest.approx(0.004823, abs=5e-7)
    assert told["B", "A"].estimator == "Hodges-Lehmann shift"


def children() -> list[Repeated]:
    return [
        Repeated(f"{group}{n}", group, age, float(value))
        for group, text in (("girl", GIRLS), ("boy", BOYS))
        for n, child in enumerate(text.replace("\n", "").split("/"))
        for age, value in zip(AGES, child.split(), strict=True)
    ]


def moments(scans: Sequence[Repeated]) -> tuple[float, float]:
    """Variance between and within animals of complete data, from the mean squares of the split plot."""
    frame = pd.DataFrame([(s.animal, s.group, s.week, s.value) for s in scans], columns=["a", "g", "w", "v"])
    of_cell = frame.groupby(["g", "w"])["v"].transform("mean")
    residual = frame["v"] - of_cell
    of_animal = residual.groupby(frame["a"]).transform("mean")
    animals, groups, weeks = frame["a"].nunique(), frame["g"].nunique(), frame["w"].nunique()
    rest = float(((residual - of_animal) ** 2).sum()) / ((animals - groups) * (weeks - 1))
    between = float((of_animal**2).sum()) / (animals - groups)
    return (between - rest) / weeks, rest


def test_a_mixed_model_of_complete_data_is_the_split_plot() -> None:
    scans = children()
    found = compare_repeated(scans, [("girl", "boy")], 14.0, 0.05)
    (one,) = found.effects
    assert one.difference == pytest.approx(24.0909 - 27.46875, abs=1e-3)
    between, rest = moments(scans)
    error = math.sqrt((between + rest) * (1 / 11 + 1 / 16))
    assert (one.ci_high - one.ci_low) / 2 == pytest.approx(2.0595386 * error, rel=2e-4)  # t of 25 degrees
    assert found.omnibus is not None
    assert found.omnibus.df == (3.0, 25.0)
    assert found.omnibus.p == pytest.approx(0.09, abs=0.03)


def test_missing_scans_count_and_are_told() -> None:
    scans = [scan for scan in children() if not (scan.animal == "girl0" and scan.week == 10.0)]
    found = compare_repeated(scans, [("girl", "boy")], 14.0, 0.05)
    assert found.effects[0].difference == pytest.approx(24.0909 - 27.46875, abs=0.05)
    assert any("1 scans are missing" in note for note in found.notes)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (lambda s: s.week == 14.0, "several weeks"),
        (lambda s: not (s.group == "girl" and s.week == 8.0), "girl has no scan of week 8"),
        (lambda s: s.week == (8.0 if s.animal[-1] in "02468" else 14.0), "no animal was scanned twice"),
    ],
)
def test_what_has_no_repeats_is_no_mixed_model(kept: object, said: str) -> None:
    scans = [scan for scan in children() if kept(scan)]  # type: ignore[operator]
    found = compare_repeated(scans, [("girl", "boy")], 14.0, 0.05)
    assert found.not_tested is not None
    assert said in found.not_tested


def test_the_table_gives_a_mixed_model_every_week() -> None:
    frame = pd.concat(
        [
            table({group: [s.value for s in children() if s.group == group and s.week == age]
                   for group in ("boy", "girl")}, age)
            for age in AGES
        ]
    )  # fmt: skip
    primary = Primary("microct", "bv_tv", 14.0, "mixed", "boy")
    found = compare(frame, primary, ["boy", "girl"])
    assert found.effects[0].difference == pytest.approx(24.0909 - 27.46875, abs=1e-3)
    assert [check.assumption for check in found.checks] == ["normal residuals", "equal spread"]


def test_assumptions_are_looked_at_and_shown() -> None:
    from scipy import stats

    found = {check.assumption: check for check in checks(PLANTS)}
    residuals = np.concatenate([values - values.mean() for values in PLANTS.values()])
    assert found["normal residuals"].p == pytest.approx(stats.shapiro(residuals).pvalue)
    assert found["equal spread"].p == pytest.approx(0.3412, abs=5e-5)  # leveneTest(weight ~ group), R's car
    assert compared(PLANTS, "rank").checks == ()
    skewed = {group: np.exp(3 * (values - 5)) for group, values in PLANTS.items()}
    assert {check.assumption: check.p for check in checks(skewed)}["normal residuals"] < 0.001


def test_groups_without_spread_or_of_one_are_not_tested() -> None:
    still = {"a": np.ones(3), "b": np.full(3, 2.0), "c": np.full(3, 3.0)}
    found = compared(still, "anova")
    assert found.not_tested is not None
    assert "needs spread" in found.not_tested
    one = compared({"a": np.array([1.0]), "b": np.array([1.0, 2.0])}, "dunn")
    assert one.not_tested is not None
    assert "a has 1" in one.not_tested
    assert one_way([np.array([1.0, 2.0]), np.array([1.0, 2.0]), np.array([5.0, 6.0])]).p < 0.1
