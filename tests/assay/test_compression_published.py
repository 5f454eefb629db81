"""Compression against the published numbers of steel 1045 (a tensile test, the same formulas)."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from spondyl.assay.compression import Settings, Stated, measure, read

pytestmark = pytest.mark.shared
UNITS = Stated(units={"force": "N", "displacement": "m"})
BAR = Settings(length_mm=75.0, area_mm2=math.pi * 25.0)


def test_steel_1045(shared_data: Path):
    found = measure(read(shared_data / "mechanics" / "steel" / "tensile_steel_1045.csv", UNITS), BAR)
    assert f"{found.modulus_mpa / 1000:.2f} GPa" == "258.33 GPa"
    assert f"{found.yield_stress_mpa:.2f} MPa" == "765.22 MPa"
    assert f"{found.ultimate_stress_mpa:.2f} MPa" == "951.30 MPa"
    assert f"{100 * found.ultimate_strain:.2f} %" == "1.86 %"
    assert found.toe_mm == 0.0


def test_the_machines_own_displacement_has_a_toe_and_a_compliance(shared_data: Path):
    folder = shared_data / "mechanics" / "steel"
    machine = read(folder / "tensile_steel_1045_deformation_using_machine.csv", UNITS)
    found = measure(machine, BAR)
    assert found.toe_mm > 0.5
    assert found.ultimate_stress_mpa == pytest.approx(951.3, rel=0.005)
    # The machine stretches, too: taken off, the bar is as stiff as under the extensometer.
    gives_way = 1 / found.stiffness_N_per_mm - 75.0 / (258334.0 * math.pi * 25.0)
    again = measure(machine, Settings(75.0, math.pi * 25.0, compliance_mm_per_N=gives_way))
    assert again.modulus_mpa > 10 * found.modulus_mpa
