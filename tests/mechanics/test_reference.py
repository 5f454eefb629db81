"""The reference backend against dense linear algebra, and the choices its docstrings promise."""

from __future__ import annotations

import numpy as np
import pytest

from mechanics_cases import box, every_node, face, follow, porous, surface
from spondyl.errors import MechanicsError
from spondyl.mechanics import reference
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.solution import Progress
from spondyl.mechanics.supports import combine, hold, move, push

TIGHT = 1e-12
BOTH_WAYS = pytest.mark.usefixtures("method")


def solve(
    model: Model, conditions: Conditions, tolerance: float = TIGHT, iterations: int = 20_000, **more: object
) -> Answer:
    return reference.solve(Task(model, conditions, tolerance, iterations, **more))


@pytest.fixture(params=["factorised", "iterated"])
def method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "iterated":
        monkeypatch.setattr(reference, "FACTORISED_DOFS", 0)


def dense_solution(model: Model, conditions: Conditions) -> tuple[np.ndarray, np.ndarray]:
    """Return displacement (nodes, 3) and the forces that are missing to equilibrium, by least squares."""
    count = int(np.prod(model.nodes_shape))
    k = np.zeros((3 * count, 3 * count))
    element = stiffness(model.grid.spacing_mm, model.poisson)
    for nodes, modulus in zip(element_nodes(model), model.modulus[model.modulus > 0], strict=True):
        dofs = (3 * nodes[:, None] + np.arange(3)).ravel()
        k[np.ix_(dofs, dofs)] += float(modulus) * element
    f = np.zeros(3 * count)
    for node, component, force in zip(
        conditions.force_nodes, conditions.force_components, conditions.force_values, strict=True
    ):
        f[3 * node + component] += force
    u = np.zeros(3 * count)
    held = 3 * conditions.nodes + conditions.components
    u[held] = conditions.values
    free = np.setdiff1d(np.arange(3 * count), held)
    u[free] = np.linalg.lstsq(k[np.ix_(free, free)], f[free] - k[np.ix_(free, held)] @ u[held], rcond=1e-13)[
        0
    ]
    return u.reshape(-1, 3), (k @ u - f).reshape(-1, 3)


def close(found: np.ndarray, expected: np.ndarray, rtol: float = 1e-8) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=rtol * np.abs(expected).max())


@BOTH_WAYS
def test_bonded_platens_and_forces_against_dense_algebra() -> None:
    model = porous(1, (4, 4, 3))
    nodes = every_node(model)[40:60]
    conditions = combine(platens(model), push(model, nodes, y=np.arange(20.0)))
    # The dense solution knows no last of two values; platens and forces have none.
    expected, missing = dense_solution(model, conditions)
    found = solve(model, conditions)
    close(found.displacement.T, expected[found.nodes])
    close(found.reaction, missing[conditions.nodes, conditions.components])
    assert found.relative_residual <= TIGHT
    assert found.history[0] == 1.0
    assert found.history[-1] == found.history.min()


@BOTH_WAYS
def test_frictionless_platens_against_dense_algebra() -> None:
    # Least squares of the singular system give the displacement of least norm over the free degrees of
    # freedom; so does the removal of rigid motion as long as there is one part without hinges.
    model = porous(2, (4, 4, 3))
    conditions = platens(model, kind="frictionless")
    expected, missing = dense_solution(model, conditions)
    found = solve(model, conditions)
    close(found.displacement.T, expected[found.nodes])
    close(found.reaction, missing[conditions.nodes, conditions.components])


def test_reported_residual_is_that_of_the_free_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FACTORISED_DOFS", 0)
    model = porous(3, (4, 4, 3))
    conditions = platens(model)
    loose = solve(model, conditions, 1e-3)
    load = residual(model, conditions, np.zeros((3, loose.nodes.size)), loose.nodes)
    left = residual(model, conditions, loose.displacement, loose.nodes)
    assert loose.relative_residual == pytest.approx(left / load, rel=1e-9)
    assert 1e-5 < loose.relative_residual <= 1e-3
    assert loose.history[-1] == pytest.approx(loose.relative_residual, rel=1e-6)


def residual(model: Model, conditions: Conditions, u: np.ndarray, nodes: np.ndarray) -> float:
    """Return the norm of the forces at free nodes under given displacements there."""
    full = np.zeros((int(np.prod(model.nodes_shape)), 3))
    full[nodes] = u.T
    full[conditions.nodes, conditions.components] = conditions.values
    index = element_nodes(model)
    moduli = model.modulus[model.modulus > 0].astype(np.float64)[:, None]
    forces = (full[index].reshape(-1, 24) @ stiffness(model.grid.spacing_mm, model.poisson)) * moduli
    total = np.zeros_like(full)
    np.add.at(total, index, forces.reshape(-1, 8, 3))
    total[conditions.nodes, conditions.components] = 0
    return float(np.linalg.norm(total))


@BOTH_WAYS
def test_prescribed_values_are_met_to_the_last_bit() -> None:
    model = porous(4, (4, 4, 3))
    conditions = platens(model, strain=1 / 3)
    found = solve(model, conditions)
    index = np.searchsorted(found.nodes, conditions.nodes)
    np.testing.assert_array_equal(found.displacement[conditions.components, index], conditions.values)


def test_the_last_of_two_values_holds_and_forces_add_up() -> None:
    model = box((2, 2, 2))
    low, high = face(model, "z", 0), face(model, "z", -1)
    side = face(model, "x", 0)
    first = combine(hold(model, low), move(model, high, z=0.3), push(model, side & ~low, y=1.0))
    twice = combine(first, move(model, high, z=0.1), push(model, side & ~low, y=2.0))
    once = combine(hold(model, low), move(model, high, z=0.1), push(model, side & ~low, y=3.0))
    a, b = solve(model, twice), solve(model, once)
    close(a.displacement, b.displacement)
    # The overruled entries carry no force, so that a sum over all entries stays the sum of the supports.
    overruled = slice(3 * 9, 4 * 9)
    assert not a.reaction[overruled].any()
    close(np.delete(a.reaction, np.arange(27, 36)), b.reaction)


def test_entries_away_from_any_element_are_ignored() -> None:
    model = box((3, 3, 3), modulus=np.pad(np.full((3, 2, 2), 1000.0), ((0, 0), (0, 1), (0, 1))))
    low, high = face(model, "z", 0), face(model, "z", -1)
    conditions = combine(hold(model, low), move(model, high, z=0.1), push(model, high, y=np.ones(16)))
    found = solve(model, conditions)
    assert found.nodes.size == 4 * 9
    away = ~np.isin(conditions.nodes, found.nodes)
    assert away.sum() == 4 * 7
    assert not found.reaction[away].any()
    # Of the 16 forces on the high face 9 act; 4 x 9 nodes there are free along y.
    total = found.reaction[conditions.components == 1].sum()
    assert total == pytest.approx(-9.0, rel=1e-9)


def test_force_where_a_displacement_is_prescribed_goes_into_the_support() -> None:
    model = porous(9, (4, 4, 3))
    held = platens(model)
    loaded = combine(held, push(model, held.nodes[[0]], y=5.0))
    without, found = solve(model, held), solve(model, loaded)
    close(found.displacement, without.displacement)
    here = (held.nodes == held.nodes[0]) & (held.components == 1)
    close(found.reaction, without.reaction - 5.0 * here)


def test_no_load_gives_no_displacement() -> None:
    model = box((2, 2, 2))
    found = solve(model, hold(model, face(model, "z", 0)))
    assert not found.displacement.any()
    assert found.relative_residual == 0


def test_iterations_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FACTORISED_DOFS", 0)
    model = box((4, 4, 4))
    with pytest.raises(
        MechanicsError, match=r"found a relative residual of \d.* after 3 iterations; must reach"
    ):
        solve(model, platens(model), 1e-10, 3)


def test_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "FACTORISED_DOFS", 0)
    told: list[Progress] = []
    model = porous(5, contrast=100)
    found = solve(model, platens(model), progress=told.append)
    assert told[0].iteration < told[-1].iteration < found.history.size
    assert [p.relative_residual for p in told] == [found.history[p.iteration] for p in told]


@BOTH_WAYS
@pytest.mark.parametrize("periodic", [False, True])
def test_start(periodic: bool) -> None:
    model = porous(5, contrast=100)
    strain = Conditions(periodic=True, strain=(0.01, 0, -0.02, 0.005, 0, 0))
    conditions = strain if periodic else platens(model)
    cold = solve(model, conditions)
    # The order of the start does not matter; nodes without a start begin at rest.
    chosen = np.arange(cold.nodes.size)[::-1]
    again = solve(model, conditions, 1e-9, start_nodes=cold.nodes[chosen], start=cold.displacement[:, chosen])
    assert again.history.size == 1
    close(again.displacement, cold.displacement)
    half = chosen[::2]
    part = solve(model, conditions, 1e-9, start_nodes=cold.nodes[half], start=cold.displacement[:, half])
    assert part.history.size > 1
    close(part.displacement, cold.displacement, 1e-6)


def test_the_true_residual_ends_the_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    # From a start so far away the updated residual loses what the true one still has to go.
    monkeypatch.setattr(reference, "FACTORISED_DOFS", 0)
    model = porous(5)
    nodes = np.unique(element_nodes(model))
    start = 1e8 * np.random.default_rng(1).normal(size=(3, nodes.size))
    found = solve(model, platens(model), 1e-10, start_nodes=nodes, start=start)
    assert found.relative_residual <= 1e-10


# Periodic models


@BOTH_WAYS
def test_periodic_fluctuation_repeats_and_has_no_mean() -> None:
    model = porous(6, (4, 5, 3), share=0.7)
    strain = (0.01, -0.02, 0.005, 0.03, 0.01, -0.006)
    found = solve(model, Conditions(periodic=True, strain=strain))
    tensor = np.array([[0.01, -0.003, 0.005], [-0.003, -0.02, 0.015], [0.005, 0.015, 0.005]])
    fluctuation = found.displacement - tensor @ node_positions(model, found.nodes)
    assert np.abs(fluctuation).max() > 1e-4
    assert np.abs(fluctuation.mean(axis=1)).max() < 1e-12
    full = np.full((3, *model.nodes_shape), np.nan)
    full.reshape(3, -1)[:, found.nodes] = fluctuation
    for axis in (1, 2, 3):
        low, high = full.take(0, axis), full.take(-1, axis)
        both = np.isfinite(low) & np.isfinite(high)
        assert both.any()
        np.testing.assert_allclose(low[both], high[both], rtol=0, atol=1e-15)


@BOTH_WAYS
def test_periodic_model_does_not_depend_on_where_the_array_begins() -> None:
    model = porous(7, (5, 4, 6), share=0.7)
    rolled = box(model.grid.shape, modulus=np.roll(model.modulus, (2, 1, 3), (0, 1, 2)))
    conditions = Conditions(periodic=True, strain=(0.01, 0, -0.004, 0.02, 0, 0.01))
    a, b = solve(model, conditions), solve(rolled, conditions)
    assert energy(model, a) == pytest.approx(energy(rolled, b), rel=1e-9)


def energy(model: Model, answer: Answer) -> float:
    u = answer.displacement.T[np.searchsorted(answer.nodes, element_nodes(model))].reshape(-1, 24)
    moduli = model.modulus[model.modulus > 0].astype(np.float64)
    return float(np.einsum("ma,ab,mb,m->", u, stiffness(model.grid.spacing_mm, model.poisson), u, moduli))


@BOTH_WAYS
def test_isolated_inclusion_of_a_periodic_model_carries_nothing() -> None:
    modulus = np.zeros((6, 6, 6))
    modulus[:, :2, :2] = 1000
    modulus[3:5, 3:5, 3:5] = 500
    alone = box((6, 6, 6), modulus=np.where(modulus == 1000, 1000, 0))
    conditions = Conditions(periodic=True, strain=(0, 0, 0.01, 0, 0, 0))
    both = box((6, 6, 6), modulus=modulus)
    assert energy(both, solve(both, conditions)) == pytest.approx(
        energy(alone, solve(alone, conditions)), rel=1e-9
    )


def test_prescribed_displacement_of_a_periodic_model_is_the_total_one() -> None:
    model = box((3, 3, 3))
    node = every_node(model)[:1]
    strain = Conditions(periodic=True, strain=(0.01, 0, 0, 0, 0, 0))
    found = solve(model, combine(strain, move(model, node, x=0.5, y=0.0, z=0.0)))
    x, _, _ = node_positions(model, found.nodes)
    close(found.displacement[0], 0.5 + 0.01 * x)


def test_patch_of_a_periodic_array_prescribed_all_round() -> None:
    model = box((3, 3, 3))
    strain = (0.01, 0.02, -0.01, 0.0, 0.0, 0.0)

    def stretched(x: np.ndarray) -> np.ndarray:
        return np.array([[0.01], [0.02], [-0.01]]) * x

    held = follow(model, surface(model), stretched)
    found = solve(model, combine(Conditions(periodic=True, strain=strain), held))
    close(found.displacement, stretched(node_positions(model, found.nodes)))
