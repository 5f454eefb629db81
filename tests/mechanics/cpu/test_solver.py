"""Conjugate gradients: how many iterations, what ends them, and the same numbers whatever the threads.

Iterations are the same on every machine, so they may be counted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from cpu_cases import LARGE, forces
from mechanics_cases import noise, porous
from spondyl.errors import MechanicsError
from spondyl.mechanics.cpu.numbering import number
from spondyl.mechanics.cpu.vectors import Vectors
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.solution import Progress, Solution
from spondyl.mechanics.solve import solve
from spondyl.threads import SMALL, Team
from spondyl.volume import Grid

EDGE = 40


def cubes(modulus: np.ndarray) -> Model:
    return Model(Grid(modulus.shape, (0.02,) * 3), modulus)


def bone_of(edge: int, sigma: float, share: float, seed: int = 1) -> np.ndarray:
    """Return a network of plates and rods: where smoothed noise is near zero."""
    field = np.abs(gaussian_filter(np.random.default_rng(seed).normal(size=(edge,) * 3), sigma))
    return field < np.quantile(field, share)


def compressed(model: Model, kind: str = "bonded", **options: object) -> Solution:
    return solve(model, platens(model, "z", 0.01, kind), backend="cpu", **options)


def unbalanced(solution: Solution) -> float:
    """Return the residual over the load, from plain sums over the elements."""
    model, conditions = solution.model, solution.conditions
    count = int(np.prod(model.nodes_shape))
    held = np.zeros((count, 3), bool)
    held[conditions.nodes, conditions.components] = True
    prescribed, found = np.zeros((count, 3)), np.zeros((count, 3))
    prescribed[conditions.nodes, conditions.components] = conditions.values
    found[solution.nodes] = solution.displacement.T
    left, load = (np.linalg.norm(forces(model, u)[~held]) for u in (found, prescribed))
    return float(left / load)


@pytest.fixture(scope="module")
def large() -> Model:
    bone = np.random.default_rng(1).random(LARGE) < 0.7
    model = cubes(np.where(bone, 1000.0, 0))
    _, packets = number(model.modulus, Team(1))
    assert packets.slab_start.size > 4
    return model


@pytest.fixture(scope="module")
def alone(large: Model) -> Solution:
    return compressed(large, threads=1)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_no_bit(large, alone, threads):
    found = compressed(large, threads=threads)
    assert found.nodes.size >= SMALL  # else there is nothing to share
    for name in ("displacement", "reaction", "history"):
        assert getattr(found, name).tobytes() == getattr(alone, name).tobytes(), name


def test_the_same_again(large, alone):
    assert compressed(large, threads=1).displacement.tobytes() == alone.displacement.tobytes()


def test_the_residual_told_is_that_of_the_solution(alone):
    assert unbalanced(alone) == pytest.approx(alone.relative_residual, rel=1e-6)
    assert alone.relative_residual <= 1e-6
    assert alone.history[-1] == pytest.approx(alone.relative_residual, rel=1e-6)


@pytest.mark.parametrize("kind", ["bonded", "frictionless"])
@pytest.mark.parametrize("tolerance", [1e-3, 1e-11])
def test_the_true_residual_reaches_the_tolerance(kind, tolerance):
    found = compressed(porous(3, (14, 12, 13), contrast=1e3), kind, tolerance=tolerance)
    assert unbalanced(found) <= tolerance * 1.001
    assert found.history.size == found.iterations + 1


def test_a_flattered_residual_does_not_end_the_solve(monkeypatch):
    model = porous(4, (14, 12, 13))
    flattered, told = Vectors.advance, iter([1.0] * 3 + [1e-20] + [1.0] * 1000)
    monkeypatch.setattr(Vectors, "advance", lambda *given: flattered(*given) * next(told))
    found = compressed(model)
    assert unbalanced(found) <= 1e-6
    assert found.iterations > 4
    assert found.history[4] > 1e-6  # the true residual in place of the flattered one


def test_a_tolerance_out_of_reach_is_said(monkeypatch):
    monkeypatch.setattr(Vectors, "advance", lambda *_: 0.0)
    with pytest.raises(MechanicsError, match=r"relative residual of \S+ that no longer falls; must reach 1"):
        compressed(porous(4, (14, 12, 13)))


def test_iterations_run_out():
    model = porous(5, (14, 12, 13))
    with pytest.raises(MechanicsError, match=r"relative residual of \d\S+ after 3 iterations; must reach"):
        compressed(model, max_iterations=3)
    enough = compressed(model).iterations
    assert compressed(model, max_iterations=enough).iterations == enough


def test_progress():
    told: list[Progress] = []
    found = compressed(porous(5, (14, 12, 13), contrast=100), progress=told.append)
    assert [p.iteration for p in told] == list(range(1, found.iterations + 1))
    np.testing.assert_allclose([p.relative_residual for p in told], found.history[1:], rtol=1e-6)
    assert {p.tolerance for p in told} == {1e-6}
    assert all(p.seconds_left is None or p.seconds_left >= 0 for p in told)
    assert told[-1].seconds_left == 0
    assert any(p.seconds_left for p in told)


@pytest.mark.parametrize(("change", "share"), [("everywhere at random", 1 / 3), ("one half stiffer", 1 / 2)])
def test_warm_start(change, share):
    model = cubes(np.where(bone_of(EDGE, 4, 0.25), 1e4, 0))
    cold = compressed(model)
    factor = np.ones_like(model.modulus)
    if change == "everywhere at random":
        factor += 0.01 * np.random.default_rng(2).normal(size=factor.shape)
    else:
        factor[: EDGE // 2] = 1.01
    changed = replace(model, modulus=model.modulus * factor)
    warm = compressed(changed, start=cold)
    assert warm.iterations <= compressed(changed).iterations * share
    assert unbalanced(warm) <= 1e-6


CONTRAST = 10.0 ** (6 * np.random.default_rng(0).random((EDGE,) * 3) - 2)

COUNTS = {
    "moduli over six decades at random": (CONTRAST, 60),
    "two moduli, a millionth of each other": (np.where(CONTRAST < 10, 0.01, 1e4), 30),
    "marrow of 2 MPa everywhere": (np.where(bone_of(EDGE, 3, 0.25), 18_000, 2), 60),
    "solid": (np.full((EDGE,) * 3, 1e4), 8),
    "thin": (np.where(bone_of(EDGE, 3, 0.25), 1e4, 0), 35),
    "sparse": (np.where(bone_of(EDGE, 5, 0.15), 1e4, 0), 35),
}


@pytest.mark.parametrize("name", COUNTS)
def test_iterations(name):
    modulus, most = COUNTS[name]
    found = compressed(cubes(modulus))
    assert found.iterations <= most
    assert unbalanced(found) <= 1e-6


@pytest.mark.parametrize("kind", ["bonded", "frictionless"])
def test_voxels_at_the_brink_of_falling_apart(kind):
    # Just above the share at which a path of voxels spans the box: bridges of one voxel and dangling ends.
    bone = np.random.default_rng(7).random((EDGE,) * 3) < 0.35
    found = compressed(cubes(np.where(bone, 1e4, 0)), kind)
    assert found.removed_parts > 0
    assert found.iterations <= 80
    assert unbalanced(found) <= 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_hinges_and_single_voxels(seed):
    model = noise(seed, (11, 9, 10), share=0.3)
    found = compressed(model, "frictionless", max_iterations=400)
    assert found.relative_residual <= 1e-6


def test_a_column_one_voxel_wide():
    model = cubes(np.full((60, 1, 1), 1e4))
    found = compressed(model, "frictionless", tolerance=1e-10)
    assert found.iterations <= 60
    force = found.reaction[found.conditions.values != 0].sum()
    assert force == pytest.approx(-1e4 * 0.01 * 0.02**2, rel=1e-8)


def test_no_load_gives_no_displacement():
    model = cubes(np.full((6, 5, 7), 1e4))
    bottom = platens(model).values == 0
    whole = platens(model)
    held = Conditions(whole.nodes[bottom], whole.components[bottom], whole.values[bottom])
    found = solve(model, held, backend="cpu")
    assert not found.displacement.any()
    assert (found.relative_residual, found.iterations) == (0, 0)
