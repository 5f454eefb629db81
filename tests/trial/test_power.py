"""Animals a study needs: published sizes, simulation against formula, the error level, and clear refusals."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from typer.testing import CliRunner

from spondyl.cli.app import app
from spondyl.errors import ComparisonError
from spondyl.trial import power
from spondyl.trial.power import Asked, by_formula, by_simulation, needed, spread_of, t_power


@pytest.mark.parametrize(("d", "n"), [(0.2, 394), (0.5, 64), (0.8, 26), (1.0, 17), (1.5, 9)])
def test_the_sizes_of_cohens_table(d: float, n: int) -> None:
    assert t_power(d, n - 1, 0.05) < 0.8 <= t_power(d, n, 0.05)


@pytest.mark.parametrize("n", [6, 12])
def test_simulated_studies_agree_with_the_formula(n: int) -> None:
    # A small spread makes log-normal animals normal.
    asked = Asked(effect=0.1, cv=0.08)
    point = by_simulation(asked, n, seed=3, studies=4000)
    assert point.simulated == pytest.approx(by_formula(asked, n), abs=0.03)
    assert point.low < point.simulated < point.high


@pytest.mark.parametrize("test", ["parametric", "rank"])
@pytest.mark.parametrize("arms", [2, 4])
def test_no_effect_is_found_at_most_as_often_as_alpha(test: str, arms: int) -> None:
    nothing = Asked(effect=1e-9, cv=0.3, arms=arms, test=test)
    assert by_simulation(nothing, 8, seed=5, studies=4000).low < 0.05 / (arms - 1) * 1.15


def test_the_same_seed_gives_the_same_and_arms_cost_animals() -> None:
    asked = Asked(effect=0.4, cv=0.3)
    one, same, other = (needed(asked, seed, studies=800) for seed in (1, 1, 2))
    assert one == same
    assert one.curve != other.curve
    four = needed(Asked(effect=0.4, cv=0.3, arms=4, attrition=0.2), studies=800)
    assert one.n is not None
    assert four.n is not None
    assert four.order is not None
    assert four.n > one.n
    assert four.order == math.ceil(four.n / 0.8)
    assert four.total == 4 * four.order


def test_an_effect_too_small_for_any_number_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(power, "MOST", 20)
    assert needed(Asked(effect=0.01, cv=0.5), studies=200).n is None


def test_the_spread_of_a_pilot_is_that_within_arms() -> None:
    mean, cv = spread_of([[9.0, 11.0], [18.0, 22.0], [5.0]])
    assert mean == 10
    assert cv == pytest.approx(math.sqrt(2) / 10)
    with pytest.raises(ComparisonError, match="one animal in each group"):
        spread_of([[1.0], [2.0]])
    with pytest.raises(ComparisonError, match="not above zero"):
        spread_of([[0.0, 0.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"effect": 0.0}, "effect"),
        ({"effect": -1.5}, "effect"),
        ({"cv": 0.0}, "cv"),
        ({"cv": math.nan}, "cv"),
        ({"arms": 1}, "arms"),
        ({"power": 0.01}, "power"),
        ({"alpha": 0.7}, "alpha"),
        ({"attrition": 0.99}, "attrition"),
        ({"test": "magic"}, "parametric or rank"),
    ],
)
def test_what_has_no_meaning_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ComparisonError, match=said):
        Asked(**{"effect": 0.2, "cv": 0.3, **changed})


def test_the_verb_prints_a_table_or_one_object() -> None:
    said = CliRunner().invoke(app, ["power", "--effect", "50 %", "--cv", "0.3"])
    assert said.exit_code == 0
    assert "animals an arm find a difference of +50 %" in said.stdout
    told = CliRunner().invoke(app, ["power", "--effect", "0.5", "--cv", "0.3", "--json"])
    found = json.loads(told.stdout)
    assert found["n"] == 11
    assert found["asked"]["effect"] == 0.5
    missing = CliRunner().invoke(app, ["power"])
    assert "--cv" in str(missing.exception)
