"""Compression: a published test, and true curves measured back through the virtual rig.

``python -m validation.compression`` prints the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from spondyl.assay.compression import LoadCurve, Settings, Stated, measure, read
from spondyl.instrument.rig import Rig, Specimen, compress, parametric, rig
from validation.row import Row, number

TESTS = 40
SHAPES = {
    "rat vertebra": parametric(600.0, 100.0, 150.0, 0.33),
    "curving early": parametric(600.0, 60.0, 150.0, 0.45),
    "breaking early": parametric(600.0, 135.0, 150.0, 0.28),
}
TRUE = {"stiffness_N_per_mm": 600.0, "ultimate_load_N": 150.0}
TOLERANCE = {
    "stiffness_N_per_mm": 0.02,
    "yield_load_N": 0.03,
    "ultimate_load_N": 0.02,
    "ultimate_displacement_mm": 0.03,
    "energy_N_mm": 0.04,
}


def steel(shared: Path) -> Iterator[Row]:
    """The bar of steel 1045, by the shipped settings."""
    units = Stated(units={"force": "N", "displacement": "m"})
    curve = read(shared / "mechanics" / "steel" / "tensile_steel_1045.csv", units)
    found = measure(curve, Settings(length_mm=75.0, area_mm2=math.pi * 25.0))
    for check, truth, value in (
        ("Young's modulus, GPa", "258.33", (found.modulus_mpa or 0) / 1000),
        ("0.2 % offset yield, MPa", "765.22", found.yield_stress_mpa),
        ("ultimate stress, MPa", "951.30", found.ultimate_stress_mpa),
        ("ultimate strain, %", "1.86", 100 * (found.ultimate_strain or 0)),
    ):
        yield Row("steel 1045", check, truth, f"{value:.2f}", "every digit", f"{value:.2f}" == truth)


def recovery() -> Iterator[Row]:
    """True curves through the rig and back, over its settings; machine and embedding taken off."""
    machine = rig()
    for label, changed in (
        ("as shipped", machine),
        ("noise of 2 N (1.3 %)", replace(machine, noise_N=2.0)),
        ("1 sample a second", replace(machine, samples_per_s=1.0)),
        ("100 samples a second", replace(machine, samples_per_s=100.0)),
        ("machine of 2 kN/mm", replace(machine, machine_N_per_mm=2000.0)),
        ("gap of 0.1 mm", replace(machine, gap_mm=0.1)),
    ):
        yield from _back(f"rig, {label}", SHAPES["rat vertebra"], changed)
    for label, specimen in list(SHAPES.items())[1:]:
        yield from _back(f"rig as shipped, {label}", specimen, machine)
    yield from _own_effect(machine)


def _back(subject: str, specimen: Specimen, machine: Rig) -> Iterator[Row]:
    true = measure(LoadCurve(specimen.displacement_mm, specimen.load_N), Settings(toe="off"))
    how = Settings(compliance_mm_per_N=machine.compliance_mm_per_N)
    found = [measure(compress(specimen, machine, seed=seed), how) for seed in range(TESTS)]
    for name, tolerance in TOLERANCE.items():
        truth = TRUE.get(name, getattr(true, name))
        values = [getattr(one, name) for one in found if getattr(one, name) is not None]
        spread = 100 * float(np.std(values)) / truth
        check = f"{name}, mean of {TESTS} tests (spread {spread:.1f} %)"
        yield number(subject, check, truth, float(np.mean(values)), relative=tolerance)


def _own_effect(machine: Rig) -> Iterator[Row]:
    """What the rig adds when nobody takes it off is its compliance and no more."""
    quiet = replace(machine, noise_N=0.0, gain=0.0)
    found = measure(compress(SHAPES["rat vertebra"], quiet, seed=1))
    series = 1 / (1 / 600 + machine.compliance_mm_per_N)
    yield number(
        "rig as shipped, nothing taken off", "stiffness of specimen, embedding and machine in series, N/mm",
        series, found.stiffness_N_per_mm, relative=0.005,
    )  # fmt: skip
