"""Fields of a solution: displacements made by hand, and the energy balance of a solved one."""

from __future__ import annotations

import numpy as np
import pytest

from spondyl.errors import MechanicsError
from spondyl.mechanics.element import CENTRE, SIGNS, elasticity, stiffness, strain_displacement
from spondyl.mechanics.fields import FIELDS, element_fields, on_grid
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.reference import element_nodes
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.solution import Solution
from spondyl.mechanics.solve import solve
from spondyl.volume import Grid

SPACING = (0.03, 0.02, 0.05)
GRADIENT = 1e-3 * np.array([[1.0, 4.0, -2.0], [-3.0, -5.0, 7.0], [6.0, 8.0, 2.0]])
"""Rows: displacement along x, y, z; columns: derivative by x, y, z."""


def porous(shape: tuple[int, int, int] = (6, 5, 7), poisson: float = 0.3) -> Model:
    """Moduli of two decades with holes, an empty layer and an empty last column."""
    rng = np.random.default_rng(3)
    modulus = np.where(rng.random(shape) < 0.4, 10.0 ** rng.uniform(2, 4, shape), 0)
    modulus[2] = modulus[:, :, -1] = 0
    return Model(Grid(shape, SPACING), modulus, poisson)


def moved(model: Model, displacement: np.ndarray, nodes: np.ndarray) -> Solution:
    count = int(np.count_nonzero(model.modulus))
    nothing = np.zeros(0)
    return Solution(
        model, Conditions(), nodes, displacement, nothing, count, 3 * nodes.size, 0, 0, 0, 0.0, nothing,
        0.0, 0.0, 0.0, "reference",
    )  # fmt: skip


def affine(model: Model, gradient: np.ndarray = GRADIENT) -> Solution:
    nodes = np.unique(element_nodes(model))
    shift = np.array([[3.0], [-1.0], [2.0]])
    return moved(model, gradient @ node_positions(model, nodes) + shift, nodes)


def random(model: Model) -> tuple[Solution, np.ndarray]:
    """Return a rough displacement, and that of the nodes of each element, (m, 24)."""
    elements = element_nodes(model)
    nodes, local = np.unique(elements, return_inverse=True)
    u = np.random.default_rng(5).normal(size=(3, nodes.size))
    return moved(model, u, nodes), u.T[local.reshape(-1, 8)].reshape(-1, 24)


def test_an_affine_displacement_has_one_strain_everywhere() -> None:
    found = element_fields(affine(porous()), "strain")["strain"]
    g = GRADIENT
    shears = [g[1, 2] + g[2, 1], g[0, 2] + g[2, 0], g[0, 1] + g[1, 0]]
    expected = np.array([g[0, 0], g[1, 1], g[2, 2], *shears])
    assert expected == pytest.approx([0.001, -0.005, 0.002, 0.015, 0.004, 0.001])
    assert found == pytest.approx(np.repeat(expected[:, None], found.shape[1], axis=1), abs=1e-12)


def test_its_stress_and_energy_by_hand() -> None:
    """ν 0.25: λ = G = 0.4 E, so σ = 0.4 E (tr ε + 2 ε), and τ is 0.4 E times the engineering shear."""
    model = porous(poisson=0.25)
    found = element_fields(affine(model), "stress", "strain_energy_density", "effective_strain")
    modulus = model.modulus[model.modulus > 0].astype(float)
    unit = 0.4 * np.array([0.0, -0.012, 0.002, 0.015, 0.004, 0.001])
    assert found["stress"] == pytest.approx(unit[:, None] * modulus, rel=1e-8, abs=1e-8)
    energy = 0.4 / 2 * (0.012 * 0.005 + 0.002**2 + 0.015**2 + 0.004**2 + 0.001**2) * modulus
    assert found["strain_energy_density"] == pytest.approx(energy, rel=1e-8)
    assert found["effective_strain"] == pytest.approx(np.sqrt(2 * energy / modulus), rel=1e-8)


def test_uniaxial_stress_has_its_own_effective_strain() -> None:
    """W = E ε² / 2, so the effective strain is |ε|; the von Mises stress is E |ε|."""
    model = porous(poisson=0.3)
    found = element_fields(affine(model, np.diag([0.003, 0.003, -0.01])), *FIELDS)
    modulus = model.modulus[model.modulus > 0].astype(float)
    assert found["effective_strain"] == pytest.approx(0.01, rel=1e-9)
    assert found["von_mises_stress"] == pytest.approx(0.01 * modulus, rel=1e-9)
    assert found["principal_stress"][2] == pytest.approx(-0.01 * modulus, rel=1e-9)
    assert found["principal_strain"][2] == pytest.approx(-0.01, rel=1e-9)
    assert found["octahedral_shear_strain"] == pytest.approx(0.013 * 2 * np.sqrt(2) / 3, rel=1e-9)
    assert found["equivalent_strain"] == pytest.approx(0.013 * 2 / 3, rel=1e-9)
    assert found["volumetric_strain"] == pytest.approx(-0.004, rel=1e-9)
    assert found["mean_strain_energy_density"] == pytest.approx(modulus * 0.01**2 / 2, rel=1e-8)


def test_a_rotation_strains_nothing() -> None:
    spin = 1e-3 * np.array([[0.0, -3.0, 2.0], [3.0, 0.0, -1.0], [-2.0, 1.0, 0.0]])
    found = element_fields(affine(porous(), spin), "strain", "mean_strain_energy_density")
    assert np.abs(found["strain"]).max() < 1e-13
    assert np.abs(found["mean_strain_energy_density"]).max() < 1e-14


def test_a_rough_displacement_against_the_element_matrices() -> None:
    model = porous()
    solution, u = random(model)
    found = element_fields(
        solution, "strain", "stress", "mean_strain_energy_density", "strain_energy_density"
    )
    modulus = model.modulus[model.modulus > 0].astype(float)
    strain = strain_displacement(SPACING, CENTRE) @ u.T
    assert found["strain"] == pytest.approx(strain, rel=1e-10, abs=1e-10)
    assert found["stress"] == pytest.approx(elasticity(0.3) @ strain * modulus, rel=1e-9, abs=1e-8)
    energy = modulus * np.einsum("md,de,me->m", u, stiffness(SPACING, 0.3), u) / 2
    mean = found["mean_strain_energy_density"]
    assert mean == pytest.approx(energy / np.prod(SPACING), rel=1e-10)
    assert (mean > found["strain_energy_density"]).all()


def test_bending_within_one_voxel_is_seen_by_the_mean_energy_alone() -> None:
    model = Model(Grid((1, 1, 1), SPACING), np.full((1, 1, 1), 100.0), 0.0)
    u = np.zeros((3, 8))
    u[0] = 0.001 * SIGNS[:, 0] * SIGNS[:, 2]  # the upper edges stretch along x as the lower ones shorten
    found = element_fields(moved(model, u, np.arange(8)), *FIELDS)
    assert found["strain"] == pytest.approx(0, abs=1e-15)
    # ε_xx = a ζ and 2 ε_xz = b ξ: the mean of ζ² and of ξ² over the voxel is 1/3; G = E / 2.
    a, b = 0.002 / SPACING[2], 0.002 / SPACING[0]
    assert found["mean_strain_energy_density"] == pytest.approx(100 * (a**2 + b**2 / 2) / 6, rel=1e-12)


def test_the_mean_energy_of_all_elements_is_the_work_of_the_platen() -> None:
    modulus = np.full((5, 5, 5), 1000.0)
    modulus[1:4, 1:4, 1:3] = 0
    model = Model(Grid(modulus.shape, SPACING), modulus)
    solution = solve(model, platens(model, "z", 0.01, "bonded"), tolerance=1e-10)
    energy = element_fields(solution, "mean_strain_energy_density")["mean_strain_energy_density"]
    work = solution.reaction @ solution.conditions.values / 2
    assert energy.sum() * model.grid.voxel_mm3 == pytest.approx(work, rel=1e-8)


def test_single_precision_is_the_rounded_double() -> None:
    solution, _ = random(porous())
    exact, single = element_fields(solution, *FIELDS), element_fields(solution, *FIELDS, dtype=np.float32)
    for name in FIELDS:
        assert single[name].dtype == np.float32
        assert np.array_equal(single[name], exact[name].astype(np.float32)), name


def test_a_compact_field_goes_back_to_its_voxels() -> None:
    model = porous()
    values = np.arange(1.0, 1 + np.count_nonzero(model.modulus))
    volume = on_grid(model, values)
    assert volume.grid == model.grid
    assert np.array_equal(np.asarray(volume.array)[model.modulus > 0], values)
    assert not np.asarray(volume.array)[model.modulus == 0].any()


def test_mistakes() -> None:
    model = porous()
    with pytest.raises(MechanicsError, match="'effective_strain'"):
        element_fields(affine(model), "effectve_strain")  # type: ignore[arg-type]
    with pytest.raises(MechanicsError, match="one value for each"):
        on_grid(model, np.zeros(3))
