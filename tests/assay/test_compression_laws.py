"""What holds for every load curve: exact curves give exact numbers, noise and truncation do little harm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spondyl.assay.compression import LoadCurve, Settings, measure
from spondyl.errors import MeasurementError

K, TOP = 400.0, 120.0


def bilinear(
    toe: float = 0.0, noise: float = 0.0, end: float = 0.9, seed: int = 0, samples: int = 901
) -> LoadCurve:
    """Zero until the toe ends, K to 80 N, a quarter of K to 120 N, then down to 60 N."""
    x = np.linspace(0.0, end, samples)
    s = np.maximum(x - toe, 0.0)
    load = np.interp(s, [0.0, 80 / K, 80 / K + 40 / (K / 4), 0.8, 2.0], [0.0, 80.0, TOP, 60.0, 60.0])
    return LoadCurve(x, load + noise * np.random.default_rng(seed).standard_normal(x.size))


def test_an_exact_curve_gives_exact_numbers():
    found = measure(bilinear(), Settings(length_mm=10.0, area_mm2=20.0))
    assert found.stiffness_N_per_mm == pytest.approx(K, rel=1e-9)
    assert found.modulus_mpa == pytest.approx(K * 10 / 20, rel=1e-9)
    assert found.ultimate_load_N == pytest.approx(TOP, rel=1e-6)
    assert found.ultimate_displacement_mm == pytest.approx(0.6, abs=1e-9)
    # The line moved by 0.02 mm meets the second part where K (x - 0.02) = 80 + K/4 (x - 0.2).
    at = (80 - K / 4 * 0.2 + K * 0.02) / (K * 0.75)
    assert found.yield_displacement_mm == pytest.approx(at, abs=0.0011)
    assert found.yield_load_N == pytest.approx(80 + K / 4 * (at - 0.2), rel=2e-3)
    assert found.energy_N_mm == pytest.approx(0.5 * 80 * 0.2 + 0.5 * (80 + TOP) * 0.4, rel=1e-5)
    fallen = 0.6 + 0.1 * TOP / (60 / 0.2)
    assert found.post_yield_displacement_mm == pytest.approx(fallen - at, abs=0.0025)
    assert found.ultimate_stress_mpa == pytest.approx(6.0, rel=1e-6)


def test_a_toe_is_taken_off():
    plain, late = measure(bilinear()), measure(bilinear(toe=0.05, end=0.95))
    assert late.toe_mm == pytest.approx(0.05, abs=1e-6)
    assert late.ultimate_displacement_mm == pytest.approx(plain.ultimate_displacement_mm, abs=2e-3)
    assert late.yield_load_N == pytest.approx(plain.yield_load_N, rel=5e-3)
    kept = measure(bilinear(toe=0.05, end=0.95), Settings(toe="off", region=(0.2, 0.6)))
    assert kept.ultimate_displacement_mm == pytest.approx(late.ultimate_displacement_mm + 0.05, abs=2e-3)


def test_the_machine_is_taken_off():
    curve = bilinear(toe=0.05, end=0.95)
    soft = replace(curve, displacement_mm=curve.displacement_mm + curve.load_N / 2000)
    assert measure(soft).stiffness_N_per_mm == pytest.approx(1 / (1 / K + 1 / 2000), rel=1e-6)
    found = measure(soft, Settings(compliance_mm_per_N=1 / 2000))
    assert found.stiffness_N_per_mm == pytest.approx(K, rel=1e-6)
    assert found.ultimate_displacement_mm == pytest.approx(0.6, abs=2e-3)
    with pytest.raises(MeasurementError, match="next to nothing"):
        measure(soft, Settings(compliance_mm_per_N=1 / 100))


@given(factor=st.floats(0.05, 50.0), stretch=st.floats(0.1, 10.0))
def test_units_of_load_and_length_scale_through(factor, stretch):
    curve = bilinear()
    scaled = replace(curve, load_N=factor * curve.load_N, displacement_mm=stretch * curve.displacement_mm)
    one, other = measure(curve), measure(replace(scaled, stated=True))
    assert other.stiffness_N_per_mm == pytest.approx(one.stiffness_N_per_mm * factor / stretch, rel=1e-9)
    assert other.yield_load_N == pytest.approx(one.yield_load_N * factor, rel=1e-9)
    assert other.energy_N_mm == pytest.approx(one.energy_N_mm * factor * stretch, rel=1e-9)


@pytest.mark.parametrize("noise", [0.1, 0.5, 2.0])
def test_noise_does_little_harm(noise):
    found = [measure(bilinear(toe=0.05, end=0.95, noise=noise, seed=seed)) for seed in range(8)]
    stiffness = np.array([one.stiffness_N_per_mm for one in found])
    assert abs(stiffness.mean() / K - 1) < 0.005 + 0.01 * noise
    assert stiffness.std() / K < 0.005 + 0.02 * noise
    for one in found:
        assert one.ultimate_load_N == pytest.approx(TOP, rel=0.02)
        assert one.yield_load_N == pytest.approx(87.0, rel=0.05 + 0.04 * noise)


def test_a_record_that_ends_early_says_so():
    found = measure(bilinear(end=0.5, samples=501))
    assert found.stiffness_N_per_mm == pytest.approx(K, rel=1e-6)
    assert found.post_yield_displacement_mm is None
    assert any("end too early" in said for said in found.remarks)
    short = measure(bilinear(end=0.15, samples=151))
    assert short.yield_load_N is None
    assert any("no yield" in said for said in short.remarks)
    assert short.as_json()["yield_load_N"] is None


def test_crushed_bone_that_hardens_again_keeps_its_first_peak():
    curve = bilinear(end=1.6, samples=1601)
    harder = np.where(
        curve.displacement_mm > 1.0, curve.load_N + 300 * (curve.displacement_mm - 1.0), curve.load_N
    )
    found = measure(replace(curve, load_N=harder))
    assert found.ultimate_load_N == pytest.approx(TOP, rel=1e-6)
    assert any("rises again" in said for said in found.remarks)


def test_a_sudden_drop_keeps_the_peak_before_it():
    x = np.linspace(0, 0.4, 401)
    load = np.where(x <= 0.3, K * x, 5.0) + 0.4 * np.random.default_rng(1).standard_normal(401)
    found = measure(LoadCurve(x, load))
    assert found.ultimate_load_N == pytest.approx(120.0, rel=0.01)


def test_a_preload_is_told():
    curve = bilinear()
    found = measure(replace(curve, load_N=curve.load_N + 10.0))
    assert any("begins at 10" in said or "begins at 11" in said for said in found.remarks)


def test_a_chosen_region_and_offset_are_used():
    found = measure(bilinear(), Settings(region=(0.3, 0.5), offset_mm=0.02))
    low, high = bilinear().load_N[[found.straight.first, found.straight.last]]
    assert (low, high) == (pytest.approx(0.3 * TOP, abs=0.5), pytest.approx(0.5 * TOP, abs=0.5))
    assert found.yield_load_N == pytest.approx(measure(bilinear(), Settings(length_mm=10.0)).yield_load_N)


def test_a_load_that_never_rises_has_no_straight_part():
    x = np.linspace(0, 1, 60)
    with pytest.raises(MeasurementError, match="no straight part"):
        measure(LoadCurve(x, 100.0 - 50 * x))


@pytest.mark.parametrize(
    "settings",
    [
        {"length_mm": -1.0},
        {"area_mm2": float("nan")},
        {"compliance_mm_per_N": -1.0},
        {"region": (0.7, 0.3)},
        {"offset_strain": 0.002},
        {"offset_strain": 0.002, "offset_mm": 0.1, "length_mm": 5.0},
        {"toe": "yes"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(MeasurementError):
        Settings(**settings)
