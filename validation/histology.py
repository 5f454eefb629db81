"""Sections of known tissues in many slides, measured back.

The truth is that of the virtual microtome: no annotated
section of bone is at hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from spondyl.assay import histology
from spondyl.assay.histology import Section, Stain
from spondyl.assay.histology.surfaces import perimeter_mm
from spondyl.instrument import microtome
from spondyl.instrument.microtome import TISSUES, Cut
from spondyl.instrument.microtome.cut import SOLID
from validation.row import Row, below

SLIDES = int(os.environ.get("SPONDYL_VALIDATION_SLIDES", "48"))
NAMES = ("marrow", "soft", "cartilage", "bone", "osteoid", "new_bone", "scaffold", "void")
USUAL = np.array([3, 2, 1, 2, 0.7, 1.5, 1.5, 1.0])
PIXELS = 400
FIRST = 100
"""Seed of the first slide; those below were looked at while the method was made."""
BAR = 3.0


def truth(cut: Cut, how: Stain) -> NDArray[np.int8]:
    """Return the tissue that each pixel of a cut is in a stain."""
    found = np.array([how.tissues.index(how.like(name)) for name in TISSUES], np.int8)[cut.labels]
    if how.name == "trap":
        found[cut.osteoclasts > 0] = how.tissues.index("positive")
    return found


def recovery() -> Iterator[Row]:
    """Errors of areas, percentage points of the picture, over slides; and of the number of osteoclasts."""
    errors: dict[tuple[str, str], list[float]] = {}
    bone, clasts = [], []
    lengths: dict[str, list[float]] = {}
    for seed in range(FIRST, FIRST + SLIDES):
        draws = np.random.Generator(np.random.Philox(key=[seed, 26]))
        shares = dict(zip(NAMES, draws.dirichlet(2 * USUAL).tolist(), strict=True))
        cut = microtome.synthetic(shares, seed=seed, pixels=PIXELS, osteoclasts_per_mm3=400)
        for name in histology.STAINS:
            picture = microtome.photograph(cut, name, microtome.slide(name, seed=seed), seed=seed)
            section = Section(picture.astype(np.float32) / 255, cut.pixel_um)
            found, how = histology.measure(section, name), histology.stain(name)
            true = truth(cut, how)
            for number, tissue in enumerate(how.tissues):
                wrong = 100 * float((found.labels == number).mean() - (true == number).mean())
                errors.setdefault((name, tissue), []).append(wrong)
            if name == "he":
                whole = [how.tissues.index(one) for one in ("bone", "new_bone")]
                bone.append(100 * float(np.isin(found.labels, whole).mean() - np.isin(true, whole).mean()))
            if found.b_pm_mm is not None:
                solid = np.isin(cut.labels, [TISSUES.index(one) for one in SOLID])
                lengths.setdefault(name, []).append(found.b_pm_mm / perimeter_mm(solid, cut.pixel_um) - 1)
            if name == "trap":
                clasts.append((found.n_oc or 0) - int(cut.osteoclasts.max()))
    for (name, tissue), wrong in errors.items():
        spread = f"mean {np.mean(wrong):+.1f}, largest"
        yield below(
            f"histology, {name}",
            f"{tissue}, {SLIDES} slides, error in points: {spread}",
            BAR,
            float(np.abs(wrong).max()),
            "",
        )
    for name in histology.STAINS:
        worst = np.max([np.abs(wrong) for (kind, _), wrong in errors.items() if kind == name], axis=0)
        yield below(
            f"histology, {name}", f"slides of {SLIDES} with a tissue beyond {BAR:g} points", 0.0,
            float((worst > BAR).sum()), ""
        )  # fmt: skip
    yield below(
        "histology, he", "bone of both kinds, largest error in points", BAR, float(np.abs(bone).max()), ""
    )
    for name, wrong in lengths.items():
        spread = f"largest error (mean {np.mean(wrong):+.3f})"
        yield below(
            f"histology, {name}", f"perimeter of bone, {SLIDES} slides, {spread}", 0.05,
            float(np.abs(wrong).max()), ""
        )  # fmt: skip
    told = f"mean {np.mean(clasts):+.2f}, largest {np.abs(clasts).max():.0f}"
    yield Row("histology, trap", f"osteoclasts, {SLIDES} slides", "0", told, "1", max(map(abs, clasts)) <= 1)
