"""Bone formed, resorbed and kept between two registered scans, and the rates that follow.

The nomenclature of dynamic histomorphometry applied to images, after the in vivo micro-CT of Schulte et al.
2011: formation is bone that is new in the follow-up, resorption bone that is gone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.timelapse.interface import interface_mm2
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid

Bools = NDArray[np.bool_]

QUIESCENT, FORMED, RESORBED = 1, 2, 3
NAMES = {QUIESCENT: "quiescent", FORMED: "formed", RESORBED: "resorbed"}

RESOLVED_VOXELS = 2.0
"""Packets thinner than this are seen in part only."""

RULE = (
    "formed: bone in the follow-up only; resorbed: bone in the baseline only; apposition and resorption "
    "rates: volume of the packets over the mean of the areas of their two surfaces (voxel faces, "
    "each by the cosine of the angle to the surface) and over the days between the scans"
)


@dataclass(frozen=True, slots=True, eq=False)
class Remodelling:
    """What happened to the bone between two scans.

    Parameters
    ----------
    days : between the scans.
    tv_mm3 : volume seen in both scans and inside the volume of interest.
    bv_baseline_mm3, bv_followup_mm3 : bone in it.
    formed_mm3, resorbed_mm3, quiescent_mm3 : bone that is new, gone and kept.
    formed_bv, resorbed_bv : shares of the baseline's bone volume.
    mar_um_day, mrr_um_day : mineral apposition and resorption rate, µm/day; None without such
        bone.
    ms_bs, es_bs : share of the baseline's surface that formed on, and that was eroded.
    bfr_bs_um_day, brr_bs_um_day : bone formation and resorption rate over the surface, µm³/µm²/day; None, as
        the two before, where the baseline has no surface.
    bfr_bv_percent_day, brr_bv_percent_day : the same over the bone volume, % a day.
    labels : uint8: 0 no bone or not compared, 1 quiescent, 2 formed, 3 resorbed.
    rule : what counts, in words.
    remarks : what to doubt.
    """

    days: float
    tv_mm3: float
    bv_baseline_mm3: float
    bv_followup_mm3: float
    formed_mm3: float
    resorbed_mm3: float
    quiescent_mm3: float
    formed_bv: float
    resorbed_bv: float
    mar_um_day: float | None
    mrr_um_day: float | None
    ms_bs: float | None
    es_bs: float | None
    bfr_bs_um_day: float | None
    brr_bs_um_day: float | None
    bfr_bv_percent_day: float
    brr_bv_percent_day: float
    labels: NDArray[np.uint8]
    rule: str
    remarks: tuple[str, ...]


def remodelling(
    baseline: Bools, followup: Bools, grid: Grid, *, days: float, voi: Bools | None = None
) -> Remodelling:
    """Compare the bone of two registered scans on one grid.

    Parameters
    ----------
    baseline, followup : True in bone, shape ``grid.shape``.
    grid : of both.
    days : between the scans.
    voi : where to compare; what the follow-up does not show must be left out of it. None for everywhere.

    Raises
    ------
    MeasurementError
        If shapes differ, the days are not above zero, or the volume of interest holds no bone at baseline.
    """
    _refuse(baseline, followup, grid, days, voi)
    where = np.ones(grid.shape, dtype=np.bool_) if voi is None else voi
    labels = _labels(baseline, followup, where)
    kept, formed, resorbed = (
        int(n) * grid.voxel_mm3 for n in np.bincount(labels.ravel(), minlength=4)[1:].tolist()
    )
    if kept + resorbed == 0:
        given = "no bone at baseline in the volume of interest"
        raise MeasurementError(Mistake("time-lapse", given, "must hold at least one bone voxel"))
    formed_at, resorbed_at = labels == FORMED, labels == RESORBED
    base = interface_mm2(baseline, grid, where, formed_at, resorbed_at)
    new = interface_mm2(followup, grid, where, resorbed_at, formed_at)
    surface = base.whole
    mar = _rate(formed, base.outside, new.inside, days)
    mrr = _rate(resorbed, base.inside, new.outside, days)
    bv = kept + resorbed
    return Remodelling(
        days=days,
        tv_mm3=int(np.count_nonzero(where)) * grid.voxel_mm3,
        bv_baseline_mm3=bv,
        bv_followup_mm3=kept + formed,
        formed_mm3=formed,
        resorbed_mm3=resorbed,
        quiescent_mm3=kept,
        formed_bv=formed / bv,
        resorbed_bv=resorbed / bv,
        mar_um_day=mar,
        mrr_um_day=mrr,
        ms_bs=_over(base.outside, surface),
        es_bs=_over(base.inside, surface),
        bfr_bs_um_day=_over(1000 * formed / days, surface),
        brr_bs_um_day=_over(1000 * resorbed / days, surface),
        bfr_bv_percent_day=100 * formed / bv / days,
        brr_bv_percent_day=100 * resorbed / bv / days,
        labels=labels,
        rule=RULE,
        remarks=_remarks(mar, mrr, days, grid),
    )


def _labels(baseline: Bools, followup: Bools, where: Bools) -> NDArray[np.uint8]:
    labels = np.zeros(where.shape, dtype=np.uint8)
    labels[baseline & followup & where] = QUIESCENT
    labels[followup & ~baseline & where] = FORMED
    labels[baseline & ~followup & where] = RESORBED
    return labels


def _over(amount: float, surface: float) -> float | None:
    return amount / surface if surface > 0 else None


def _rate(volume: float, one: float, other: float, days: float) -> float | None:
    """Return the thickness of packets with two surfaces, µm a day; exact on planes and cylinders."""
    area = (one + other) / 2
    return 1000 * volume / area / days if volume > 0 and area > 0 else None


def _remarks(mar: float | None, mrr: float | None, days: float, grid: Grid) -> tuple[str, ...]:
    said = []
    for name, rate in (("Formed", mar), ("Resorbed", mrr)):
        voxels = 0.0 if rate is None else rate * days / 1000 / grid.voxel_mm3 ** (1 / 3)
        if 0 < round(voxels, 3) < RESOLVED_VOXELS:
            said.append(
                f"{name} packets are {voxels:.1f} voxels thick on average; below {RESOLVED_VOXELS:g} "
                "voxels the thinnest are not seen, and the rate is too high and the surface too small."
            )
    return tuple(said)


def _refuse(baseline: Bools, followup: Bools, grid: Grid, days: float, voi: Bools | None) -> None:
    wrong = []
    for name, mask in (("baseline", baseline), ("follow-up", followup), ("volume of interest", voi)):
        if mask is not None and mask.shape != grid.shape:
            given = f"a {name} of shape {mask.shape}"
            wrong.append(Mistake("time-lapse", given, f"the grid has shape {grid.shape}"))
    if not (math.isfinite(days) and days > 0):
        wrong.append(Mistake("time-lapse › days", f"{days}", "must be a number of days above zero"))
    if wrong:
        raise MeasurementError(wrong)
