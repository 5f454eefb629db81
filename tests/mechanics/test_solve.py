"""The one way into the solvers: what it refuses, what it passes on, what it tells."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from mechanics_cases import box, face, porous
from spondyl.errors import MechanicsError
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.solve import solve
from spondyl.mechanics.supports import combine, hold, push
from spondyl.volume import Grid

module = import_module("spondyl.mechanics.solve")  # the package calls the function by the same name

GRID = Grid((2, 3, 4), (0.1, 0.1, 0.1))


def bone(value: float = 1000.0, *, where: tuple[int, ...] = (0, 0, 0), poisson: float = 0.3) -> Model:
    modulus = np.full(GRID.shape, 1000.0)
    modulus[where] = value
    return Model(GRID, modulus, poisson)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Model(GRID, np.zeros(GRID.shape)), "no voxel that carries stiffness; needs at least one"),
        (lambda: bone(-1.0), r"found -1 MPa; must not be negative"),
        (lambda: bone(np.nan), "a value that is not a finite number"),
        (lambda: bone(np.inf), "a value that is not a finite number"),
        (lambda: bone(poisson=0.5), "Poisson's ratio: found 0.5; must lie between -1 and 0.5"),
        (lambda: bone(poisson=-1.0), "Poisson's ratio: found -1"),
        (lambda: bone(poisson=np.nan), "Poisson's ratio: found nan"),
        (lambda: Model(GRID, np.ones((2, 3, 5))), r"shape \(2, 3, 5\) on a grid of \(2, 3, 4\)"),
    ],
)
def test_models_without_meaning(build, message):
    with pytest.raises(MechanicsError, match=message):
        solve(build(), Conditions())


def test_all_mistakes_of_a_model_are_told():
    with pytest.raises(MechanicsError) as caught:
        Model(GRID, np.full((1, 1, 1), -1.0), 0.7)
    assert len(caught.value.mistakes) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": 0}, "tolerance: found 0; must lie between 1e-13 and 0.1"),
        ({"tolerance": 1e-14}, "tolerance: found 1e-14"),
        ({"tolerance": 0.2}, "tolerance: found 0.2"),
        ({"tolerance": np.nan}, "tolerance: found nan"),
        ({"max_iterations": 0}, "iterations allowed: found 0; must be at least 1"),
        ({"threads": 0}, "threads: found 0; must be at least 1"),
        ({"backend": "cpus"}, "backend: found 'cpus'; must be one of .* Did you mean 'cpu'"),
    ],
)
def test_options(options, message):
    with pytest.raises(MechanicsError, match=message):
        solve(bone(), platens(bone()), **options)


def test_all_wrong_options_are_told():
    with pytest.raises(MechanicsError) as caught:
        solve(bone(), platens(bone()), tolerance=1, max_iterations=0, threads=-1, backend="gpu")
    assert len(caught.value.mistakes) == 4


def test_nothing_that_holds():
    with pytest.raises(MechanicsError, match=r"supports: found no displacement prescribed .* must hold"):
        solve(bone(), Conditions())


def test_parts_that_nothing_holds_are_left_out_and_counted():
    modulus = np.zeros((6, 5, 5), np.float32)
    modulus[:, 0:2, 0:2] = 1000
    modulus[2:4, 4, 4] = 1000
    modulus[0, 4, 0] = 1000  # touches the platen: held
    model = Model(Grid(modulus.shape, (0.1,) * 3), modulus)
    found = solve(model, platens(model), backend="cpu")
    assert (found.elements, found.removed_elements, found.removed_parts) == (25, 2, 1)
    assert not found.model.modulus[2:4, 4, 4].any()
    assert found.dofs == 3 * found.nodes.size == 3 * (7 * 9 + 8)
    assert model.modulus[2, 4, 4] == 1000  # what was given stays as it was


def test_forces_on_what_nothing_holds():
    modulus = np.zeros((5, 5, 5), np.float32)
    modulus[:2, 0, 0] = modulus[3:, 4, 4] = 1000
    model = Model(Grid(modulus.shape, (0.1,) * 3), modulus)
    given = combine(hold(model, face(model, "z", 0)), push(model, face(model, "z", -1), z=-1.0))
    with pytest.raises(MechanicsError, match="forces on 1 of 2 parts that no prescribed displacement holds"):
        solve(model, given)


class Seen:
    """A backend that answers with nothing but remembers what it was asked."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []

    def __call__(self, task: Task) -> Answer:
        self.tasks.append(task)
        none = np.zeros(0)
        return Answer(np.zeros(0, np.int64), np.zeros((3, 0)), none, 0.0, np.zeros(4), 0.0, 1.0, 2.0)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    backend = Seen()
    monkeypatch.setattr(module, "_backend", lambda _: backend)
    return backend


def test_what_a_backend_is_given_and_gives_back(seen):
    model, told = porous(1), []
    conditions = platens(model)
    found = solve(
        model, conditions, tolerance=1e-4, max_iterations=7, threads=3, progress=told.append, backend="cpu"
    )
    (task,) = seen.tasks
    assert task.model is model
    assert task.conditions is conditions
    assert (task.tolerance, task.max_iterations, task.threads) == (1e-4, 7, 3)
    assert task.start is None
    assert task.start_nodes is None
    assert task.progress == told.append
    assert (found.iterations, found.setup_seconds, found.solve_seconds) == (3, 1.0, 2.0)
    assert found.backend == "cpu"
    assert found.elements == np.count_nonzero(model.modulus)


def test_threads_are_those_this_process_may_use(seen, monkeypatch):
    monkeypatch.setattr(module, "_threads", lambda: 5)
    solve(bone(), platens(bone()), backend="cpu")
    assert seen.tasks[0].threads == 5


def test_a_start_is_passed_on():
    model = porous(2)
    first = solve(model, platens(model), backend="reference", tolerance=1e-10)
    softer = replace(model, modulus=model.modulus * np.float32(0.5))
    again = solve(softer, platens(softer), start=first, backend="cpu")
    assert again.iterations == 0  # under displacements alone, a factor on all moduli changes nothing
    np.testing.assert_array_equal(again.displacement, first.displacement)


def test_prescribed_values_are_met_to_the_last_bit_whatever_the_start():
    model = porous(2)
    first = solve(model, platens(model, "z", 0.02), backend="cpu")
    given = platens(model, "z", 0.01)
    found = solve(model, given, start=first, backend="cpu")
    column = np.searchsorted(found.nodes, given.nodes)
    np.testing.assert_array_equal(found.displacement[given.components, column], given.values)


def test_the_displacement_does_not_depend_on_the_unit_of_stiffness():
    model = porous(3)
    stiff = replace(model, modulus=model.modulus * np.float32(2.0**40))
    soft = replace(model, modulus=model.modulus * np.float32(2.0**-40))
    one, other = (solve(m, platens(m), backend="cpu", tolerance=1e-9) for m in (stiff, soft))
    np.testing.assert_array_equal(one.displacement, other.displacement)
    np.testing.assert_array_equal(one.reaction, other.reaction * 2.0**80)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_energy_is_half_the_work_of_the_platen(backend):
    model = box((3, 4, 5))
    conditions = platens(model, "z", 0.01)
    found = solve(model, conditions, backend=backend, tolerance=1e-11)
    work = float(found.reaction @ conditions.values)
    assert found.energy == pytest.approx(work / 2, rel=1e-9)


def test_the_energy_is_far_nearer_than_the_force():
    model = porous(6, (16, 15, 14), spacing=(0.1, 0.1, 0.1))
    conditions = platens(model)
    exact, rough = (solve(model, conditions, backend="cpu", tolerance=t).energy for t in (1e-12, 1e-4))
    assert exact <= rough <= exact * (1 + 1e-5)
