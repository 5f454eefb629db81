"""A follow-up compared with its baseline, from two scans to formed and resorbed bone."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct import voi as interest
from spondyl.assay.microct.segmentation import Segmentation, segment
from spondyl.assay.microct.settings import Settings
from spondyl.assay.microct.smoothing import CUT_SIGMAS
from spondyl.assay.microct.timelapse.itk import seen, simpleitk
from spondyl.assay.microct.timelapse.noise import Floor, doubts, phantom_floor
from spondyl.assay.microct.timelapse.registration import WIDEST_DEG, Registration, moved_scan, register
from spondyl.assay.microct.timelapse.remodelling import Remodelling, remodelling
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter
from spondyl.volume import Meaning, Scan

Bools = NDArray[np.bool_]

NOT_NUMBERS = ("labels", "rule", "remarks")
UNITS = {
    "threshold": "", "days": "d", "tv_mm3": "mm³", "bv_baseline_mm3": "mm³", "bv_followup_mm3": "mm³",
    "formed_mm3": "mm³", "resorbed_mm3": "mm³", "quiescent_mm3": "mm³", "formed_bv": "1",
    "resorbed_bv": "1", "noise_formed_bv": "1", "noise_resorbed_bv": "1", "mar_um_day": "µm/d",
    "mrr_um_day": "µm/d", "ms_bs": "1", "es_bs": "1", "bfr_bs_um_day": "µm³/µm²/d",
    "brr_bs_um_day": "µm³/µm²/d", "bfr_bv_percent_day": "%/d", "brr_bv_percent_day": "%/d",
    "likeness": "1", "likeness_chance": "1", "overlap": "1", "compared": "1", "rotation_deg": "°",
    "seconds": "s",
}  # fmt: skip
"""Unit of every single number; that of the threshold is the scan's own."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What happened to a bone between two scans, and how sure that is.

    Parameters
    ----------
    threshold : lowest value that counts as bone, in both scans.
    registration : of the follow-up to the baseline.
    registered : the follow-up on the grid of the baseline.
    change : bone formed, resorbed and kept.
    floor : what unchanged bone would show of formation and resorption.
    compared : share of the baseline's bone in the volume of interest that could be compared.
    rule : how the scans were segmented and where they were compared, in words.
    remarks : what to doubt.
    seconds : time it took.
    """

    threshold: float
    registration: Registration
    registered: Scan
    change: Remodelling
    floor: Floor
    compared: float
    rule: str
    remarks: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and the remarks; a number that is not known has no key."""
        change, found = self.change, self.registration
        given: dict[str, object] = {"threshold": self.threshold}
        given |= {f.name: getattr(change, f.name) for f in fields(change) if f.name not in NOT_NUMBERS}
        given |= {
            "noise_formed_bv": self.floor.formed_bv,
            "noise_resorbed_bv": self.floor.resorbed_bv,
            "likeness": found.likeness,
            "likeness_chance": found.chance,
            "overlap": found.overlap,
            "compared": self.compared,
            "rotation_deg": found.motion.angle_deg,
            "remarks": list(self.remarks),
            "seconds": self.seconds,
        }
        return {name: value for name, value in given.items() if value is not None}


def compare(
    baseline: Scan,
    followup: Scan,
    settings: Settings | None = None,
    *,
    days: float,
    widest_deg: float = WIDEST_DEG,
    parameters: Mapping[str, Parameter] | None = None,
) -> Comparison:
    """Register a follow-up to its baseline and tell formed, resorbed and quiescent bone apart.

    Parameters
    ----------
    baseline, followup : grey values of one meaning.
    settings : filter, threshold and volume of interest, on the grid of the baseline. Both scans are segmented
        at one threshold, by default Otsu's of the baseline. A volume of interest bounds the comparison, and
        neither the threshold nor the registration.
    days : between the scans.
    widest_deg : largest rotation that is looked for, degrees.
    parameters : numbers of the stage ``assay/microct``; the shipped ones by default.

    Raises
    ------
    MeasurementError
        If the days are not above zero, the values of the scans differ in meaning, SimpleITK is missing, the
        follow-up is refused (see :func:`register`), or a scan cannot be segmented as asked.
    """
    began = time.perf_counter()
    settings = settings or Settings()
    simpleitk()
    _refuse(baseline, followup, settings, days, widest_deg)
    bounds = interest.inside(settings.voi, baseline)
    whole = replace(settings, voi=None)
    before = segment(baseline, whole)
    fixed = replace(whole, threshold=before.threshold)
    found = register(baseline, followup, widest_deg=widest_deg, parameters=parameters)
    moved = moved_scan(followup, baseline, found.motion)
    shown = seen(followup.grid, found.motion, baseline.grid)
    where = _unspoilt(shown, settings.gaussian_voxels)
    asked = before.bone if bounds is None else before.bone & bounds
    where = where if bounds is None else where & bounds
    change = remodelling(before.bone, segment(moved, fixed).bone, baseline.grid, days=days, voi=where)
    floor = phantom_floor(baseline, lambda scan: segment(scan, fixed).bone, found.motion, voi=where)
    return Comparison(
        threshold=before.threshold,
        registration=found,
        registered=moved,
        change=change,
        floor=floor,
        compared=float(np.count_nonzero(asked & where) / np.count_nonzero(asked)),
        rule=_rule(before),
        remarks=(*change.remarks, *doubts(change, floor), *_uncalibrated(baseline)),
        seconds=time.perf_counter() - began,
    )


def _unspoilt(shown: Bools, sigma: float) -> Bools:
    """Return the voxels to which the filter brings no value from where the follow-up shows nothing."""
    from scipy.ndimage import minimum_filter

    reach = int(CUT_SIGMAS * sigma + 0.5)
    return shown if reach == 0 else np.asarray(minimum_filter(shown, 2 * reach + 1, mode="nearest"))


def _rule(before: Segmentation) -> str:
    settings, unit = before.settings, before.field.scan.meaning.value
    chosen = "Otsu's threshold of the baseline" if settings.threshold == "otsu" else "a fixed threshold"
    return (
        f"both scans filtered by a Gaussian of σ = {settings.gaussian_voxels:g} voxel on the grid of the "
        f"baseline; bone where value ≥ {before.threshold:g} {unit}, {chosen}; compared where the follow-up "
        "shows everything the filter reaches"
    )


def _uncalibrated(scan: Scan) -> tuple[str, ...]:
    if scan.meaning is Meaning.DENSITY:
        return ()
    return (
        f"The values are {scan.meaning.value}: one threshold is one density in both scans only if the "
        "scanner did not change between them.",
    )


def _refuse(baseline: Scan, followup: Scan, settings: Settings, days: float, widest_deg: float) -> None:
    wrong = []
    if not (math.isfinite(days) and days > 0):
        wrong.append(Mistake("time-lapse › days", f"{days:g}", "must be a number of days above zero"))
    if not 0 <= widest_deg <= 180:
        wrong.append(Mistake("time-lapse › rotation", f"{widest_deg:g}", "must be from 0 to 180 degrees"))
    if settings.binary or settings.largest:
        allowed = "a time-lapse compares grey values, and all bone in them"
        wrong.append(Mistake("time-lapse › settings", "binary or largest", allowed))
    if baseline.meaning is not followup.meaning:
        given = f"{followup.meaning.value}, but {baseline.meaning.value} in {baseline.name}"
        allowed = "one threshold needs values of one kind; calibrate both scans, or name the values of both"
        wrong.append(Mistake(f"time-lapse › {followup.name}", given, allowed))
    if wrong:
        raise MeasurementError(wrong)
