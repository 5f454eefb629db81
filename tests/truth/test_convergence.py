"""Problems with a known solution that elements only approach: the order at which they do is measured."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from mechanics_cases import box, face, follow, solved, surface
from spondyl.mechanics.element import shape_functions
from spondyl.mechanics.model import Model
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.supports import combine, hold, move, push

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(4)
QUADRATURE = [
    (np.array([POINTS[i], POINTS[j], POINTS[k]]), WEIGHTS[i] * WEIGHTS[j] * WEIGHTS[k])
    for i, j, k in product(range(4), repeat=3)
]
WAVES = [
    (np.array([2.0, -1.0, 1.5]), np.array([0.3, 0.8, -0.5]), 0.4),
    (np.array([-1.0, 2.5, 1.0]), np.array([0.6, -0.2, 0.7]), 1.1),
]


def wave(x: np.ndarray) -> np.ndarray:
    return sum(a[:, None] * np.sin(k @ x + phase) for k, a, phase in WAVES)


def body_force(x: np.ndarray, modulus: float, nu: float) -> np.ndarray:
    """Return −div σ of the waves, N/mm³."""
    lame, shear = modulus * nu / ((1 + nu) * (1 - 2 * nu)), modulus / (2 * (1 + nu))
    return sum(
        ((lame + shear) * k * (k @ a) + shear * (k @ k) * a)[:, None] * np.sin(k @ x + phase)
        for k, a, phase in WAVES
    )


def over_elements(model: Model):
    """Yield the shape functions, positions (3, m) and weight of each quadrature point of all elements."""
    edges = np.array(model.grid.spacing_mm[::-1])
    first = node_positions(model, element_nodes(model)[:, 0])
    for point, weight in QUADRATURE:
        yield shape_functions(point), first + (edges * (point + 1) / 2)[:, None], weight * edges.prod() / 8


def l2_error(cells: int, backend: str) -> float:
    shape = (cells, 2 * cells // 3, cells)
    size = np.array([1.2, 0.8, 1.0])
    model = box(shape, tuple(size / shape), poisson=0.3)
    elements = element_nodes(model)
    force = np.zeros((np.prod(model.nodes_shape), 3))
    for n, x, weight in over_elements(model):
        loads = body_force(x, 1000.0, 0.3).T[:, None, :] * n[:, None] * weight
        np.add.at(force, elements, loads)
    nodes = np.arange(len(force))
    loads = push(model, nodes, x=force[:, 0], y=force[:, 1], z=force[:, 2])
    solution = solved(model, combine(loads, follow(model, surface(model), wave)), backend)
    u = solution.displacement.T[elements]
    squares = sum(
        weight * ((np.einsum("n,mnc->cm", n, u) - wave(x)) ** 2).sum()
        for n, x, weight in over_elements(model)
    )
    return float(np.sqrt(squares))


def test_manufactured_solution(backend: str) -> None:
    coarse, fine = l2_error(6, backend), l2_error(12, backend)
    assert 1.9 < np.log2(coarse / fine) < 2.1


def bending_moment(cells: int, backend: str) -> float:
    """Return the moment that bends a plate strip of unit width, height and curvature; 1/12 of E is exact."""
    model = box((cells, 1, 2 * cells), (1 / cells, 1.0, 1 / cells), modulus=1000.0, poisson=0.0)

    def arc(x: np.ndarray) -> np.ndarray:
        return np.stack([(x[0] - 1) * (x[2] - 0.5), 0 * x[1], -((x[0] - 1) ** 2) / 2])

    ends = face(model, "x", 0) | face(model, "x", -1)
    positions = node_positions(model, np.flatnonzero(ends))
    middle = np.zeros(model.nodes_shape, np.bool_)
    middle[0, 0, 0] = True
    bent = combine(
        move(model, ends, x=arc(positions)[0]),
        hold(model, np.ones(model.nodes_shape, np.bool_), "y"),
        hold(model, middle, "z"),
    )
    solution = solved(model, bent, backend)
    high = face(model, "x", -1).ravel()[bent.nodes] & (bent.components == 0)
    arm = node_positions(model, bent.nodes[high])[2] - 0.5
    return float(arm @ solution.reaction[high])


def test_pure_bending(backend: str) -> None:
    errors = [bending_moment(cells, backend) / (1000 / 12) - 1 for cells in (4, 8)]
    assert errors[1] < 0.01
    assert 1.9 < np.log2(errors[0] / errors[1]) < 2.1


def tip_deflection(cells: int, backend: str) -> float:
    """Return the deflection of a cantilever of length 5, height and width 1 under 1 N at its tip."""
    model = box((cells, 1, 5 * cells), (1 / cells, 1.0, 1 / cells), modulus=1000.0, poisson=0.0)
    tip = face(model, "x", -1)
    # A traction spread evenly over the tip: inner nodes carry whole cells, outer ones half.
    share = np.full(cells + 1, 1.0)
    share[[0, -1]] = 0.5
    force = np.repeat(share / share.sum() / 2, 2)
    held = hold(model, face(model, "x", 0))
    flat = hold(model, np.ones(model.nodes_shape, np.bool_), "y")
    solution = solved(model, combine(held, flat, push(model, np.flatnonzero(tip), z=force)), backend)
    assert solution.reaction.sum() == pytest.approx(-1.0, rel=1e-8)
    return float(solution.displacement[2, np.isin(solution.nodes, np.flatnonzero(tip))].mean())


def test_cantilever(backend: str) -> None:
    coarse, middle, fine = (tip_deflection(cells, backend) for cells in (3, 6, 12))
    order = np.log2((middle - coarse) / (fine - middle))
    assert 1.8 < order < 2.1
    limit = fine + (fine - middle) / (2**order - 1)
    euler_bernoulli = 5**3 / (3 * 1000 / 12)
    timoshenko = euler_bernoulli + 5 / (5 / 6 * 500)
    # The beam theories leave out what the clamp does to the end section.
    assert limit == pytest.approx(timoshenko, rel=3e-3)
    assert limit > 1.015 * euler_bernoulli
