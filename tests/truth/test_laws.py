"""What holds for any model: equilibrium, superposition, and no direction of the grid preferred."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mechanics_cases import SPACING, box, every_node, face, face_force, gauss_strain, noise, porous, solved
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import held_parts, label_parts, labels_at_nodes
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.supports import combine, hold, on_elements, push
from spondyl.volume import Grid

KINDS = pytest.mark.parametrize("kind", ["bonded", "frictionless"])


def pushed(model: Model, seed: int = 5) -> Conditions:
    """Return conditions that hold the low x face and push scattered nodes."""
    nodes = every_node(model)
    nodes = np.random.default_rng(seed).choice(nodes[on_elements(model, nodes)], 10, replace=False)
    force = np.random.default_rng(seed + 1).normal(size=(3, 10))
    return combine(hold(model, face(model, "x", 0)), push(model, nodes, x=force[0], y=force[1], z=force[2]))


def unbalanced(solution) -> tuple[np.ndarray, np.ndarray]:
    """Return the sum of all outer forces and of their moments, over the sum of their sizes."""
    c, model = solution.conditions, solution.model
    nodes = np.concatenate([c.nodes, c.force_nodes])
    force = np.zeros((nodes.size, 3))
    force[np.arange(nodes.size), np.concatenate([c.components, c.force_components])] = np.concatenate(
        [solution.reaction, c.force_values]
    )
    moment = np.cross(node_positions(model, nodes).T, force)
    return force.sum(axis=0) / np.abs(force).sum(), moment.sum(axis=0) / np.abs(moment).sum()


@KINDS
@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_reactions_balance(backend: str, kind: str, axis: str) -> None:
    model = porous(1)
    force, moment = unbalanced(solved(model, platens(model, axis, 0.01, kind), backend))
    assert np.abs(force).max() < 1e-9
    assert np.abs(moment).max() < 1e-9


def test_reactions_balance_applied_forces(backend: str) -> None:
    model = porous(2)
    force, moment = unbalanced(solved(model, pushed(model), backend))
    assert np.abs(force).max() < 1e-9
    assert np.abs(moment).max() < 1e-9


@KINDS
def test_every_free_node_is_in_equilibrium(backend: str, kind: str) -> None:
    """The residual is assembled here once more, from nothing but the displacement and the element matrix."""
    model = porous(3, contrast=1e3)
    solution = solved(model, platens(model, "z", 0.01, kind), backend)
    index = np.searchsorted(solution.nodes, element_nodes(model))
    u = solution.displacement.T[index].reshape(-1, 24)
    moduli = model.modulus[model.modulus > 0].astype(np.float64)
    f = (u @ stiffness(model.grid.spacing_mm, model.poisson)) * moduli[:, None]
    total = np.zeros((solution.nodes.size, 3))
    np.add.at(total, index, f.reshape(-1, 8, 3))
    c = solution.conditions
    held = (np.searchsorted(solution.nodes, c.nodes), c.components)
    np.testing.assert_allclose(solution.reaction, total[held], rtol=0, atol=1e-9 * np.abs(total).max())
    total[held] = 0
    assert np.linalg.norm(total) < 1e-9 * np.linalg.norm(solution.reaction)


def test_superposition(backend: str) -> None:
    model = porous(4)
    first, second = pushed(model, 5), pushed(model, 8)
    both = combine(
        first,
        replace(second, nodes=first.nodes[:0], components=first.components[:0], values=first.values[:0]),
    )
    a, b, ab = (solved(model, c, backend) for c in (first, second, both))
    expected = a.displacement + b.displacement
    np.testing.assert_allclose(ab.displacement, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


def test_force_on_a_set_of_nodes(backend: str) -> None:
    model = box((6, 2, 3), poisson=0.0)
    share = np.ones((3, 4)) / 24
    share[1] *= 2
    share[:, 1:3] *= 2
    load = push(model, np.flatnonzero(face(model, "z", -1)), z=-7 * share.ravel())
    solution = solved(model, combine(hold(model, face(model, "z", 0), "z"), load), backend)
    area, length = 0.4 * 0.3, 1.8
    assert face_force(solution, "z", 0, "z") == pytest.approx(7.0, rel=1e-9)
    assert solution.displacement[2].min() == pytest.approx(-7 * length / (1000 * area), rel=1e-8)


@KINDS
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_mirror(backend: str, kind: str, axis: int) -> None:
    model = porous(6)
    mirrored = replace(model, modulus=np.flip(model.modulus, axis))
    a, b = (solved(m, platens(m, "z", 0.01, kind), backend) for m in (model, mirrored))
    flipped = np.flip(dense(b), axis + 1)
    flipped[2 - axis] *= -1
    if axis == 0:
        flipped[2][on(model)] += -0.01 * model.grid.size_mm[0]
    same(dense(a), flipped)


@KINDS
@pytest.mark.parametrize("order", [(1, 2, 0), (2, 0, 1), (1, 0, 2)])
def test_turn(backend: str, kind: str, order: tuple[int, int, int]) -> None:
    model = porous(7)
    turned = Model(
        Grid(tuple(model.grid.shape[i] for i in order), tuple(SPACING[i] for i in order)),
        np.transpose(model.modulus, order),
    )
    axis = "zyx"[order.index(0)]
    a = solved(model, platens(model, "z", 0.01, kind), backend)
    b = solved(turned, platens(turned, axis, 0.01, kind), backend)
    # Array axis n of the turned model is order[n] of the first; component c belongs to array axis 2 - c.
    expected = np.empty_like(dense(b))
    for n, old in enumerate(order):
        expected[2 - n] = np.transpose(dense(a)[2 - old], order)
    same(dense(b), expected)


def on(model: Model) -> np.ndarray:
    return on_elements(model, every_node(model)).reshape(model.nodes_shape)


def dense(solution) -> np.ndarray:
    u = np.zeros((3, np.prod(solution.model.nodes_shape)))
    u[:, solution.nodes] = solution.displacement
    return u.reshape(3, *solution.model.nodes_shape)


def same(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * np.abs(expected).max())


@pytest.mark.parametrize("seed", [1, 2])
def test_each_part_keeps_no_free_rigid_motion(backend: str, seed: int) -> None:
    model = noise(seed, share=0.1)
    conditions = platens(model, "z", 0.01, "frictionless")
    model = held_parts(model, conditions).model
    solution = solved(model, conditions, backend)
    label = labels_at_nodes(label_parts(model), solution.nodes)
    assert label.max() > 3
    x, y, _ = node_positions(model, solution.nodes)
    u, v, _ = solution.displacement
    size = np.abs(solution.displacement).max()
    for part in range(1, label.max() + 1):
        mine = label == part
        # Both faces hold along z only: sliding along x and y and turning about z are free.
        for share in (u, v, u * (y - y[mine].mean()) - v * (x - x[mine].mean())):
            assert abs(share[mine].mean()) < 1e-9 * size


def test_start_from_a_solution(backend: str) -> None:
    model = porous(9)
    conditions = platens(model, "z")
    solution = solved(model, conditions, backend)
    again = solved(model, conditions, backend, tolerance=1e-10, start=solution)
    assert again.iterations <= 1
    np.testing.assert_allclose(again.displacement, solution.displacement, rtol=0, atol=1e-10)
    strained = gauss_strain(
        solved(model, conditions, backend, start=replace(solution, displacement=2 * solution.displacement))
    )
    np.testing.assert_allclose(strained, gauss_strain(solution), rtol=0, atol=1e-8 * np.abs(strained).max())
