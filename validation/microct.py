"""Micro-CT: real slices with listed numbers, and shapes of known surface."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.assay import microct
from spondyl.volume import Grid, Meaning, Scan, read
from validation.row import Row, number


def slices(shared: Path) -> Iterator[Row]:
    """Human trabecular bone, 200 slices of 19.5 um."""
    subject = "trabecular_3155"
    scan = read(shared / "microct" / "trabecular_3155", voxel_mm=0.0195)
    otsu = microct.measure(scan, microct.Settings(gaussian_voxels=1), architecture=False)
    yield number(subject, "Otsu threshold", 80.92566349845595, otsu.threshold, relative=1e-9)
    for truth, largest in ((23.37425, False), (23.36995, True)):
        found = microct.measure(
            scan, microct.Settings(threshold=63, gaussian_voxels=1, largest=largest), architecture=False
        )
        check = "BV/TV at 63" + (", largest part" if largest else "")
        yield number(subject, check, truth, 100 * found.bv_tv, absolute=0.001, unit="%")


def surfaces() -> Iterator[Row]:
    """Bone surface of shapes whose surface is known, grey (partial volumes) and binary."""
    for name, truth, distance in _shapes():
        grey = np.clip(0.5 - distance, 0.0, 1.0)
        scan = Scan(grey, Grid(grey.shape, (1.0, 1.0, 1.0)), Meaning.RAW)
        found = microct.measure(scan, microct.Settings(threshold=0.5), architecture=False)
        yield number(f"{name}, grey", "BS", truth, found.bs_mm2, relative=0.02, unit="mm²")
        bone = (distance < 0).astype(np.uint8)
        scan = Scan(bone, Grid(bone.shape, (1.0, 1.0, 1.0)), Meaning.LABELS)
        found = microct.measure(scan, microct.Settings(binary=True), architecture=False)
        yield number(f"{name}, binary", "BS", truth, found.bs_mm2, relative=0.02, unit="mm²")


def _shapes() -> Iterator[tuple[str, float, NDArray[np.float64]]]:
    edge = 72
    z, y, x = np.meshgrid(
        *[np.arange(edge) - (edge - 1) / 2 + shift for shift in (0.13, 0.27, 0.41)], indexing="ij"
    )
    for radius in (8.0, 16.0, 30.0):
        yield f"sphere, radius {radius:g}", 4 * math.pi * radius**2, np.sqrt(z**2 + y**2 + x**2) - radius
    ring = np.hypot(y, x) - 20
    yield "torus 20 / 8", 4 * math.pi**2 * 20 * 8, np.hypot(ring, z) - 8
