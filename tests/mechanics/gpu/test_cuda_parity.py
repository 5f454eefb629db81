"""The cuda backend finds what the reference finds: kernels and driver run on the processor.

Both solve to a relative residual of 1e-11; see ``tests/parity`` for why 1e-7 and 1e-5 may be asked then. The
shapes reach beyond 32 nodes along x, where the kernels go from one Word of bits to the next.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mechanics_cases import agree, box, every_node, face, forces, gauss_strain, noise, porous
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.gpu import solve
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import held_parts
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import solve as reference
from spondyl.mechanics.solution import Solution
from spondyl.mechanics.supports import combine, hold, move, push

pytestmark = pytest.mark.usefixtures("deep")

CLOSE = 1e-7
CLOSE_AT_CONTRAST = 1e-5
MIXED = (0.002, -0.01, 0.004, 0.003, -0.006, 0.008)


def compared(cupy, model: Model, conditions: Conditions, rtol: float = CLOSE, *, hinges=False) -> Answer:
    task = Task(held_parts(model, conditions).model, conditions, 1e-11, 2000)
    expected, found = reference(task), solve(task, cupy())
    np.testing.assert_array_equal(found.nodes, expected.nodes)
    assert found.relative_residual <= 1e-11
    assert found.energy == pytest.approx(expected.energy, rel=1e-9)
    agree(found.reaction, expected.reaction, rtol)
    agree(strain(task, found), strain(task, expected), rtol)
    if not hinges:
        agree(found.displacement, expected.displacement, rtol)
    return found


def strain(task: Task, answer: Answer) -> np.ndarray:
    unknown = dict.fromkeys(Solution.__slots__)
    fields = {"model": task.model, "nodes": answer.nodes, "displacement": answer.displacement}
    return gauss_strain(Solution(**unknown | fields))


@pytest.mark.parametrize("kind", ["bonded", "frictionless"])
def test_platens(cupy, kind: str) -> None:
    model = porous(21, contrast=10)
    compared(cupy, model, platens(model, "z", 0.01, kind))


@pytest.mark.parametrize("shape", [(2, 3, 31), (3, 2, 32), (2, 2, 70), (1, 6, 5), (9, 1, 4), (5, 8, 1)])
def test_shapes(cupy, shape: tuple[int, int, int]) -> None:
    model = noise(22, shape, share=0.9)
    compared(cupy, model, platens(model, "y", 0.01, "bonded"))


@pytest.mark.parametrize("seed", [31, 32])
def test_contrast(cupy, seed: int) -> None:
    model = porous(seed, (5, 6, 7), contrast=1e6)
    compared(cupy, model, platens(model), CLOSE_AT_CONTRAST)


def test_loose_and_hinged_voxels(cupy) -> None:
    model = noise(41, (5, 6, 7))
    compared(cupy, model, platens(model, "z", 0.01, "frictionless"), hinges=True)


@pytest.mark.parametrize("poisson", [-0.3, 0.45])
def test_poisson(cupy, poisson: float) -> None:
    model = replace(porous(24, (5, 6, 7)), poisson=poisson)
    compared(cupy, model, platens(model))


def test_forces_and_displacements_together(cupy) -> None:
    model = porous(26, contrast=100)
    top = face(model, "z", -1)
    given = combine(platens(model), forces(model, 2), move(model, top, x=0.01), push(model, top, y=3.0))
    compared(cupy, model, given)


def test_scattered_supports(cupy) -> None:
    model = porous(27, (6, 7, 8))
    rng = np.random.default_rng(3)
    mask = rng.random(model.nodes_shape) < 0.05
    values = rng.normal(size=(3, np.count_nonzero(mask))) * 0.01
    held = combine(*(move(model, mask, **{axis: v}) for axis, v in zip("xyz", values, strict=True)))
    compared(cupy, model, combine(held, forces(model, 4)))


def test_supports_on_one_component_each(cupy) -> None:
    model = porous(33, (5, 6, 7))
    ends = [hold(model, face(model, axis, 0), axis) for axis in "xyz"]
    compared(cupy, model, combine(*ends, forces(model, 5)))


def test_everything_prescribed(cupy) -> None:
    model = box((2, 3, 2))
    x, y, z = np.random.default_rng(5).normal(size=(3, np.prod(model.nodes_shape)))
    compared(cupy, model, move(model, every_node(model), x=x, y=y, z=z))


PERIODIC = [(7, 8, 9), (8, 6, 4), (1, 5, 6), (2, 3, 33), (3, 2, 32), (2, 1, 64)]


@pytest.mark.parametrize("shape", PERIODIC)
def test_periodic(cupy, shape: tuple[int, int, int]) -> None:
    model = noise(28, shape, share=0.9)
    compared(cupy, model, Conditions(periodic=True, strain=MIXED))


def test_periodic_with_supports_and_forces(cupy) -> None:
    model = box((4, 5, 3), modulus=np.random.default_rng(6).uniform(100, 1000, (4, 5, 3)))
    wall = move(model, face(model, "x", -1), x=0.0, y=0.01, z=np.linspace(0, 0.01, 30))
    strained = Conditions(periodic=True, strain=MIXED)
    compared(cupy, model, combine(wall, forces(model, 7), strained))


def test_a_homogeneous_periodic_model_needs_no_iteration(cupy) -> None:
    model = box((4, 5, 3), poisson=0.3)
    found = compared(cupy, model, Conditions(periodic=True, strain=MIXED))
    assert found.history.tolist() == [0.0]


@pytest.mark.parametrize("periodic", [False, True])
def test_a_start_that_is_the_solution_needs_no_iteration(cupy, periodic: bool) -> None:
    model = porous(30, (5, 6, 7))
    given = Conditions(periodic=True, strain=MIXED) if periodic else platens(model)
    expected = reference(Task(model, given, 1e-12, 2000))
    task = Task(model, given, 1e-9, 2000, expected.nodes, expected.displacement)
    found = solve(task, cupy())
    assert found.history.size == 1
    agree(found.displacement, expected.displacement, 1e-12)


def test_a_start_saves_iterations(cupy) -> None:
    model = porous(30, (5, 6, 7))
    softer = replace(
        model, modulus=model.modulus * np.random.default_rng(8).uniform(0.99, 1, model.grid.shape)
    )
    given = platens(model)
    start = reference(Task(softer, given, 1e-12, 2000))
    cold = solve(Task(model, given, 1e-6, 2000), cupy())
    warm = solve(Task(model, given, 1e-6, 2000, start.nodes, start.displacement), cupy())
    assert warm.history.size < 0.75 * cold.history.size
    assert warm.energy == pytest.approx(cold.energy, rel=1e-8)
