"""Agreement with libroadrunner, which shares neither our reading of formulas nor our integrator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sbml_models import EVERYTHING, rates_model
from spondyl.errors import NetworkError
from spondyl.network import batch, read, simulate
from spondyl.network.examples import DECAY
from spondyl.spheroid import osteogenic

pytest.importorskip("roadrunner", reason="libroadrunner is not installed: pip install 'spondyl[sbml]'")

TIGHT = {"rtol": 1e-11, "atol": 1e-14}


@pytest.mark.parametrize(
    "inputs", [{}, {"k": 0.4}, {"R1.k": 0.9}, {"half": 2.0}, {"big": 3.0}, {"yield": 0.1}, {"twice": 1.0}]
)
def test_all_that_sbml_can_say(inputs: dict[str, float]) -> None:
    net, times = read(EVERYTHING), np.linspace(0, 6, 7)
    theirs = simulate(net, times, inputs=inputs, **TIGHT)
    ours = batch(net).integrate(times, inputs=inputs, rtol=1e-9, atol=1e-12)[:, 0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)


def test_inputs_by_interval_and_a_beginning() -> None:
    net = read(DECAY)
    times, start = [0.0, 1.0, 3.0], [1.5, 0.25]
    theirs = simulate(net, times, start, {"k": [0.4, 2.0]}, **TIGHT)
    ours = batch(net).integrate(times, start, {"k": [[0.4, 2.0]]}, rtol=1e-9)[:, 0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-7)


@pytest.mark.parametrize(
    "inputs",
    [{"osteogenic": 1.0}, {"osteogenic": 1.0, "contact": 1.0, "oxygen": 0.01}, {"adipogenic": 1.0}],
)
def test_the_osteogenic_network_agrees_to_one_in_a_million(inputs: dict[str, float]) -> None:
    net, days = osteogenic.network(), np.arange(22.0)
    theirs = simulate(net, days, inputs=inputs, **TIGHT)
    ours = batch(net).integrate(days, inputs=inputs, rtol=1e-8, atol=1e-12)[:, 0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-12)


PUBLISHED = {
    148: ("x1", "x2", "z", "y1", "y2", "x1_bar", "x2_bar"),
    278: ("R", "B", "C"),
    279: ("x1", "x2", "z"),
}


@pytest.mark.parametrize("model", PUBLISHED)
def test_published_models_follow_the_trajectories_of_an_independent_integrator(
    model: int, shared_data: Path
) -> None:
    """Komarova 2003 (with events), Lemaire 2004, Komarova 2005; tables made at a tolerance of 1e-6."""
    file = shared_data / "sbml" / f"BIOMD0000000{model}.xml"
    table = np.loadtxt(file.with_name(f"{file.stem}_roadrunner_default.csv"), delimiter=",", skiprows=1)
    net = read(file, unitless=True)
    columns = [net.index(name) for name in PUBLISHED[model]]
    theirs = simulate(net, table[:, 0], **TIGHT)[:, columns]
    ours = batch(net).integrate(table[:, 0], rtol=1e-8, atol=1e-12)[:, 0][:, columns]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours, table[:, 1:], rtol=5e-6, atol=1e-9)


def test_a_solution_that_runs_away_says_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    net = read(rates_model({"calm": (1.0, "-calm"), "wild": (1.0, "wild^2")}))
    with pytest.raises(NetworkError, match=r"species 'wild', which runs away at time 0\.9999.* second"):
        simulate(net, [0, 2])
    assert capfd.readouterr() == ("", "")


def test_mistakes_are_told_as_for_many_cells() -> None:
    with pytest.raises(NetworkError, match="Did you mean 'k'"):
        simulate(read(DECAY), [0, 1], inputs={"kk": 1.0})
