"""Many cells at once: each alone, to the last bit, and as the definition says."""

from __future__ import annotations

import numpy as np
import pytest

from sbml_models import EVERYTHING, rates_model
from spondyl.network import Batch, batch, read

SWITCH = rates_model(
    {"a": (1.0, "s + 4*a^n/(1 + a^n)/(1 + b^2) - a"), "b": (1.0, "4*b^n/(1 + b^n)/(1 + a^2) - b")},
    {"s": 0.1, "n": 3.0},
)


@pytest.fixture(scope="module")
def switch() -> Batch:
    return batch(read(SWITCH))


def test_no_cell_depends_on_the_others_nor_on_threads(switch: Batch) -> None:
    rng = np.random.default_rng(1)
    times, inputs = np.linspace(0, 10, 6), {"s": rng.uniform(0, 1, (30, 5)), "n": rng.uniform(2, 4, 30)}
    together = switch.integrate(times, inputs=inputs, threads=1)
    shared = switch.integrate(times, inputs=inputs, threads=3)
    assert together.tobytes() == shared.tobytes()
    for cell in (0, 17, 29):
        alone = switch.integrate(
            times, inputs={name: values[cell : cell + 1] for name, values in inputs.items()}
        )
        assert alone[:, 0].tobytes() == together[:, cell].tobytes()


def test_compiled_code_and_the_definition_agree(switch: Batch) -> None:
    inputs = {"s": [0.1, 0.4], "n": [[2.5, 3.0]]}
    ours = switch.integrate([0, 1, 5], inputs=inputs)
    plain = switch.integrate([0, 1, 5], inputs=inputs, backend="reference")
    np.testing.assert_allclose(ours, plain, rtol=1e-11)


def test_a_run_may_be_cut_and_continued() -> None:
    cells = batch(read(EVERYTHING))
    times = np.linspace(0, 6, 13)
    whole = cells.integrate(times, rtol=1e-9)
    half = 0.3 * whole[0, 0, cells.species.index("A")]  # set by a formula at the file's own beginning
    later = cells.integrate(times[4:], start=whole[4], inputs={"half": half}, rtol=1e-9)
    np.testing.assert_allclose(later, whole[4:], rtol=1e-8)


def test_a_beginning_for_each_cell_and_one_for_all(switch: Batch) -> None:
    each = switch.integrate([0, 2], start=[[1.0, 2.0], [0.5, 0.1]])
    one = switch.integrate([0, 2], start=[0.5, 0.1], cells=2)
    assert each[:, 1].tobytes() == one[:, 0].tobytes() == one[:, 1].tobytes()
    assert switch.start(cells=3).tolist() == [[1.0, 1.0]] * 3


def test_inputs_reach_what_rests_on_them_at_the_beginning() -> None:
    cells = batch(read(EVERYTHING))
    start = cells.start(inputs={"half": [1.0, 2.0]})
    assert np.diff(start[:, cells.species.index("B")]).tolist() == [1.0]


EVENTS = {
    "turn": ("x > 2", {"up": "-1"}),
    "back": ("x < 1", {"up": "1", "count": "count + 1"}),
}


def test_events_happen_at_their_moment() -> None:
    """A saw-tooth: up to 2 and down to 1 at the speed of 1; `back` also holds at the beginning."""
    model = rates_model({"x": (0.5, "up*speed")}, {"up": 1.0, "speed": 1.0, "count": 0.0}, events=EVENTS)
    cells = batch(read(model))
    times = np.linspace(0, 6, 25)
    found = cells.integrate(times, inputs={"speed": [1.0, 2.0]}, rtol=1e-8)
    x, count = (found[:, :, cells.species.index(name)] for name in ("x", "count"))
    for cell, speed in enumerate((1.0, 2.0)):
        phase = np.mod(speed * times - 0.5, 2.0)
        saw = np.where(speed * times < 0.5, 0.5 + speed * times, 1 + np.minimum(phase, 2 - phase))
        np.testing.assert_allclose(x[:, cell], saw, atol=1e-9)
        assert count[-1, cell] == 1 + np.floor((6 * speed - 0.5) / 2)
    plain = cells.integrate(times, inputs={"speed": [1.0]}, rtol=1e-8, backend="reference")
    np.testing.assert_allclose(plain[:, 0], found[:, 0], atol=1e-9)


def test_an_event_may_set_off_another_and_conditions_true_before_do_not_count() -> None:
    events = {"first": ("time >= 1", {"a": "a + 1"}), "second": ("a > 0", {"b": "a + 10"})}
    model = rates_model({"x": (0.0, "a + b")}, {"a": 0.0, "b": 0.0}, events=events, initially=False)
    cells = batch(read(model))
    assert cells.integrate([0, 2], rtol=1e-8)[1, 0].round(9).tolist() == [12.0, 1.0, 11.0]
    held = batch(
        read(rates_model({"x": (0.0, "a")}, {"a": 0.0}, events={"e": ("x >= 0", {"a": "1"})}, initially=True))
    )
    assert held.integrate([0, 2])[1, 0].tolist() == [0.0, 0.0]
