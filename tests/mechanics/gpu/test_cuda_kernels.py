"""The kernels one by one, against the assembled stiffness; run on the processor."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mechanics_cases import box, every_node, face, noise, porous
from spondyl.mechanics.backend import Task
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.layout import STATE, first_corner
from spondyl.mechanics.gpu.numbering import FIRST
from spondyl.mechanics.gpu.solver import solve
from spondyl.mechanics.gpu.system import System
from spondyl.mechanics.model import Conditions
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import assemble
from spondyl.mechanics.supports import hold, on_elements

pytestmark = pytest.mark.usefixtures("deep")

SINGLE = 3e-6
"""What float32 may lose of the largest number of a vector."""


class Bench:
    """A system whose vectors can be read and written; the matrix scaled as the multigrid has it."""

    def __init__(self, module, model, conditions, rng=0) -> None:
        self.device = Device(module)
        self.model, self.conditions = model, conditions
        self.rng = np.random.default_rng(rng)
        with self.device.working():
            self.system = System(self.device, Task(model, conditions, 1e-6, 100))
        self.finest = self.system.finest
        self.scale = 1 / (
            model.modulus.max() * np.diag(stiffness(model.grid.spacing_mm, model.poisson)).max()
        )
        self.at = places(self.finest)
        self.held = np.isin(self.at, self.system.loads.held)

    def matrix(self) -> np.ndarray:
        """The stiffness, component by component, zero in rows and columns of what is held."""
        system = assemble(self.model, self.conditions)
        whole = (system.tie.T @ system.matrix @ system.tie).toarray() * self.scale
        count = whole.shape[0] // 3
        order = np.concatenate([3 * np.arange(count) + c for c in range(3)])
        whole = whole[np.ix_(order, order)]
        whole[self.held] = whole[:, self.held] = 0
        return whole

    def random(self, level=None) -> np.ndarray:
        level = level or self.finest
        values = self.rng.normal(size=3 * level.count).astype(np.float32)
        held = level.held.memory[FIRST : FIRST + level.count]
        values[np.concatenate([(held >> c) & 1 for c in range(3)]) > 0] = 0
        return values

    def put(self, name: str, values: np.ndarray, level=None) -> None:
        level = level or self.finest
        level.vectors[name].memory[places(level)] = values

    def get(self, name: str, level=None) -> np.ndarray:
        level = level or self.finest
        memory = level.vectors[name].memory
        outside = np.delete(memory, places(level))
        assert not outside.any()  # neighbours that do not exist are read from there
        return memory[places(level)].astype(np.float64)


def places(level) -> np.ndarray:
    node = FIRST + np.arange(level.count)
    return np.concatenate([component * level.numbering.stride + node for component in range(3)])


def agree(found, expected, rtol=SINGLE) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max())


@pytest.fixture(params=["held", "periodic"])
def bench(request, cupy) -> Bench:
    if request.param == "periodic":
        return Bench(cupy(), noise(51, (5, 6, 35), 0.6), Conditions(periodic=True, strain=(0, 0, 1, 0, 0, 0)))
    model = porous(52, (6, 5, 9), contrast=100)
    return Bench(cupy(), model, platens(model))


def test_the_first_corner_tells_the_whole_stiffness() -> None:
    whole = stiffness((0.3, 0.2, 0.1), 0.3)
    rows = first_corner(whole).reshape(3, 8, 3)
    for i, j in np.ndindex(8, 8):
        signs = np.array([-1.0 if (i >> a) & 1 else 1.0 for a in range(3)])
        expected = signs[:, None] * rows[:, i ^ j] * signs
        np.testing.assert_allclose(
            whole[3 * i : 3 * i + 3, 3 * j : 3 * j + 3], expected, rtol=1e-12, atol=1e-15
        )


@pytest.mark.parametrize("shape", [(3, 4, 5), (2, 2, 31), (1, 3, 32), (2, 1, 33), (5, 9, 70)])
def test_nodes_are_numbered_x_fastest_without_gaps(cupy, shape) -> None:
    model = noise(53, shape, 0.3)
    solved = solve(Task(model, hold(model, every_node(model)), 1e-6, 10), cupy())
    numbers = every_node(model)
    np.testing.assert_array_equal(solved.nodes, numbers[on_elements(model, numbers)])


def test_every_node_has_one_place(bench) -> None:
    for level in bench.system.multigrid.levels:
        places = level.numbering.places.memory
        assert np.unique(places).size == places.size == level.count


def test_residual(bench) -> None:
    x, b = bench.random(), bench.random()
    bench.put("x", x)
    bench.put("b", b)
    with bench.device.working():
        bench.finest.residual("x")
    agree(bench.get("d"), b - bench.matrix() @ x)


def test_product_in_double_precision(bench) -> None:
    system, x = bench.system, np.zeros(bench.finest.size)
    x[bench.at] = bench.random()
    system.x.memory[:] = x
    with bench.device.working():
        system.product(everywhere=False)
        energy = system.state()["energy"]
    expected = bench.matrix() @ x[bench.at] / bench.scale
    agree(system.q.memory[bench.at], expected, 1e-13)
    assert energy == pytest.approx(x[bench.at] @ expected, rel=1e-12)


def test_smoothing_steps_are_those_of_the_polynomial(bench) -> None:
    matrix, b, level = bench.matrix(), bench.random(), bench.finest
    bench.put("b", b)
    diagonal = np.where(bench.held, 1, np.diag(matrix))
    expected, step = np.zeros_like(diagonal), np.zeros_like(diagonal)
    with bench.device.working():
        for k, (source, target) in enumerate([("", ""), ("", "x"), ("x", "y"), ("y", "x")], 1):
            step *= (2 * k - 3) / (2 * k + 1) if k > 1 else 0
            step += (8 * k - 4) / (2 * k + 1) / level.bound * (b - matrix @ expected) / diagonal
            expected = expected + step
            if k == 2:
                level.smooth_first(target)
            elif k > 2:
                level.smooth(k, source, target, keep=True)
            if k > 1:
                agree(bench.get(target), expected)
                agree(bench.get("d"), step)


def test_no_eigenvalue_exceeds_the_bound_of_the_smoother(cupy) -> None:
    model = porous(52, (6, 5, 9), contrast=100)
    bench = Bench(cupy(), model, platens(model))
    matrix = bench.matrix()
    free = np.flatnonzero(~bench.held)
    scale = 1 / np.sqrt(np.diag(matrix)[free])
    largest = np.linalg.eigvalsh(scale[:, None] * matrix[np.ix_(free, free)] * scale)[-1]
    assert 0.5 * bench.finest.bound < largest <= bench.finest.bound


def test_restriction_is_the_transpose_of_interpolation(bench) -> None:
    fine, coarse = bench.system.multigrid.levels[:2]
    forces, moves = bench.random(fine), bench.random(coarse)
    bench.put("d", forces)
    bench.put("x", 0 * forces)
    with bench.device.working():
        bench.device.launch(
            "restrict_forces",
            coarse.count,
            fine.record,
            coarse.record,
            fine.vectors["d"],
            coarse.vectors["b"],
        )
        bench.put("x", moves, coarse)
        bench.device.launch(
            "prolong", fine.count, fine.record, coarse.record, coarse.vectors["x"], fine.vectors["x"]
        )
    there, here = bench.get("b", coarse) @ moves, forces @ bench.get("x")
    assert there == pytest.approx(here, rel=1e-5)


def test_interpolation_keeps_a_constant(cupy) -> None:
    bench = Bench(cupy(), noise(54, (4, 5, 7), 0.5), Conditions(periodic=True, strain=(1, 0, 0, 0, 0, 0)))
    fine, coarse = bench.system.multigrid.levels[:2]
    bench.put("x", np.zeros(3 * fine.count))
    bench.put("x", np.ones(3 * coarse.count), coarse)
    with bench.device.working():
        bench.device.launch(
            "prolong", fine.count, fine.record, coarse.record, coarse.vectors["x"], fine.vectors["x"]
        )
    np.testing.assert_array_equal(bench.get("x"), 1)


def test_the_coarsest_level_is_solved_directly(cupy, monkeypatch) -> None:
    monkeypatch.setattr("spondyl.mechanics.gpu.multigrid.SMALLEST", 200)
    model = noise(55, (2, 3, 3), 0.9)
    bench = Bench(cupy(), model, hold(model, face(model, "z", 0)))
    assert len(bench.system.multigrid.levels) == 1
    b = bench.random()
    bench.put("b", b)
    with bench.device.working():
        bench.system.multigrid.solve_directly()
    free = np.flatnonzero(~bench.held)
    matrix = bench.matrix()[np.ix_(free, free)]
    matrix[np.diag_indices_from(matrix)] *= 1.0001
    agree(bench.get("x")[free], np.linalg.solve(matrix, b[free]), 1e-4)


def test_the_cycle_is_a_good_preconditioner_of_a_solid(cupy, monkeypatch) -> None:
    monkeypatch.setattr("spondyl.mechanics.gpu.multigrid.STEPS", (1, 1))  # with steps it is not linear
    model = box((4, 4, 6), (1.0, 1.0, 1.0))
    bench = Bench(cupy(), model, platens(model))
    assert len(bench.system.multigrid.levels) == 3
    free = np.flatnonzero(~bench.held)
    applied = np.zeros((free.size, free.size))
    with bench.device.working():
        for column, place in enumerate(free):
            bench.put("b", (np.arange(bench.at.size) == place).astype(np.float32))
            bench.system.multigrid.cycle(bench.system.q, 1.0)
            applied[:, column] = bench.get("x")[free]
    agree(applied, applied.T, 1e-6)
    values = np.linalg.eigvals(applied @ bench.matrix()[np.ix_(free, free)]).real
    assert values.min() > 0.5
    assert values.max() < 1.1


def test_supports_of_coarse_levels(cupy) -> None:
    model = noise(57, (4, 4, 4), 1.0)
    bench = Bench(cupy(), model, hold(model, face(model, "z", 0), "z"))
    coarse = bench.system.multigrid.levels[1]
    held = coarse.held.memory[FIRST : FIRST + coarse.count].reshape(3, 3, 3)
    assert (held[0] == 4).all()
    assert not held[1:].any()


@pytest.mark.parametrize("periodic", [False, True])
def test_the_order_of_blocks_and_threads_changes_no_bit(cupy, periodic: bool) -> None:
    model = porous(58, (9, 10, 11), contrast=10)
    given = Conditions(periodic=True, strain=(0, 0, 0.01, 0, 0, 0)) if periodic else platens(model)
    task = Task(model, given, 1e-6, 100)
    one, other = solve(task, cupy(order=0)), solve(task, cupy(order=1))
    assert one.energy == other.energy
    for name in ("displacement", "reaction", "history"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_recorded_iterations_repeat_the_first(cupy) -> None:
    model = porous(59, (6, 7, 8))
    task, module = Task(model, platens(model), 1e-9, 100), cupy()
    solve(task, module)
    names = module.launched
    at = [position for position, name in enumerate(names) if name == "smooth_last_double"]
    cycles = [names[a:b] for a, b in itertools.pairwise(at)]
    assert len(cycles) > 3
    assert all(cycle == cycles[0] for cycle in cycles)


def test_the_state_is_eight_numbers_of_double_precision() -> None:
    assert STATE.itemsize == 64
