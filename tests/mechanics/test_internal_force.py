"""Strains and nodal forces of all elements against the assembled matrix and against equilibrium."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.mechanics import internal_force
from spondyl.mechanics.element import elasticity
from spondyl.mechanics.internal_force import (
    element_strains,
    elements_of,
    forces_of_displacement,
    forces_of_stress,
    mean_stress,
    unit_stresses,
)
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.reference import assemble
from spondyl.mechanics.rigid import node_positions
from spondyl.volume import Grid


@pytest.fixture(params=[5, 2**14], ids=["many blocks", "one block"])
def porous(request, monkeypatch) -> Model:
    monkeypatch.setattr(internal_force, "BLOCK", request.param)
    rng = np.random.default_rng(7)
    solid = rng.random((4, 5, 6)) < 0.5
    modulus = np.where(solid, rng.uniform(1.0, 1e4, solid.shape), 0.0)
    return Model(Grid(solid.shape, (0.1, 0.2, 0.3)), modulus, 0.3)


def test_nodes_are_those_of_the_assembled_matrix(porous):
    assert np.array_equal(elements_of(porous).nodes, assemble(porous, Conditions()).nodes)


def test_forces_are_the_assembled_matrix_times_the_displacement(porous):
    elements = elements_of(porous)
    u = np.random.default_rng(1).normal(size=(elements.nodes.size, 3))
    expected = assemble(porous, Conditions()).matrix @ u.ravel()
    found = forces_of_displacement(elements, u, elements.modulus)
    np.testing.assert_allclose(found.ravel(), expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_a_linear_displacement_has_its_strain_everywhere_and_the_forces_of_its_stress(porous):
    elements = elements_of(porous)
    gradient = np.random.default_rng(2).normal(size=(3, 3))
    u = node_positions(porous, elements.nodes).T @ gradient.T
    symmetric = (gradient + gradient.T) / 2
    strain = [*symmetric.diagonal(), *(2 * symmetric[[1, 0, 0], [2, 2, 1]])]
    strains = element_strains(elements, u)
    np.testing.assert_allclose(strains, np.broadcast_to(strain, strains.shape), rtol=0, atol=1e-13)
    stresses = elements.modulus[:, None] * unit_stresses(elements, strains)
    np.testing.assert_allclose(
        forces_of_stress(elements, stresses),
        forces_of_displacement(elements, u, elements.modulus),
        rtol=0,
        atol=1e-12 * np.abs(stresses).max(),
    )


def test_forces_of_any_stresses_are_balanced_and_do_the_work_of_the_stresses(porous):
    elements = elements_of(porous)
    rng = np.random.default_rng(3)
    stresses = rng.normal(size=(elements.modulus.size, 6))
    u = rng.normal(size=(elements.nodes.size, 3))
    forces = forces_of_stress(elements, stresses)
    np.testing.assert_allclose(forces.sum(axis=0), 0, atol=1e-12)
    work = elements.volume_mm3 * np.vdot(stresses, element_strains(elements, u))
    assert np.vdot(forces, u) == pytest.approx(work, rel=1e-12)


def test_mean_stress_counts_voids_as_zero():
    modulus = np.zeros((1, 1, 4))
    modulus[..., 0] = 1000.0
    model = Model(Grid((1, 1, 4), (0.1, 0.1, 0.1)), modulus, 0.25)
    elements = elements_of(model)
    u = np.zeros((8, 3))
    u[:, 2] = 0.01 * node_positions(model, elements.nodes)[2]
    expected = 1000 * 0.01 * elasticity(0.25)[2] / 4
    np.testing.assert_allclose(mean_stress(elements, u), expected, rtol=1e-12, atol=1e-12)
