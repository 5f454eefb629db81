"""Every other backend finds what the reference finds, on models too irregular to solve by hand.

Both solve to a relative residual of 1e-11, so that what is left between them is that residual times the
condition of the model: reactions and strains must agree to 1e-7 of the largest, 1e-5 at a contrast of 1e6.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mechanics_cases import agree, box, every_node, face, forces, gauss_strain, noise, porous, solved
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.platens import platens
from spondyl.mechanics.solution import Solution
from spondyl.mechanics.supports import combine, hold, move, push

CLOSE = 1e-7
CLOSE_AT_CONTRAST = 1e-5
KINDS = ["bonded", "frictionless"]
STRAINS = {"stretch": (0.01, 0, 0, 0, 0, 0), "mixed": (0.002, -0.01, 0.004, 0.003, -0.006, 0.008)}


def compared(
    model: Model, conditions: Conditions, backend: str, rtol: float, *, hinges: bool = False
) -> Solution:
    """Return the backend's solution once it agrees with the reference."""
    expected = solved(model, conditions, "reference")
    found = solved(model, conditions, backend)
    np.testing.assert_array_equal(found.nodes, expected.nodes)
    assert (found.elements, found.dofs) == (expected.elements, expected.dofs)
    assert (found.removed_elements, found.removed_parts) == (
        expected.removed_elements,
        expected.removed_parts,
    )
    agree(found.reaction, expected.reaction, rtol)
    agree(gauss_strain(found), gauss_strain(expected), rtol)
    if not hinges:
        agree(found.displacement, expected.displacement, rtol)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_platens(fast: str, axis: str, kind: str) -> None:
    model = porous(21, contrast=10)
    compared(model, platens(model, axis, 0.01, kind), fast, CLOSE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(12, 11, 10), (1, 6, 5), (9, 1, 4), (5, 8, 1), (2, 2, 17)])
def test_shapes(fast: str, shape: tuple[int, int, int], kind: str) -> None:
    model = porous(22, shape, share=0.7)
    compared(model, platens(model, "z", 0.01, kind), fast, CLOSE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [31, 32, 33])
def test_contrast(fast: str, seed: int, kind: str) -> None:
    model = porous(seed, contrast=1e6)
    compared(model, platens(model, "z", 0.01, kind), fast, CLOSE_AT_CONTRAST)


def test_stiff_grains_in_soft_marrow(fast: str) -> None:
    bone = noise(23, shape=(8, 8, 8), share=0.3).modulus > 0
    model = box(bone.shape, modulus=np.where(bone, 18_000, 0.02), poisson=0.4)
    compared(model, platens(model), fast, CLOSE_AT_CONTRAST)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [41, 42, 43])
@pytest.mark.parametrize("share", [0.2, 0.45])
def test_loose_and_hinged_voxels(fast: str, share: float, seed: int, kind: str) -> None:
    model = noise(seed, share=share)
    compared(model, platens(model, "z", 0.01, kind), fast, CLOSE, hinges=True)


@pytest.mark.parametrize("poisson", [-0.3, 0.0, 0.45])
def test_poisson(fast: str, poisson: float) -> None:
    model = replace(porous(24), poisson=poisson)
    compared(model, platens(model), fast, CLOSE)


def test_forces(fast: str) -> None:
    model = porous(25)
    conditions = combine(hold(model, face(model, "y", 0)), forces(model, 1))
    compared(model, conditions, fast, CLOSE)


def test_forces_and_displacements_together(fast: str) -> None:
    model = porous(26, contrast=100)
    top = face(model, "z", -1)
    given = combine(platens(model), forces(model, 2), move(model, top, x=0.01), push(model, top, y=3.0))
    compared(model, given, fast, CLOSE)


def test_scattered_supports(fast: str) -> None:
    model = porous(27)
    rng = np.random.default_rng(3)
    mask = rng.random(model.nodes_shape) < 0.05
    values = rng.normal(size=(3, np.count_nonzero(mask))) * 0.01
    held = combine(*(move(model, mask, **{axis: v}) for axis, v in zip("xyz", values, strict=True)))
    compared(model, combine(held, forces(model, 4)), fast, CLOSE)


def test_everything_prescribed(fast: str) -> None:
    model = box((2, 3, 2))
    count = np.prod(model.nodes_shape)
    x, y, z = np.random.default_rng(5).normal(size=(3, count))
    compared(model, move(model, every_node(model), x=x, y=y, z=z), fast, CLOSE)


@pytest.mark.parametrize("strain", STRAINS)
@pytest.mark.parametrize("shape", [(7, 8, 9), (8, 8, 8), (1, 5, 6), (2, 3, 4)])
def test_periodic(fast: str, shape: tuple[int, int, int], strain: str) -> None:
    model = porous(28, shape, share=0.7, contrast=10)
    compared(model, Conditions(periodic=True, strain=STRAINS[strain]), fast, CLOSE)


@pytest.mark.parametrize("strain", STRAINS)
def test_periodic_composite(fast: str, strain: str) -> None:
    stiff = noise(29, shape=(6, 8, 7), share=0.3).modulus > 0
    model = box(stiff.shape, modulus=np.where(stiff, 5e3, 5.0))
    compared(model, Conditions(periodic=True, strain=STRAINS[strain]), fast, CLOSE)


def test_start(fast: str) -> None:
    model = porous(30)
    softer = replace(model, modulus=model.modulus * np.float32(0.9))
    start = solved(softer, platens(softer, "z", 0.02), fast)
    expected = solved(model, platens(model), "reference")
    found = solved(model, platens(model), fast, start=start)
    agree(found.displacement, expected.displacement, CLOSE)
