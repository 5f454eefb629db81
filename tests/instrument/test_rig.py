"""The virtual test rig: its own effects are named terms, and what it records is measured back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spondyl.assay import compression
from spondyl.assay.compression import LoadCurve, Settings, measure
from spondyl.errors import MeasurementError, MechanicsError
from spondyl.instrument.rig import LAYOUTS, Rig, Specimen, compress, export, parametric, rig

BONE = parametric(600.0, 100.0, 150.0, 0.33)


@pytest.fixture(scope="module")
def ideal() -> Rig:
    """A machine that adds nothing of its own."""
    none = dict.fromkeys(
        ("approach_mm", "gap_mm", "noise_N", "gain", "preload_N", "step_mm", "rate_exponent"), 0.0
    )
    return replace(rig(), machine_N_per_mm=np.inf, embedding_N_per_mm=np.inf, **none)


def test_an_ideal_machine_records_the_true_curve(ideal):
    record = compress(BONE, ideal, seed=1)
    np.testing.assert_allclose(
        record.load_N, np.interp(record.displacement_mm, BONE.displacement_mm, BONE.load_N), atol=1e-9
    )
    assert record.time_s[1] == pytest.approx(0.1)


def test_machine_and_embedding_are_in_series_and_taken_off_again(ideal):
    soft = replace(ideal, machine_N_per_mm=4000.0, embedding_N_per_mm=1000.0)
    record = compress(BONE, soft, seed=1)
    series = 1 / (1 / 600 + 1 / 4000 + 1 / 1000)
    assert measure(record).stiffness_N_per_mm == pytest.approx(series, rel=1e-3)
    found = measure(record, Settings(compliance_mm_per_N=soft.compliance_mm_per_N))
    assert found.stiffness_N_per_mm == pytest.approx(600.0, rel=1e-3)
    assert found.ultimate_load_N == pytest.approx(150.0, rel=1e-3)


def test_a_gap_makes_a_toe_and_an_approach_a_flat_start(ideal):
    record = compress(BONE, replace(ideal, gap_mm=0.05, approach_mm=0.1), seed=1)
    found = measure(record)
    assert found.toe_mm == pytest.approx(0.15, abs=0.003)
    assert found.stiffness_N_per_mm == pytest.approx(600.0, rel=0.01)


def test_a_steep_fall_on_a_soft_machine_is_a_sudden_drop(ideal):
    brittle = Specimen(np.array([0.0, 0.25, 0.26, 0.6]), np.array([0.0, 150.0, 20.0, 20.0]))
    record = compress(brittle, replace(ideal, machine_N_per_mm=1000.0), seed=1)
    assert (np.diff(record.displacement_mm) > 0).all()
    assert np.diff(record.load_N).min() < -100


def test_faster_loading_makes_bone_stiffer_and_stronger(ideal):
    fast = replace(ideal, speed_mm_per_s=10 * ideal.speed_mm_per_s, rate_exponent=0.06, samples_per_s=200.0)
    found = measure(compress(BONE, fast, seed=1))
    assert found.ultimate_load_N / 150.0 == pytest.approx(10**0.06, rel=1e-3)


def test_one_seed_is_one_record():
    first, again, other = (compress(BONE, rig(), seed=seed).load_N for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[:50], other[:50])


@pytest.mark.parametrize("maker", list(LAYOUTS))
def test_what_a_maker_writes_is_read_back(tmp_path: Path, maker):
    record = compress(BONE, rig(), seed=3, name="L5")
    curve = compression.read(export(record, tmp_path / "L5.csv", maker))
    np.testing.assert_allclose(curve.load_N, record.load_N, atol=6e-5)
    np.testing.assert_allclose(curve.displacement_mm, record.displacement_mm, atol=6e-6)
    assert measure(curve).ultimate_load_N == pytest.approx(measure(record).ultimate_load_N, rel=1e-5)


def test_recovery_by_the_shipped_machine():
    machine = rig()
    how = Settings(compliance_mm_per_N=machine.compliance_mm_per_N)
    found = [measure(compress(BONE, machine, seed=seed), how) for seed in range(12)]
    assert np.mean([one.stiffness_N_per_mm for one in found]) == pytest.approx(600.0, rel=0.01)
    assert np.mean([one.ultimate_load_N for one in found]) == pytest.approx(150.0, rel=0.01)
    assert np.mean([one.ultimate_displacement_mm for one in found]) == pytest.approx(0.33, rel=0.02)
    true = measure(LoadCurve(BONE.displacement_mm, BONE.load_N), Settings(toe="off"))
    assert np.mean([one.energy_N_mm for one in found]) == pytest.approx(true.energy_N_mm, rel=0.03)
    assert np.mean([one.yield_load_N for one in found]) == pytest.approx(true.yield_load_N, rel=0.02)


def test_what_cannot_be_is_refused(ideal, tmp_path):
    with pytest.raises(MechanicsError, match="above the end"):
        parametric(600.0, 160.0, 150.0, 0.33)
    with pytest.raises(MechanicsError, match="right of the elastic line"):
        parametric(600.0, 100.0, 150.0, 0.2)
    with pytest.raises(MechanicsError, match="samples"):
        compress(BONE, replace(ideal, samples_per_s=0.001), seed=1)
    with pytest.raises(MechanicsError, match="noise_N"):
        replace(ideal, noise_N=-1.0)
    with pytest.raises(MechanicsError, match="rise from 0"):
        Specimen(np.array([0.0, 0.0, 1.0]), np.ones(3))
    with pytest.raises(MeasurementError, match="Did you mean 'instron'"):
        export(compress(BONE, ideal, seed=1), tmp_path / "x.csv", "instrom")
