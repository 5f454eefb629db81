"""Spheroids of different donors: what they secrete and how they answer to osteogenic medium."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.donor import CellBatch, expand, harvest
from spondyl.quantity import shipped
from spondyl.spheroid import culture


def cells(seed: int) -> CellBatch:
    return expand(harvest(species="rat", age="12 week", fat="1.5 g", seed=seed), passages=1)


def with_traits(batch: CellBatch, **factors: float) -> CellBatch:
    assert batch.traits is not None
    usual = {"osteogenic_response": 1.0, "secretion": 1.0, **factors}
    arrays = {name: np.array([value]) for name, value in usual.items()}
    return replace(batch, traits=replace(batch.traits, **arrays))


def test_cells_of_the_usual_donor_are_those_of_an_unknown_one() -> None:
    batch = with_traits(cells(7))
    usual = culture(batch, count=20).lot()
    unknown = culture(replace(batch, donor=None, traits=None), count=20).lot()
    assert usual.secretion == unknown.secretion
    assert np.array_equal(usual.maturity, unknown.maturity)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_donor_that_secretes_more_changes_secretion_only(factor: float) -> None:
    usual, other = (culture(with_traits(cells(7), secretion=many), count=20).lot() for many in (1.0, factor))
    for name in ("VEGF", "BMP2"):
        assert other.secretion[name] == pytest.approx(factor * usual.secretion[name])
    assert np.array_equal(usual.maturity, other.maturity)


def test_a_donor_that_answers_more_has_riper_cells_in_osteogenic_medium_alone() -> None:
    ripe = [
        culture(with_traits(cells(7), osteogenic_response=factor), count=20).lot().maturity.mean()
        for factor in (0.5, 1.0, 2.0)
    ]
    assert ripe == sorted(ripe)
    assert ripe[2] > 1.1 * ripe[0]
    weak, strong = (
        culture(
            with_traits(cells(7), osteogenic_response=f), count=20, osteogenic="0 day", days="8 day"
        ).lot()
        for f in (0.5, 2.0)
    )
    assert np.array_equal(weak.maturity, strong.maturity)


def test_donors_differ_as_their_passports_say() -> None:
    table = shipped()["donor"]
    many = harvest(species="rat", age="12 week", fat="1.5 g", seed=0).donor
    assert many is not None
    from spondyl.donor.traits import traits

    drawn = traits(many, seed=1, count=4000)
    for name in ("osteogenic_response", "secretion"):
        spread = np.std(np.log(getattr(drawn, name)))
        assert spread == pytest.approx(np.log(table[name].spread), rel=0.05)


def test_a_network_without_the_answer_is_left_as_it_is() -> None:
    own = culture(with_traits(cells(7), osteogenic_response=2.0), count=20, network=None).lot()
    assert (own.maturity == 0).all()
