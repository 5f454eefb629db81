"""Scalar measures of tensors, against tensors worked by hand and in turned frames."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.transform import Rotation

from spondyl.mechanics.invariants import (
    equivalent_strain,
    octahedral_shear_strain,
    principal_strains,
    principal_stresses,
    volumetric_strain,
    von_mises_stress,
)

TENSORS = arrays.arrays(np.float64, 6, elements=st.floats(-1, 1))
TURNS = arrays.arrays(np.float64, 4, elements=st.floats(-1, 1)).filter(lambda q: np.linalg.norm(q) > 0.1)


def strain_matrix(strain: np.ndarray) -> np.ndarray:
    xx, yy, zz, yz, xz, xy = strain
    return np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])


def strain_voigt(matrix: np.ndarray) -> np.ndarray:
    return np.array([*matrix.diagonal(), 2 * matrix[1, 2], 2 * matrix[0, 2], 2 * matrix[0, 1]])


def turned(strain: np.ndarray, quaternion: np.ndarray) -> np.ndarray:
    turn = Rotation.from_quat(quaternion).as_matrix()
    return strain_voigt(turn @ strain_matrix(strain) @ turn.T)


@pytest.mark.parametrize("place", [3, 4, 5])
def test_simple_shear(place: int) -> None:
    """Engineering shear 0.02: principal strains ±0.01; the octahedral plane sees 2/3 √6 of the half."""
    strain = np.zeros(6)
    strain[place] = 0.02
    assert principal_strains(strain) == pytest.approx([0.01, 0, -0.01], abs=1e-15)
    assert octahedral_shear_strain(strain) == pytest.approx(0.01 * 2 / 3 * math.sqrt(6), rel=1e-14)
    assert equivalent_strain(strain) == pytest.approx(0.02 / math.sqrt(3), rel=1e-14)
    assert volumetric_strain(strain) == 0


@pytest.mark.parametrize("place", [3, 4, 5])
def test_pure_shear_stress(place: int) -> None:
    stress = np.zeros(6)
    stress[place] = -7.0
    assert principal_stresses(stress) == pytest.approx([7, 0, -7], abs=1e-13)
    assert von_mises_stress(stress) == pytest.approx(7 * math.sqrt(3), rel=1e-14)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_uniaxial_stress(axis: int) -> None:
    """A bar of ν 0.3 shortened by 1 %."""
    strain, stress = np.zeros(6), np.zeros(6)
    strain[:3], stress[axis] = 0.003, -100.0
    strain[axis] = -0.01
    assert octahedral_shear_strain(strain) == pytest.approx(2 * math.sqrt(2) / 3 * 0.013, rel=1e-14)
    assert equivalent_strain(strain) == pytest.approx(2 / 3 * 0.013, rel=1e-14)
    assert volumetric_strain(strain) == pytest.approx(-0.004, rel=1e-14)
    assert principal_strains(strain) == pytest.approx([0.003, 0.003, -0.01], rel=1e-14)
    assert von_mises_stress(stress) == pytest.approx(100, rel=1e-14)
    assert principal_stresses(stress) == pytest.approx([0, 0, -100], rel=1e-14)


def test_hydrostatic() -> None:
    tensor = np.array([0.01, 0.01, 0.01, 0, 0, 0])
    assert octahedral_shear_strain(tensor) == equivalent_strain(tensor) == von_mises_stress(tensor) == 0
    assert volumetric_strain(tensor) == pytest.approx(0.03, rel=1e-14)
    assert principal_strains(tensor) == pytest.approx([0.01] * 3, rel=1e-14)


@given(TENSORS, TURNS)
def test_no_measure_of_strain_depends_on_the_frame(strain: np.ndarray, quaternion: np.ndarray) -> None:
    other = turned(strain, quaternion)
    for measure in (octahedral_shear_strain, equivalent_strain, volumetric_strain):
        assert measure(other) == pytest.approx(measure(strain), rel=1e-9, abs=1e-7)
    assert principal_strains(other) == pytest.approx(principal_strains(strain), rel=1e-9, abs=1e-12)


@given(TENSORS, TURNS)
def test_no_measure_of_stress_depends_on_the_frame(tensor: np.ndarray, quaternion: np.ndarray) -> None:
    twice = np.array([1, 1, 1, 2, 2, 2])
    stress, other = tensor, turned(tensor * twice, quaternion) / twice
    assert von_mises_stress(other) == pytest.approx(von_mises_stress(stress), rel=1e-9, abs=1e-7)
    assert principal_stresses(other) == pytest.approx(principal_stresses(stress), rel=1e-9, abs=1e-12)


@given(TENSORS)
def test_measures_follow_from_the_principal_values(strain: np.ndarray) -> None:
    first, second, third = principal_strains(strain)
    assert first >= second >= third
    squares = (first - second) ** 2 + (second - third) ** 2 + (third - first) ** 2
    assert octahedral_shear_strain(strain) == pytest.approx(2 / 3 * math.sqrt(squares), rel=1e-9, abs=1e-7)
    assert equivalent_strain(strain) == pytest.approx(math.sqrt(2 * squares) / 3, rel=1e-9, abs=1e-7)
    largest, middle, least = principal_stresses(strain)
    squares = (largest - middle) ** 2 + (middle - least) ** 2 + (least - largest) ** 2
    assert von_mises_stress(strain) == pytest.approx(math.sqrt(squares / 2), rel=1e-9, abs=1e-7)


def test_many_tensors_at_once_keep_their_shape() -> None:
    many = np.random.default_rng(1).normal(size=(6, 4, 5))
    assert principal_strains(many).shape == (3, 4, 5)
    assert principal_strains(many)[:, 2, 3] == pytest.approx(principal_strains(many[:, 2, 3]), rel=1e-12)
    assert octahedral_shear_strain(many)[2, 3] == pytest.approx(octahedral_shear_strain(many[:, 2, 3]))
