"""Compression tests whose answer is known: bars, layers, columns; and what must not change the answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spondyl.assay import microct
from spondyl.assay.strength import NAMES, Settings, compress, measure, rows
from spondyl.mechanics.fields import element_fields
from spondyl.volume import Grid, Meaning, Scan

SPACING = (0.05, 0.03, 0.02)
BINARY = microct.Settings(binary=True)
SLIDING = Settings(bone=BINARY, modulus_mpa=8000.0, platens="frictionless", tolerance=1e-10)


def scan_of(stored: np.ndarray, meaning: Meaning = Meaning.LABELS) -> Scan:
    return Scan(stored, Grid(stored.shape, SPACING), meaning)


def frame() -> Scan:
    """A box with a hole, and a loose crumb in it."""
    bone = np.ones((6, 7, 8), np.uint8)
    bone[1:5, 1:6, 2:] = 0
    bone[3, 3, 5] = 1
    return scan_of(bone)


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_a_solid_block_has_the_modulus_of_its_material(axis: str) -> None:
    block = scan_of(np.ones((4, 5, 6), bool))
    found = measure(block, replace(SLIDING, axis=axis, strain=0.02))
    length = {"z": 4 * 0.05, "y": 5 * 0.03, "x": 6 * 0.02}[axis]
    section = 4 * 0.05 * 5 * 0.03 * 6 * 0.02 / length
    assert found.apparent_modulus_mpa == pytest.approx(8000, rel=1e-8)
    assert found.reaction_N == pytest.approx(-8000 * 0.02 * section, rel=1e-8)
    assert found.stiffness_N_per_mm == pytest.approx(8000 * section / length, rel=1e-8)
    assert found.effective_strain == pytest.approx(0.02, rel=1e-8)
    assert found.failure_load_N == pytest.approx(0.007 * 8000 * section, rel=1e-8)
    assert found.imbalance < 1e-8
    assert (found.elements, found.dofs, found.bv_tv) == (120, 3 * 5 * 6 * 7, 1.0)


def test_a_column_is_spread_over_the_whole_cross_section() -> None:
    bone = np.zeros((4, 5, 6), np.uint8)
    bone[:, 1:3, 2:5] = 255
    found = measure(scan_of(bone), SLIDING)
    assert found.apparent_modulus_mpa == pytest.approx(8000 * 6 / 30, rel=1e-8)
    assert found.bv_tv == pytest.approx(0.2, rel=1e-12)


def test_layers_in_series_and_the_tissue_that_counts() -> None:
    """Without Poisson's ratio the compliances add; each layer has its own strain."""
    labels = np.ones((6, 3, 3), np.uint8)
    labels[2:4] = 7
    settings = Settings(materials=((1, 9000.0), (7, 3000.0)), poisson=0.0, tolerance=1e-10)
    whole = measure(scan_of(labels), settings)
    stress = 0.01 / (2 / 3 / 9000 + 1 / 3 / 3000)
    assert whole.apparent_modulus_mpa == pytest.approx(stress / 0.01, rel=1e-8)
    assert whole.effective_strain == pytest.approx(stress / 3000, rel=1e-8)
    stiff = measure(scan_of(labels), replace(settings, tissue=(1,)))
    assert stiff.effective_strain == pytest.approx(stress / 9000, rel=1e-8)
    assert stiff.failure_load_N == pytest.approx(3 * whole.failure_load_N, rel=1e-8)


def test_a_label_without_a_number_is_empty_only_if_it_is_zero() -> None:
    labels = np.zeros((4, 4, 4), np.uint8)
    labels[:, :2] = 3
    settings = Settings(materials=((3, 6000.0),), poisson=0.0, tolerance=1e-10)
    assert measure(scan_of(labels), settings).apparent_modulus_mpa == pytest.approx(3000, rel=1e-8)
    marrow = replace(settings, materials=((0, 2.0), (3, 6000.0)))
    assert measure(scan_of(labels), marrow).apparent_modulus_mpa == pytest.approx(3001, rel=1e-8)


def test_bonded_platens_are_stiffer_than_sliding_ones() -> None:
    sliding = measure(frame(), SLIDING)
    bonded = measure(frame(), replace(SLIDING, platens="bonded"))
    assert bonded.apparent_modulus_mpa > 1.01 * sliding.apparent_modulus_mpa


def test_what_no_platen_holds_is_left_out_and_told() -> None:
    found = measure(frame(), SLIDING)
    assert (found.removed_elements, found.removed_parts) == (1, 1)
    assert found.elements == np.count_nonzero(frame().stored) - 1
    alone = measure(frame(), replace(SLIDING, bone=microct.Settings(binary=True, largest=True)))
    assert alone.removed_elements == 0
    assert alone.reaction_N == pytest.approx(found.reaction_N, rel=1e-8)


def test_stiffness_and_strength_grow_with_the_modulus_and_not_with_the_strain() -> None:
    once = measure(frame(), SLIDING)
    twice = measure(frame(), replace(SLIDING, modulus_mpa=16000.0))
    assert twice.apparent_modulus_mpa == pytest.approx(2 * once.apparent_modulus_mpa, rel=1e-8)
    assert twice.failure_load_N == pytest.approx(2 * once.failure_load_N, rel=1e-8)
    pulled = measure(frame(), replace(SLIDING, strain=-0.003))
    assert pulled.reaction_N == pytest.approx(-0.3 * once.reaction_N, rel=1e-8)
    assert pulled.reaction_N > 0
    assert pulled.apparent_modulus_mpa == pytest.approx(once.apparent_modulus_mpa, rel=1e-8)
    assert pulled.failure_load_N == pytest.approx(once.failure_load_N, rel=1e-8)


def test_a_critical_strain_and_volume_of_ones_own() -> None:
    once = measure(frame(), SLIDING)
    strict = measure(frame(), replace(SLIDING, critical_strain=0.0035))
    assert strict.failure_load_N == pytest.approx(once.failure_load_N / 2, rel=1e-10)
    wide = measure(frame(), replace(SLIDING, critical_volume=0.3))
    assert wide.failure_load_N > once.failure_load_N


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_mirror_changes_nothing(axis: int) -> None:
    plain = measure(frame(), SLIDING)
    mirrored = measure(scan_of(np.flip(frame().stored, axis)), SLIDING)
    for name in NAMES:
        assert getattr(mirrored, name) == pytest.approx(getattr(plain, name), rel=1e-7), name


def test_a_larger_voxel_has_the_same_modulus_and_a_larger_force() -> None:
    plain = measure(frame(), SLIDING)
    spacing = (0.15, 0.09, 0.06)
    large = measure(Scan(frame().stored, Grid(frame().grid.shape, spacing), Meaning.LABELS), SLIDING)
    assert large.apparent_modulus_mpa == pytest.approx(plain.apparent_modulus_mpa, rel=1e-8)
    assert large.reaction_N == pytest.approx(9 * plain.reaction_N, rel=1e-8)
    assert large.voxel_um == (150, 90, 60)


def test_a_threshold_finds_the_same_bone_as_a_binary_volume() -> None:
    binary = measure(frame(), SLIDING)
    grey = np.where(frame().stored, 900, 50).astype(np.int16)
    by_number = replace(SLIDING, bone=microct.Settings(threshold=500))
    found = measure(scan_of(grey, Meaning.DENSITY), by_number)
    assert found.reaction_N == binary.reaction_N
    assert (found.threshold, binary.threshold) == (500, None)
    otsu = measure(scan_of(grey, Meaning.DENSITY), replace(SLIDING, bone=microct.Settings()))
    assert otsu.reaction_N == binary.reaction_N


def test_the_solution_comes_with_the_numbers() -> None:
    done = compress(frame(), SLIDING)
    strain = element_fields(done.solution, "effective_strain")["effective_strain"]
    assert strain.size == done.strength.elements
    assert np.quantile(strain, 0.98) == pytest.approx(done.strength.effective_strain, rel=1e-12)


def test_without_a_modulus_the_assumed_one_is_taken() -> None:
    found = measure(scan_of(np.ones((2, 2, 2), bool)), replace(SLIDING, modulus_mpa=None))
    assert found.apparent_modulus_mpa == pytest.approx(10000, rel=1e-8)


def test_rows_name_value_unit_and_method() -> None:
    settings = Settings(bone=BINARY, modulus_mpa=8000.0, axis="y", strain=-0.02, species="rat")
    found = measure(frame(), settings)
    table = rows(found)
    assert tuple(row.name for row in table) == NAMES
    by_name = {row.name: row for row in table}
    for name, unit in zip(NAMES, ("1", "MPa", "N/mm", "N", "N"), strict=True):
        assert by_name[name].value == getattr(found, name)
        assert by_name[name].unit == unit
    words = by_name["failure_load_N"].method
    for part in ("2 %", "0.007", "Pistoia", "along y", "held across", "0.02 stretch", "8000 MPa", "ν 0.3"):
        assert part in words, part


def test_json_has_plain_numbers_only() -> None:
    plain = measure(frame(), SLIDING).as_json()
    assert plain["shape"] == [6, 7, 8]
    assert plain["voxel_um"] == [50, 30, 20]
    assert "threshold" not in plain
    assert "method" not in plain
    for name in ("elements", "dofs", "iterations", "removed_elements", "removed_parts"):
        assert type(plain[name]) is int, name
    for name in ("reaction_N", "relative_residual", "imbalance", "bv_tv", "failure_load_N"):
        assert type(plain[name]) is float, name
