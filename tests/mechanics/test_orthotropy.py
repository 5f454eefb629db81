"""Orthotropic constants: worked by hand, recovered from any turned frame, with what is left out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from spondyl.errors import MechanicsError
from spondyl.mechanics.element import elasticity
from spondyl.mechanics.orthotropy import closest_orthotropy, orthotropy_along, turned

YOUNG = (500.0, 800.0, 1400.0)
SHEAR = (420.0, 310.0, 240.0)
NU12, NU13, NU23 = 0.25, 0.12, 0.18


def orthotropic() -> np.ndarray:
    compliance = np.diag([1 / e for e in YOUNG] + [1 / g for g in SHEAR])
    for i, j, ratio in ((0, 1, NU12), (0, 2, NU13), (1, 2, NU23)):
        compliance[i, j] = compliance[j, i] = -ratio / YOUNG[i]
    return np.linalg.inv(compliance)


def test_constants_along_the_material_axes_are_those_it_was_made_from():
    found = orthotropy_along(orthotropic(), np.eye(3))
    assert found.young == pytest.approx(YOUNG, rel=1e-12)
    assert found.shear == pytest.approx(SHEAR, rel=1e-12)
    assert [found.poisson[0, 1], found.poisson[0, 2], found.poisson[1, 2]] == pytest.approx(
        [NU12, NU13, NU23]
    )
    assert found.poisson[2, 0] == pytest.approx(NU13 * YOUNG[2] / YOUNG[0])
    assert found.residual < 1e-14


def test_a_quarter_turn_about_z_exchanges_x_and_y():
    stiffness = orthotropic()
    quarter = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    order = [1, 0, 2, 4, 3, 5]
    np.testing.assert_allclose(turned(stiffness, quarter), stiffness[np.ix_(order, order)], atol=1e-9)


def test_turning_shear_by_45_degrees_gives_tension_and_compression():
    # σxy = τ in a material of shear modulus only: along (1, 1, 0) it is a tension of τ.
    stiffness = np.diag([1.0, 1.0, 1.0, 0.5, 0.5, 0.5])
    half = math.sqrt(0.5)
    axes = np.array([[half, half, 0], [-half, half, 0], [0, 0, 1]])
    np.testing.assert_allclose(turned(stiffness, axes), stiffness, atol=1e-12)
    sheared = np.diag([1.0, 1.0, 1.0, 0.5, 0.5, 0.1])
    # Uniaxial strain e along (1, 1, 0): εxx = εyy = e / 2 and engineering shear e, so that
    # σ11 = (σxx + σyy) / 2 + τ = e (0.5 + 0.1).
    assert turned(sheared, axes)[0, 0] == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(6))
def test_a_turned_orthotropic_material_is_recovered(seed):
    axes = Rotation.random(random_state=seed).as_matrix()
    found = closest_orthotropy(turned(orthotropic(), axes))
    assert found.young == pytest.approx(YOUNG, rel=1e-8)
    assert found.shear == pytest.approx(SHEAR, rel=1e-8)
    assert found.residual < 1e-9
    # Rows of `axes` were the frame turned to, so the material's axes are its columns there.
    np.testing.assert_allclose(np.abs(found.axes @ axes), np.eye(3), atol=1e-7)
    assert np.linalg.det(found.axes) == pytest.approx(1)


def test_the_best_frame_leaves_out_least():
    rng = np.random.default_rng(4)
    disturbed = orthotropic() + (noise := rng.normal(scale=40, size=(6, 6))) + noise.T
    best = closest_orthotropy(disturbed)
    others = [Rotation.random(random_state=seed).as_matrix() for seed in range(200)]
    tried = [orthotropy_along(disturbed, axes).residual for axes in (np.eye(3), *others)]
    assert 0.01 < best.residual <= min(tried)


def test_what_is_left_out_and_what_is_kept_make_up_the_stiffness():
    rng = np.random.default_rng(5)
    disturbed = orthotropic() + (noise := rng.normal(scale=40, size=(6, 6))) + noise.T
    scale = np.outer(*[np.array([1, 1, 1, 2, 2, 2]) ** 0.5] * 2)
    found = orthotropy_along(disturbed, Rotation.random(random_state=1).as_matrix())
    kept = np.linalg.norm(found.stiffness * scale) / np.linalg.norm(disturbed * scale)
    assert kept**2 + found.residual**2 == pytest.approx(1, rel=1e-12)


def test_an_isotropic_material_keeps_the_given_axes():
    found = closest_orthotropy(1000 * elasticity(0.3))
    assert found.young == pytest.approx((1000, 1000, 1000))
    assert found.shear == pytest.approx((1000 / 2.6,) * 3)
    np.testing.assert_allclose(found.axes, np.eye(3), atol=1e-12)


def test_a_stiffness_without_resistance_is_refused():
    flat = orthotropic()
    flat[2] = flat[:, 2] = 0
    with pytest.raises(MechanicsError, match="must be bridged by bone in every direction"):
        closest_orthotropy(flat)
