"""Spheroids of known size in pictures of many kinds, measured back; and the shared sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from spondyl.assay import spheroids
from spondyl.assay.spheroids import Channels, Micrograph
from spondyl.errors import MeasurementError
from spondyl.instrument import microscope
from spondyl.instrument.microscope import Ball, Optics
from validation.row import Row, below

FIRST, WELLS = 24, 24
"""Seeds that nothing was tried on, and their number."""

EMPTY = 24


def _ball(radius: float, core: float, dead: float) -> Ball:
    return Ball(radius, np.array([core * radius, radius]), np.array([1 - dead, 0.95]))


def _optics(draws: np.random.Generator) -> Optics:
    return replace(
        microscope.optics(),
        blur_um=float(draws.uniform(0.5, 3.0)),
        shading=float(draws.uniform(0, 0.4)),
        noise=float(draws.uniform(0, 0.02)),
        photons=float(draws.uniform(300, 5000)),
    )


def recovery() -> Iterator[Row]:
    """Wells in phase contrast and confocal sections over noise, blur and illumination."""
    diameters, sections, dead, lost = [], [], [], 0
    for seed in range(FIRST, FIRST + WELLS):
        draws = np.random.Generator(np.random.Philox(key=[seed, 8]))
        how = _optics(draws)
        balls = [_ball(float(r), 0.4, 0.9) for r in draws.uniform(60, 140, 6)]
        balls = sorted(microscope.placed(balls, how.wide_um, seed=seed), key=lambda one: one.x_um)
        seen = microscope.phase_contrast(balls, how, seed=seed).astype(np.float32)
        found = spheroids.measure(Micrograph(seen, how.pixel_um, 255.0)).spheroids
        lost += abs(len(found) - len(balls))
        if len(found) == len(balls):
            diameters += [a.diameter_um / (2 * b.radius_um) - 1 for a, b in zip(found, balls, strict=True)]
        one = _ball(
            float(draws.uniform(120, 320)), float(draws.uniform(0.2, 0.7)), float(draws.uniform(0.5, 1))
        )
        (placed,) = microscope.placed([one], how.wide_um, seed=seed)
        values, (true,) = microscope.confocal([placed], how, seed=seed)
        section = Micrograph(values.astype(np.float32), how.pixel_um, 255.0)
        told = spheroids.measure(section, Channels(1, living=2, dead=3)).spheroids[0]
        sections.append(told.diameter_um / (2 * placed.radius_um) - 1)
        dead.append((told.dead_fraction or 0.0) - true)
    each = f"{WELLS} wells of 6"
    yield Row("spheroid pictures", f"spheroids missed or doubled, {each}", "0", str(lost), "0", lost == 0)
    yield below("spheroid pictures", f"diameter in phase contrast, {each}, largest error", 0.02,
                float(np.abs(diameters).max()), "")  # fmt: skip
    yield below("spheroid pictures", f"diameter in {WELLS} sections, largest error", 0.02,
                float(np.abs(sections).max()), "")  # fmt: skip
    yield below("spheroid pictures", f"dead fraction in {WELLS} sections, largest error", 0.03,
                float(np.abs(dead).max()), "")  # fmt: skip


def nothing() -> Iterator[Row]:
    """Pictures that show no spheroid: noise at several scales, uneven light, empty wells."""
    from scipy.ndimage import gaussian_filter

    y, x = np.mgrid[-1:1:400j, -1:1:400j]
    found = {"empty well": 0, "noise": 0, "smooth noise": 0, "uneven light": 0}
    for seed in range(EMPTY):
        draws = np.random.Generator(np.random.Philox(key=[seed, 88]))
        well = microscope.phase_contrast([], replace(_optics(draws), pixels=400, pixel_um=2.0), seed=seed)[0]
        noise = draws.normal(0, 1, x.shape)
        smooth = gaussian_filter(noise, float(draws.choice([3, 10, 20, 50])))
        light = np.cos(x * draws.uniform(0, 3) + draws.uniform(-2, 2)) * np.cos(y * draws.uniform(0, 3))
        shown = (well, 100 + 10 * noise, smooth / smooth.std(), 200 * light + 3 * noise)
        for name, values in zip(found, shown, strict=True):
            try:
                told = spheroids.measure(Micrograph(values[None].astype(np.float32), 2.0))
            except MeasurementError:
                continue
            found[name] += len(told.whole)
    for name, count in found.items():
        yield Row("spheroid pictures", f"spheroids in {EMPTY} pictures of nothing, {name}", "0", str(count),
                  "0", count == 0)  # fmt: skip


def real(shared: Path) -> Iterator[Row]:
    """The shared sections, for which no numbers are given."""
    for path in sorted((shared / "spheroid" / "micrographs").glob("*.tif")):
        picture = spheroids.read(path, 1 / 0.8045)
        one = spheroids.measure(picture, Channels(1, living=3, cycling=2, dead=4)).spheroids[0]
        told = (
            f"radius {one.diameter_um / 2:.1f} µm, inhibited {one.inhibited_share:.3f}, "
            f"necrotic {one.necrotic_share:.3f}, circularity {one.circularity:.3f}"
        )
        yield Row("spheroid pictures", path.stem, "none given", told, "")
