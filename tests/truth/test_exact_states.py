"""Displacements that trilinear elements represent exactly, so that every digit must come out."""

from __future__ import annotations

import numpy as np
import pytest

from mechanics_cases import SPACING, box, face, face_force, follow, gauss_strain, solved, surface
from spondyl.mechanics.model import Conditions
from spondyl.mechanics.platens import platens
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.supports import combine, hold, move

EXACT = 1e-8
AXES = ["x", "y", "z"]
ANY = np.array([[0.8, -0.3, 0.5], [0.2, -0.6, 0.4], [-0.1, 0.7, 0.9]]) * 1e-2
OFFSET = np.array([[0.01], [-0.02], [0.03]])


def linear(gradient: np.ndarray):
    return lambda x: gradient @ x + OFFSET


def length(model, axis: str) -> float:
    return model.grid.size_mm["zyx".index(axis)]


def area(model, axis: str) -> float:
    return float(np.prod([length(model, a) for a in AXES if a != axis]))


@pytest.mark.parametrize("poisson", [-0.4, 0.0, 0.3, 0.49])
@pytest.mark.parametrize("spacing", [SPACING, (0.05, 0.05, 0.05), (0.1, 1.0, 0.3)])
def test_patch(backend: str, spacing: tuple[float, float, float], poisson: float) -> None:
    model = box((3, 4, 5), spacing, poisson=poisson)
    solution = solved(model, follow(model, surface(model), linear(ANY)), backend)
    expected = linear(ANY)(node_positions(model, solution.nodes))
    np.testing.assert_allclose(solution.displacement, expected, rtol=0, atol=EXACT * np.abs(expected).max())


def test_rigid_motion_costs_no_force(backend: str) -> None:
    turn = np.array([[0, -0.4, 0.3], [0.4, 0, -0.2], [-0.3, 0.2, 0]])
    model = box((4, 3, 3))
    solution = solved(model, follow(model, surface(model), linear(turn)), backend)
    stretched = solved(model, follow(model, surface(model), linear(np.abs(turn))), backend)
    assert np.abs(solution.reaction).max() < 1e-10 * np.abs(stretched.reaction).max()
    assert np.abs(gauss_strain(solution)).max() < 1e-10 * np.abs(turn).max()


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("strain", [0.01, -0.02])
def test_uniaxial(backend: str, axis: str, strain: float) -> None:
    model = box((4, 5, 3), poisson=0.35)
    solution = solved(model, platens(model, axis, strain, "frictionless"), backend)
    assert face_force(solution, axis, -1, axis) == pytest.approx(
        -1000 * strain * area(model, axis), rel=EXACT
    )
    for across in set(AXES) - {axis}:
        wide = np.ptp(solution.displacement["xyz".index(across)])
        assert wide == pytest.approx(0.35 * abs(strain) * length(model, across), rel=EXACT)


@pytest.mark.parametrize("axis", AXES)
def test_confined(backend: str, axis: str) -> None:
    nu = 0.35
    model = box((4, 3, 4), poisson=nu)
    walls = [hold(model, face(model, a, end), a) for a in AXES if a != axis for end in (0, -1)]
    solution = solved(model, combine(platens(model, axis, 0.01, "frictionless"), *walls), backend)
    confined = 1000 * (1 - nu) / ((1 + nu) * (1 - 2 * nu))
    assert face_force(solution, axis, -1, axis) == pytest.approx(
        -confined * 0.01 * area(model, axis), rel=EXACT
    )


@pytest.mark.parametrize(("axis", "along"), [("z", "x"), ("z", "y"), ("x", "y"), ("y", "z")])
def test_simple_shear(backend: str, axis: str, along: str) -> None:
    model = box((3, 4, 5), poisson=0.25)
    still = "".join(set(AXES) - {along})
    slide = {along: 0.01 * length(model, axis)}
    held = combine(
        hold(model, np.ones(model.nodes_shape, np.bool_), still),
        hold(model, face(model, axis, 0), along),
        move(model, face(model, axis, -1), **slide),
    )
    solution = solved(model, held, backend)
    shear = 1000 / (2 * 1.25)
    assert face_force(solution, axis, -1, along) == pytest.approx(shear * 0.01 * area(model, axis), rel=EXACT)
    index = AXES.index(axis)
    height = node_positions(model, solution.nodes)[index]
    np.testing.assert_allclose(solution.displacement[AXES.index(along)], 0.01 * height, rtol=0, atol=1e-10)


STACK = np.array([1000.0, 50.0, 200.0, 8000.0, 10.0])


@pytest.mark.parametrize("axis", AXES)
def test_layers_in_series(backend: str, axis: str) -> None:
    shape = [3, 3, 3]
    shape["zyx".index(axis)] = 5
    model = box(shape, modulus=along_axis(STACK, axis), poisson=0.0)
    solution = solved(model, platens(model, axis, 0.01, "frictionless"), backend)
    apparent = 1 / np.mean(1 / STACK)
    assert face_force(solution, axis, -1, axis) == pytest.approx(
        -apparent * 0.01 * area(model, axis), rel=EXACT
    )


def test_confined_layers_in_series(backend: str) -> None:
    # Held sideways, layers of any Poisson's ratio deform along the axis alone: their confined moduli add.
    nu = 0.4
    model = box((5, 3, 3), modulus=along_axis(STACK, "z"), poisson=nu)
    walls = [hold(model, face(model, a, end), a) for a in "xy" for end in (0, -1)]
    solution = solved(model, combine(platens(model, "z", 0.01, "frictionless"), *walls), backend)
    apparent = (1 - nu) / ((1 + nu) * (1 - 2 * nu)) / np.mean(1 / STACK)
    assert face_force(solution, "z", -1, "z") == pytest.approx(-apparent * 0.01 * area(model, "z"), rel=EXACT)


def test_free_layers_in_series_lie_between_the_bounds(backend: str) -> None:
    # With lateral strains that do not match, no closed form: between Reuss and Voigt.
    model = box((5, 3, 3), modulus=along_axis(STACK, "z"), poisson=0.4)
    solution = solved(model, platens(model, "z", 0.01, "frictionless"), backend)
    apparent = -face_force(solution, "z", -1, "z") / (0.01 * area(model, "z"))
    assert 1.001 / np.mean(1 / STACK) < apparent < 0.5 * STACK.mean()


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("poisson", [0.0, 0.3])
def test_columns_in_parallel(backend: str, axis: str, poisson: float) -> None:
    shape = [4, 4, 4]
    shape["zyx".index(axis)] = 3
    across = "xyz"[("xyz".index(axis) + 1) % 3]
    moduli = STACK[:4]
    model = box(shape, modulus=along_axis(moduli, across), poisson=poisson)
    solution = solved(model, platens(model, axis, 0.01, "frictionless"), backend)
    force = -moduli.mean() * 0.01 * area(model, axis)
    assert face_force(solution, axis, -1, axis) == pytest.approx(force, rel=EXACT)


def along_axis(values: np.ndarray, axis: str) -> np.ndarray:
    shape = [1, 1, 1]
    shape["zyx".index(axis)] = values.size
    return values.reshape(shape)


STRAINS = np.eye(6) * 0.01


@pytest.mark.parametrize("case", range(6))
def test_periodic_homogeneous(backend: str, case: int) -> None:
    model = box((3, 2, 4))
    solution = solved(model, Conditions(periodic=True, strain=tuple(STRAINS[case])), backend)
    np.testing.assert_allclose(gauss_strain(solution), np.tile(STRAINS[case], (24, 8)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_periodic_laminate(backend: str, axis: int) -> None:
    # Backus (1962): stresses across the layers and strains along them are the same in all layers.
    nu = 0.3
    shape = [2, 2, 2]
    shape[2 - axis] = 5
    model = box(shape, modulus=along_axis(STACK, "xyz"[axis]), poisson=nu)
    confined = STACK * (1 - nu) / ((1 + nu) * (1 - 2 * nu))
    lame, shear = STACK * nu / ((1 + nu) * (1 - 2 * nu)), STACK / (2 * (1 + nu))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    across = 1 / np.mean(1 / confined)
    coupled = np.mean(lame / confined) * across
    plane = np.mean(confined - lame**2 / confined) + np.mean(lame / confined) ** 2 * across
    assert stress(model, axis, backend)[axis] == pytest.approx(across, rel=EXACT)
    assert stress(model, axis, backend)[first] == pytest.approx(coupled, rel=EXACT)
    assert stress(model, first, backend)[first] == pytest.approx(plane, rel=EXACT)
    shears = {3: (1, 2), 4: (0, 2), 5: (0, 1)}
    for component, pair in shears.items():
        expected = 1 / np.mean(1 / shear) if axis in pair else np.mean(shear)
        assert stress(model, component, backend)[component] == pytest.approx(expected, rel=EXACT)
    assert second != first


def stress(model, component: int, backend: str) -> np.ndarray:
    """Return the mean stress of a unit periodic strain."""
    from spondyl.mechanics.element import elasticity

    solution = solved(model, Conditions(periodic=True, strain=tuple(np.eye(6)[component])), backend)
    mean = gauss_strain(solution).reshape(-1, 8, 6).mean(axis=1)
    return (mean @ elasticity(model.poisson) * model.modulus.ravel()[:, None]).mean(axis=0)
