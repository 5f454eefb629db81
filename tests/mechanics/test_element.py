"""The element matrices against what can be worked out by hand."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from spondyl.mechanics.element import (
    CENTRE,
    GAUSS_POINTS,
    SIGNS,
    elasticity,
    shape_functions,
    shape_gradients,
    stiffness,
    strain_displacement,
)

EDGES = pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (0.3, 0.2, 0.1), (0.1, 2.0, 0.4)])
POISSON = pytest.mark.parametrize("poisson", [-0.5, 0.0, 0.3, 0.49])


def corners(spacing: tuple[float, float, float]) -> np.ndarray:
    return (SIGNS + 1) / 2 * spacing[::-1]


def test_nodes_are_numbered_with_x_fastest() -> None:
    expected = [[0, 0, 0], [1, 0, 0], [0, 2, 0], [1, 2, 0], [0, 0, 3], [1, 0, 3], [0, 2, 3], [1, 2, 3]]
    assert corners((3.0, 2.0, 1.0)).tolist() == expected


def test_shape_functions_are_one_at_their_node_and_zero_at_the_others() -> None:
    np.testing.assert_array_equal([shape_functions(node) for node in SIGNS], np.eye(8))


@EDGES
def test_gradients_are_the_slopes_of_the_shape_functions(spacing: tuple[float, float, float]) -> None:
    point, step = np.array([0.3, -0.6, 0.1]), 1e-6
    for axis, edge in enumerate(spacing[::-1]):
        move = np.eye(3)[axis] * step
        slope = (shape_functions(point + move) - shape_functions(point - move)) / (step * edge)
        np.testing.assert_allclose(shape_gradients(spacing, point)[:, axis], slope, rtol=1e-8)


@EDGES
@pytest.mark.parametrize("point", [CENTRE, *GAUSS_POINTS])
def test_strain_of_a_linear_displacement(spacing: tuple[float, float, float], point: np.ndarray) -> None:
    g = np.array([[0.1, 0.2, -0.3], [0.5, -0.7, 1.1], [1.3, 1.7, 1.9]])
    u = (corners(spacing) @ g.T).ravel()
    # xx, yy, zz, then the engineering shears yz, xz, xy: sums of both slopes.
    expected = [0.1, -0.7, 1.9, 1.1 + 1.7, -0.3 + 1.3, 0.2 + 0.5]
    np.testing.assert_allclose(strain_displacement(spacing, point) @ u, expected, rtol=1e-12)


@POISSON
def test_elasticity_inverts_hookes_law(poisson: float) -> None:
    compliance = np.diag([1.0] * 3 + [2 * (1 + poisson)] * 3)
    compliance[:3, :3] += poisson * (np.eye(3) - 1)
    np.testing.assert_allclose(elasticity(poisson) @ compliance, np.eye(6), atol=1e-12)


@EDGES
@POISSON
def test_stiffness_is_symmetric_and_has_six_rigid_modes(
    spacing: tuple[float, float, float], poisson: float
) -> None:
    k = stiffness(spacing, poisson)
    np.testing.assert_array_equal(k, k.T)
    x, y, z = corners(spacing).T
    zero = np.zeros(8)
    turns = [[zero, -z, y], [z, zero, -x], [-y, x, zero]]
    rigid = [np.tile(row, 8) for row in np.eye(3)] + [np.stack(turn, axis=1).ravel() for turn in turns]
    scale = np.abs(k).max() * max(spacing)
    assert np.abs(k @ np.array(rigid).T).max() < 1e-13 * scale
    values = np.linalg.eigvalsh(k)
    assert np.abs(values[:6]).max() < 1e-13 * values[-1]
    assert values[6] > 1e-6 * values[-1]


@EDGES
@POISSON
def test_energy_of_a_uniform_strain(spacing: tuple[float, float, float], poisson: float) -> None:
    strain = np.array([0.3, -0.1, 0.2, 0.5, -0.4, 0.7])
    half = strain[3:] / 2
    shear = np.array([[0, half[2], half[1]], [half[2], 0, half[0]], [half[1], half[0], 0]])
    tensor = np.diag(strain[:3]) + shear
    u = (corners(spacing) @ tensor).ravel()
    energy = strain @ elasticity(poisson) @ strain * math.prod(spacing)
    assert u @ stiffness(spacing, poisson) @ u == pytest.approx(energy, rel=1e-12)


@EDGES
def test_integration_is_exact(spacing: tuple[float, float, float]) -> None:
    points, weights = np.polynomial.legendre.leggauss(4)
    k = np.zeros((24, 24))
    for a, b, c in product(range(4), repeat=3):
        e = strain_displacement(spacing, (points[a], points[b], points[c]))
        k += weights[a] * weights[b] * weights[c] * e.T @ elasticity(0.3) @ e
    expected = k * math.prod(spacing) / 8
    np.testing.assert_allclose(stiffness(spacing, 0.3), expected, rtol=0, atol=1e-13 * np.abs(k).max())


def test_stiffness_of_bending_within_the_element() -> None:
    # A cube bent to u = x z along x, with nothing else moving: the strain is xx = z and zx = x about its
    # centre, whose energy per E is a(1/12) and G/12 for a unit cube.
    u = np.zeros((8, 3))
    u[:, 0] = SIGNS[:, 0] * SIGNS[:, 2] / 4
    energy = u.ravel() @ stiffness((1.0, 1.0, 1.0), 0.0) @ u.ravel()
    assert energy == pytest.approx(1 / 12 + 0.5 / 12, rel=1e-13)
