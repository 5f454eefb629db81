from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl import donor
from spondyl.donor.person import donor as person
from spondyl.donor.traits import traits
from spondyl.errors import StudyError
from spondyl.quantity import shipped

RAT = {"species": "rat", "age": "12 week", "fat": "1.5 g", "seed": 7}


def test_fat_gives_cells_in_proportion_and_the_same_each_time():
    once, again = donor.harvest(**RAT), donor.harvest(**RAT)
    assert once.cells == again.cells
    assert donor.harvest(**RAT | {"fat": "3 g"}).cells == 2 * once.cells
    assert donor.harvest(**RAT | {"seed": 8}).cells != once.cells
    assert (once.species, once.passage, once.day, once.population_doublings) == ("rat", 0, 0.0, 0.0)
    assert 0 < once.viability < 1
    assert 0 < once.cfu_f < 1


def without_effect(name):
    table = dict(shipped()["donor"])
    table[name] = replace(table[name], spread=0.0)
    return table


@pytest.mark.parametrize(
    ("species", "young", "old"), [("human", "25 year", "80 year"), ("rat", "12 week", "2 year")]
)
def test_an_age_effect_of_zero_gives_the_young_donor_to_the_bit(species, young, old):
    table = without_effect("age_effect")
    drawn = [traits(person(species, age), seed=4, count=500, parameters=table) for age in (young, old)]
    for field in type(drawn[0]).__slots__:
        assert np.array_equal(getattr(drawn[0], field), getattr(drawn[1], field)), field
    aged = traits(person(species, old), seed=4, count=500)
    assert not np.array_equal(aged.yield_per_g, drawn[0].yield_per_g)


def test_age_moves_traits_either_way_and_more_the_older():
    young, old, older = (traits(person("human", f"{age} year"), seed=4, count=4000) for age in (25, 70, 115))
    logs = np.log(old.doubling_day / young.doubling_day)
    assert abs(np.mean(logs > 0) - 0.5) < 0.03
    assert np.std(logs) == pytest.approx(shipped()["donor"]["age_effect"].spread, rel=0.05)
    np.testing.assert_allclose(np.log(older.doubling_day / young.doubling_day), 2 * logs, rtol=1e-9)
    assert np.all((older.viability > 0) & (older.viability < 1))


def test_health_is_a_belief_too_and_its_absence_changes_nothing():
    table = without_effect("health_effect")
    ill = traits(person("human", "40 year", health="diabetic"), seed=4, count=50, parameters=table)
    well = traits(person("human", "40 year"), seed=4, count=50)
    assert np.array_equal(ill.yield_per_g, well.yield_per_g)
    other = traits(person("human", "40 year", health="obese"), seed=4, count=50)
    assert not np.array_equal(other.yield_per_g, well.yield_per_g)


def test_sex_and_site_are_recorded_and_change_no_number():
    plain = donor.harvest(**RAT)
    known = donor.harvest(**RAT, sex="female", site="inguinal")
    assert (known.donor.sex, known.donor.site) == ("female", "inguinal")
    assert (known.cells, known.viability, known.cfu_f) == (plain.cells, plain.viability, plain.cfu_f)


def test_mechanical_isolation_gives_less():
    assert donor.harvest(**RAT, method="mechanical").cells < donor.harvest(**RAT).cells


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"species": "rta"}, ["species", "rat or human", "Did you mean 'rat'?"]),
        ({"age": "12"}, ["age", "without a unit"]),
        ({"age": "12 kg"}, ["age", "a mass"]),
        ({"age": "-3 week"}, ["age", "above zero"]),
        ({"age": "nan week"}, ["age"]),
        ({"age": "70 year"}, ["age", "beyond the life of a rat"]),
        ({"age": 12}, ["age", "12"]),
        ({"fat": "0 g"}, ["fat", "above zero"]),
        ({"fat": "-1 g"}, ["fat", "above zero"]),
        ({"fat": "nan g"}, ["fat"]),
        ({"fat": "2 mL"}, ["fat", "a mass"]),
        ({"fat": "1 kg"}, ["fat", "30 g"]),
        ({"seed": -1}, ["seed"]),
        ({"seed": 1.5}, ["seed"]),
        ({"seed": True}, ["seed"]),
        ({"seed": None}, ["seed"]),
        ({"sex": "femal"}, ["sex", "Did you mean 'female'?"]),
        ({"site": "abdomen"}, ["site", "inguinal"]),
        ({"health": "osteoporosis"}, ["health", "Did you mean 'osteoporotic'?"]),
        ({"method": "enzyme"}, ["method", "enzymatic"]),
    ],
)
def test_what_cannot_be_is_refused(changed, words):
    with pytest.raises(StudyError) as caught:
        donor.harvest(**RAT | changed)
    for word in words:
        assert word in str(caught.value)


def test_all_mistakes_are_said_at_once():
    with pytest.raises(StudyError) as caught:
        donor.harvest("mouse", "3", "0 g", -1, sex="m", health="ill")
    said = [mistake.where for mistake in caught.value.mistakes]
    assert said == ["species", "age", "sex", "health", "fat", "seed"]


def test_two_batches_can_be_compared():
    once = donor.harvest(**RAT)
    assert once == donor.harvest(**RAT)
    assert once != donor.harvest(**RAT | {"fat": "1.6 g"})
    assert "colony-forming" in str(once)
