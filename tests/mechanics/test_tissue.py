"""The stress–strain curve of tissue: its corners, the energy of its fall, and voxels it cannot serve."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.errors import MechanicsError
from spondyl.mechanics.tissue import Tissue, bone_tissue, curves
from spondyl.quantity import shipped

TISSUE = Tissue(
    tensile_yield_strain=0.004,
    compressive_yield_strain=0.008,
    tensile_ultimate_strain=0.02,
    compressive_ultimate_strain=0.024,
    post_yield_slope=0.05,
    tensile_fracture_energy=0.5,
    compressive_fracture_energy=2.0,
    damage_share=0.5,
)


def test_the_curve_meets_yield_and_ultimate_points():
    # Worked by hand: σ = 10 GPa · 0.4 % = 40 MPa; then 5 % of 10 GPa over 1.6 % adds 8 MPa.
    tension, _ = curves(TISSUE, np.array([10000.0]), 0.1)
    inelastic = np.array([0.0, tension.peak_inelastic])
    stress = 40 * np.array([float(tension.stress(np.array([i]))[0]) for i in inelastic])
    np.testing.assert_allclose(stress, [40, 48], rtol=1e-12)
    strain = stress / 10000 + 0.004 * inelastic
    np.testing.assert_allclose(strain, [0.004, 0.02], rtol=1e-12)


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("size", [0.02, 0.1])
@pytest.mark.parametrize("modulus", [2000.0, 18000.0])
def test_a_failing_band_consumes_the_fracture_energy_whatever_its_width(mode, size, modulus):
    curve = curves(TISSUE, np.array([modulus]), size)[mode]
    inelastic = curve.peak_inelastic + np.linspace(0, 40 * curve.fall[0], 400_001)
    stress = curve.peak_stress * np.exp(-(inelastic - curve.peak_inelastic) / curve.fall[0])
    np.testing.assert_allclose(curve.stress(inelastic, np.zeros(1, int)), stress, rtol=1e-9)
    share = curve.damage_share
    # Beside the band, tissue unloads from the peak with the modulus that damage left it.
    beside = (1 - share) * curve.peak_inelastic
    beside = beside + stress * (curve.peak_stress + share * curve.peak_inelastic) / curve.peak_stress
    opening = size * curve.yield_strain * (stress + inelastic - beside)
    energy = np.trapezoid(stress * modulus * curve.yield_strain, opening)
    assert energy == pytest.approx((0.5, 2.0)[mode], rel=1e-5)


def test_the_modulus_left_is_that_of_the_damage_share():
    tension, _ = curves(TISSUE, np.array([10000.0]), 0.1)
    inelastic = np.array([3.0])
    stress = tension.stress(inelastic)
    # Unloading from ε = (s + i) to no stress ends at the plastic strain (1 − χ) i.
    assert tension.left(inelastic) == pytest.approx(stress / (stress + inelastic - 0.5 * inelastic))


def test_a_voxel_too_large_for_the_softening_is_refused_with_the_largest_allowed():
    with pytest.raises(MechanicsError, match=r"must be below [0-9.]+ mm") as refused:
        curves(TISSUE, np.array([18000.0, 100.0]), 2.0)
    largest = float(str(refused.value).split("must be below ")[1].split(" mm")[0])
    curves(TISSUE, np.array([18000.0]), 0.99 * largest)
    with pytest.raises(MechanicsError):
        curves(TISSUE, np.array([18000.0]), 1.01 * largest)


def test_the_shipped_tissue_is_the_table():
    tissue, table = bone_tissue(), shipped()["mechanics"]
    assert tissue.tensile_fracture_energy == table["tensile_fracture_energy"].value
    assert tissue.compressive_ultimate_strain == table["compressive_ultimate_strain"].value
    assert tissue.compressive_yield_strain > tissue.tensile_yield_strain


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("tensile_yield_strain", 0.0, "above zero"),
        ("compressive_fracture_energy", float("nan"), "finite"),
        ("post_yield_slope", 1.0, "below 1"),
        ("damage_share", 1.5, "not be above 1"),
        ("tensile_ultimate_strain", 0.003, "not be below the yield strain, 0.004"),
    ],
)
def test_numbers_without_meaning_are_refused(name, value, words):
    with pytest.raises(MechanicsError, match=words):
        replace(TISSUE, **{name: value})
