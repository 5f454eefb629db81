"""The failure criterion on strains made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.errors import MechanicsError
from spondyl.mechanics.pistoia import SPECIES, Criterion, criterion, failure
from spondyl.quantity import Kind, shipped

TWO_PERCENT = Criterion(0.02, 0.007)


def test_uniform_strain_fails_at_the_critical_strain() -> None:
    found = failure(-50.0, np.full(1000, 0.01), TWO_PERCENT)
    assert found.load == pytest.approx(35.0, rel=1e-14)
    assert found.factor == pytest.approx(0.7, rel=1e-14)
    assert found.exceeded == 0.01


def test_the_share_counts_the_most_strained_elements() -> None:
    """Strains 1, 2, … 101: exactly two of 101 lie above 99, the quantile 0.98."""
    strains = np.random.default_rng(1).permutation(np.arange(1.0, 102.0)) * 1e-3
    found = failure(10.0, strains, TWO_PERCENT)
    assert found.exceeded == pytest.approx(0.099, rel=1e-14)
    assert np.count_nonzero(strains > found.exceeded + 1e-12) == 2
    assert found.load == pytest.approx(10 * 0.007 / 0.099, rel=1e-14)


def test_between_two_elements_the_strain_is_interpolated_linearly() -> None:
    """Ten elements: place 0.98 * 9 = 8.82 among the sorted ones."""
    strains = np.array([0.0, 0, 0, 0, 0, 0, 0, 0, 0.01, 0.02])
    assert failure(1.0, strains, TWO_PERCENT).exceeded == pytest.approx(0.0182, rel=1e-12)


@given(st.floats(0.01, 100), st.integers(0, 2**31))
def test_the_load_that_was_applied_does_not_matter(scale: float, seed: int) -> None:
    strains = np.random.default_rng(seed).lognormal(-6, 1, 300)
    once = failure(20.0, strains, TWO_PERCENT)
    again = failure(-20.0 * scale, strains * scale, TWO_PERCENT)
    assert again.load == pytest.approx(once.load, rel=1e-12)


@pytest.mark.parametrize("species", SPECIES)
def test_every_species_has_passports(species: str) -> None:
    found = criterion(species)
    table = shipped()["mechanics"]
    assert found == Criterion(
        table[f"{species}_critical_volume"].value, table[f"{species}_critical_strain"].value
    )


def test_what_nobody_tested_counts_as_assumed() -> None:
    table = shipped()["mechanics"]
    assert table["rat_critical_strain"].kind is table["rat_critical_volume"].kind is Kind.ASSUMED
    assert table["human_critical_strain"].source == "pistoia2002"


def test_a_study_may_bring_its_own_numbers() -> None:
    table = dict(shipped()["mechanics"])
    table["rat_critical_strain"] = replace(table["rat_critical_strain"], value=0.009)
    assert criterion("rat", table).strain == 0.009
    assert criterion("human", table) == Criterion(0.02, 0.007)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: criterion("rats"), ["'rats'", "Did you mean 'rat'"]),
        (lambda: Criterion(0, 0.007), ["critical volume", "found 0"]),
        (lambda: Criterion(2, 0.007), ["critical volume", "2"]),
        (lambda: Criterion(math.nan, math.nan), ["critical volume", "critical strain", "nan"]),
        (lambda: Criterion(0.02, -0.007), ["critical strain", "-0.007"]),
        (lambda: failure(1.0, np.zeros(0), TWO_PERCENT), ["no element"]),
        (lambda: failure(1.0, np.zeros(9), TWO_PERCENT), ["above zero"]),
        (lambda: failure(1.0, np.full(9, np.nan), TWO_PERCENT), ["above zero"]),
    ],
)
def test_mistakes(call: object, words: list[str]) -> None:
    with pytest.raises(MechanicsError) as caught:
        call()  # type: ignore[operator]
    for word in words:
        assert word in str(caught.value)
