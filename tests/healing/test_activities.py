"""Habitual loads by species and activity."""

from __future__ import annotations

import math

import pytest

from spondyl import healing
from spondyl.errors import HealingError
from spondyl.healing.activities import force_of
from spondyl.healing.numbers import numbers
from spondyl.vertebra import human


def test_loads_are_those_of_their_passports() -> None:
    known = numbers()
    assert force_of("rat", known, None) == force_of("rat", known, "cage") == 8.0
    assert force_of("rat", known, 0.5) == 4.0
    standing = force_of("human", known, None)
    assert standing == force_of("human", known, "standing") == 500.0
    loads = [force_of("human", known, name) for name in ("lying", "sitting", "standing", "bending")]
    assert loads == sorted(loads)
    assert loads[0] == pytest.approx(0.2 * standing)


def test_cage_rest_changes_the_rat_only() -> None:
    rested = numbers(cage_rest=0.5)
    assert force_of("rat", rested, None) == 4.0
    assert force_of("human", rested, None) == 500.0


@pytest.mark.parametrize(
    ("species", "activity", "told"),
    [
        ("sheep", None, "rat and human"),
        ("rat", "lying", "cage"),
        ("human", "standin", "Did you mean 'standing'"),
        ("rat", math.nan, "above 0"),
        ("human", 11.0, "at most 10"),
    ],
)
def test_what_is_not_known_is_refused(species: str, activity: float | str | None, told: str) -> None:
    with pytest.raises(HealingError, match=told):
        force_of(species, numbers(), activity)


def test_a_human_vertebra_heals_under_its_load() -> None:
    hole = human("L1", seed=3, voxel="750 um").drill(diameter="8 mm", depth="10 mm")
    courses = [
        healing.run(hole, weeks=1 / 7, follow_up=[1 / 7], activity=activity)
        for activity in ("lying", "standing")
    ]
    lying, standing = (course.days[-1]["strain"] for course in courses)
    assert standing == pytest.approx(5 * lying, rel=1e-3)
    assert any("rates of healing are those of animals" in note for note in courses[0].notes)
    assert "human L1" in repr(hole)
    assert len(repr(hole)) < 300
