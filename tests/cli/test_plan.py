from __future__ import annotations

import json

import pytest

from spondyl.cli.plan import plan
from spondyl.errors import StudyError

RAT = ("plan", "--species", "rat", "--age", "12 week", "--donors", 400)


def test_fat_gives_a_dose_as_a_table_and_as_json(spondyl):
    told = spondyl(*RAT, "--fat", "1.5 g")
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    for word in ("living cells", "medium", "flasks", "CFU-F", "not reported", "donor age disagree"):
        assert word in told.stdout
    done = spondyl(*RAT, "--fat", "1.5 g", "--dose", "1e7 cells", "--days", 12, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["fat_g"], found["dose_cells"], found["limit_day"]) == (1.5, 1e7, 12.0)
    assert 0 < found["probability"] < 1
    assert [step["passage"] for step in found["passages"]] == [1, 2, 3]
    low, high = found["passages"][0]["medium_mL"]["interval_95"]
    assert low < found["passages"][0]["medium_mL"]["median"] < high
    assert found == json.loads(
        spondyl(*RAT, "--fat", "1.5 g", "--dose", 1e7, "--days", "12 day", "--json").stdout
    )


def test_a_dose_gives_fat_and_spheroids_are_a_dose(spondyl):
    wanted = ("--species", "human", "--age", "70 year", "--donors", 400, "--days", 28, "--json")
    done = spondyl("plan", *wanted, "--spheroids", 5000, "--cells-each", 2000)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["dose_cells"] == 1e7
    enough = found["enough_fat_g"]
    assert enough["donors_50"] < enough["donors_80"] < enough["donors_95"] == found["fat_g"]
    assert found == json.loads(spondyl("plan", *wanted, "--dose", "1e7").stdout)


RAT_AGED = {"species": "rat", "age": "12 week"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fat": "1 g"}, ["--species: found nothing", "--age: found nothing"]),
        (RAT_AGED, ["neither --fat nor --dose"]),
        ({"species": "rta", "age": "12 wek", "fat": "0 g"}, ["Did you mean 'rat'", "'week'", "above zero"]),
        (RAT_AGED | {"dose": "1e7", "spheroids": 3, "cells_each": 2}, ["a dose and spheroids"]),
        (RAT_AGED | {"spheroids": 3}, ["--cells-each"]),
        (RAT_AGED | {"spheroids": -3, "cells_each": 1}, ["--spheroids"]),
        (RAT_AGED | {"dose": "0"}, ["--dose", "above zero"]),
        (RAT_AGED | {"dose": "nan"}, ["--dose"]),
        (RAT_AGED | {"dose": "1e7 g"}, ["--dose"]),
        (RAT_AGED | {"fat": "1 g", "days": "nan"}, ["days"]),
        (RAT_AGED | {"fat": "1 g", "days": "-1"}, ["days", "above zero"]),
        (RAT_AGED | {"dose": "1e20", "donors": 200}, ["this rat (12 week) gives about"]),
    ],
)
def test_mistakes_are_said_where_they_are(given, said):
    with pytest.raises(StudyError) as caught:
        plan(**given)
    for word in said:
        assert word in str(caught.value)


def test_an_impossible_dose_ends_with_one_sentence_and_exit_2(spondyl):
    done = spondyl(*RAT, "--fat", "1.5 g", "--dose", 1e12)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "spondyl: dose: found 1e+12 living cells; this rat (12 week) gives about" in done.stderr
