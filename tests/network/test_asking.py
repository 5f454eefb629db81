"""What a caller can get wrong, and solutions that run away."""

from __future__ import annotations

import numpy as np
import pytest

from sbml_models import rates_model
from spondyl.errors import NetworkError
from spondyl.network import Batch, batch, read
from spondyl.network.examples import DECAY


@pytest.fixture(scope="module")
def decay() -> Batch:
    return batch(read(DECAY))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"times": [0, 1, 1]}, "ascending times"),
        ({"times": [0, np.nan]}, "not finite, at [1]"),
        ({"times": []}, "one row of ascending times"),
        ({"times": "soon"}, "no array of numbers"),
        ({"start": [1.0]}, "must be (cells, 2)"),
        ({"start": [[1.0, np.inf]]}, "not finite, at [0, 1]"),
        ({"inputs": {"kk": 1.0}}, "'kk'; must be a number of the network: k, cell. Did you mean 'k'?"),
        ({"inputs": {"A": 1.0}}, "'A', which the network's own formulas set"),
        ({"inputs": {"k": [[1.0, 2.0, 3.0]]}}, "3 intervals; must be 1 or 1"),
        ({"inputs": {"k": np.ones((1, 1, 1))}}, "shape (1, 1, 1)"),
        ({"inputs": {"k": [1.0, 2.0], "cell": [1.0, 2.0, 3.0]}}, "the same number of cells"),
        ({"cells": 3, "start": [[1.0, 2.0], [3.0, 4.0]]}, "cells 3, start 2"),
        ({"cells": 0}, "at least 1"),
        ({"threads": 0}, "at least 1"),
        ({"rtol": 0.0}, "above 0"),
        ({"atol": np.nan}, "above 0"),
        ({"backend": "gpu"}, "cpu, reference"),
    ],
)
def test_a_mistake_is_told(decay: Batch, asked: dict, told: str) -> None:
    with pytest.raises(NetworkError) as problem:
        decay.integrate(**{"times": [0, 1], **asked})
    assert told in str(problem.value)
    assert problem.value.exit_code == 2


def test_all_mistakes_are_told_at_once(decay: Batch) -> None:
    with pytest.raises(NetworkError) as problem:
        decay.integrate([0, 1], inputs={"kk": 1.0, "cel": 2.0}, rtol=-1.0)
    assert len(problem.value.mistakes) == 3


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_a_solution_that_runs_away_names_species_cell_and_time(backend: str) -> None:
    model = rates_model({"calm": (1.0, "-calm"), "wild": (1.0, "k*wild^2")}, {"k": 0.0})
    with pytest.raises(NetworkError, match=r"'wild', which runs away at time 0\.5 second \(cell 1\)"):
        batch(read(model)).integrate([0, 0.25, 2], inputs={"k": [0.0, 2.0, 0.1]}, backend=backend)


def test_a_rate_without_a_value_is_a_species_that_runs_away() -> None:
    model = rates_model({"x": (1.0, "-1"), "y": (0.0, "sqrt(x)")})
    with pytest.raises(NetworkError, match=r"'y', which runs away at time 1 second"):
        batch(read(model)).integrate([0, 2])


def test_a_beginning_without_a_value() -> None:
    model = rates_model({"x": (1.0, "-x")}, {"k": -1.0}).replace(
        "<listOfRules>",
        '<listOfInitialAssignments><initialAssignment symbol="x"><math xmlns="http://www.w3.org/1998/Math/MathML">'
        "<apply><ln/><ci>k</ci></apply></math></initialAssignment></listOfInitialAssignments><listOfRules>",
    )
    with pytest.raises(NetworkError, match=r"'x': found no finite value at the beginning"):
        batch(read(model)).integrate([0, 1])


def test_events_that_wait_are_left_to_libroadrunner() -> None:
    model = rates_model({"x": (0.0, "1")}, {"a": 0.0}, events={"late": ("x > 1", {"a": "1"})})
    delayed = model.replace(
        "</trigger>",
        "</trigger><delay>" + '<math xmlns="http://www.w3.org/1998/Math/MathML"><cn>1</cn></math></delay>',
    )
    net = read(delayed)
    assert net.events == ("late",)
    with pytest.raises(NetworkError, match=r"\(late\); must run with spondyl\.network\.simulate"):
        batch(net)


def test_a_place_among_the_species(decay: Batch) -> None:
    assert decay.network.index("B") == 1
    with pytest.raises(NetworkError, match=r"must be a species of the network: A, B"):
        decay.network.index("Z")
