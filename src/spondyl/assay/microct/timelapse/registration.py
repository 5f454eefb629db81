"""Registration of a follow-up scan to its baseline, and the refusal of one that does not belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct import census
from spondyl.assay.microct.compartments.ball import depth_mm
from spondyl.assay.microct.compartments.periosteal import gap_mm, periosteal
from spondyl.assay.microct.compartments.settings import Contours
from spondyl.assay.microct.otsu import otsu
from spondyl.assay.microct.smoothing import filtered
from spondyl.assay.microct.timelapse.itk import one_thread, resampled, seen, simpleitk
from spondyl.assay.microct.timelapse.likeness import COARSE_SHARE, Likeness, likeness
from spondyl.assay.microct.timelapse.refine import SHRINKS, Pair, refined
from spondyl.assay.microct.timelapse.search import starts
from spondyl.assay.microct.timelapse.transform import Rigid
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped
from spondyl.volume import Meaning, Scan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

WIDEST_DEG = 36.0
STARTS = 3
RIM_VOXELS = 1.0
"""Added to the depth of the region whose networks are compared: a blurred wall is alike in all bones."""
TIMES_CHANCE = 5.0
"""The best of many motions reaches three times the chance of a single one; five leaves room."""

RULE = (
    "rigid registration by correlation of the grey values (SimpleITK, one thread): rotations up to "
    "{widest:g}° searched on coarse copies, the best refined in three steps; accepted because the trabecular "
    "network inside, freed of everything coarser, correlates with {found:.2f} (networks of different bones: "
    "{chance:.2f}; at least {least:.2f} is asked for) and the follow-up shows {overlap:.0%} of the bone"
)


@dataclass(frozen=True, slots=True)
class Registration:
    """Where the baseline lies in the follow-up, and how sure that is.

    Parameters
    ----------
    motion : from points of the baseline to points of the follow-up, mm from the outer corner of each array.
    correlation : of the grey values, registered.
    likeness : correlation of the networks inside.
    least : what was asked of it.
    chance : what networks pushed aside reach, root mean square.
    overlap : share of the baseline's bone that the follow-up shows.
    rule : how it was found and why it was accepted, in words.
    """

    motion: Rigid
    correlation: float
    likeness: float
    least: float
    chance: float
    overlap: float
    rule: str


def register(
    baseline: Scan,
    followup: Scan,
    *,
    guide: Bools | None = None,
    interior: Bools | None = None,
    widest_deg: float = WIDEST_DEG,
    parameters: Mapping[str, Parameter] | None = None,
) -> Registration:
    """Register a follow-up to its baseline.

    Parameters
    ----------
    baseline, followup : grey values.
    guide : voxels of the baseline that guide the registration, such as all but a defect; None for all.
    interior : voxels of the baseline whose network must be found again, such as the trabecular compartment;
        by default the bone deeper than a quarter of its greatest depth and a voxel, as far as it guides.
    widest_deg : largest rotation that is looked for, degrees.
    parameters : numbers of the stage ``assay/microct``: what one bone must show of itself.

    Raises
    ------
    MeasurementError
        If labels or values that are not finite are given, a mask has another shape, SimpleITK is missing, the
        scans overlap too little, or the follow-up does not show the network of the baseline: another animal,
        or a failed registration.
    """
    simpleitk()
    for scan in (baseline, followup):
        _refuse_labels(scan)
        census.take(scan)
    for name, mask in (("guide", guide), ("interior", interior)):
        if mask is not None and mask.shape != baseline.grid.shape:
            given = f"{name} of shape {mask.shape}"
            allowed = f"the baseline has shape {baseline.grid.shape}"
            raise MeasurementError(Mistake("time-lapse", given, allowed))
    bone, body = _bone_and_body(baseline)
    before, after = _values(baseline), _values(followup)
    pair = Pair(before, baseline.grid, after, followup.grid, guide)
    with one_thread():
        motion, correlation = _best(pair, widest_deg)
    shown = seen(followup.grid, motion, baseline.grid)
    overlap = float(np.count_nonzero(bone & shown) / np.count_nonzero(bone))
    table = parameters or shipped()["assay/microct"]
    shown_least = table["least_shown_bone"].value
    if overlap < shown_least:
        given = f"a follow-up that shows {overlap:.0%} of the bone of {baseline.name}"
        allowed = f"must show at least {shown_least:.0%}; check that both scans show the same bone"
        raise MeasurementError(Mistake(f"time-lapse › {followup.name}", given, allowed))
    depth = depth_mm(body, baseline.grid.spacing_mm)
    deepest = min(float(depth.max()), min(baseline.grid.size_mm) / 2)
    rim = COARSE_SHARE * deepest + RIM_VOXELS * max(baseline.grid.spacing_mm)
    where = depth > rim if interior is None else interior
    where = where & shown if guide is None or interior is not None else where & shown & guide
    moved = resampled(after, followup.grid, motion, baseline.grid, outside=float(after.min()))
    asked = table["same_bone_likeness"].value
    alike, least = _accepted(
        likeness(before, moved, baseline.grid, where, deepest), asked, baseline, followup
    )
    rule = RULE.format(
        widest=widest_deg, found=alike.found, chance=alike.chance, least=least, overlap=overlap
    )
    return Registration(motion, correlation, alike.found, least, alike.chance, overlap, rule)


def moved_scan(followup: Scan, baseline: Scan, motion: Rigid) -> Scan:
    """Return the follow-up on the grid of the baseline, interpolated by cubic B-splines.

    What the follow-up does not show takes its lowest value; see :func:`~.itk.seen` for where that is.
    """
    values = _values(followup)
    low, high = float(values.min()), float(values.max())
    found = resampled(values, followup.grid, motion, baseline.grid, outside=low, cubic=True)
    return Scan(np.clip(found, low, high), baseline.grid, followup.meaning, source=followup.source)


def _best(pair: Pair, widest_deg: float) -> tuple[Rigid, float]:
    begins = starts(pair.baseline, pair.grid, pair.followup, pair.other, widest_deg=widest_deg, count=STARTS)
    tried = [refined(pair, begin, 0) for begin in begins]
    motion, correlation = max(tried, key=lambda t: t[1])
    for level in range(1, len(SHRINKS)):
        motion, correlation = refined(pair, motion, level)
    return motion, correlation


def _accepted(found: Likeness | None, asked: float, baseline: Scan, followup: Scan) -> tuple[Likeness, float]:
    """Return the likeness, if it is that of one bone, and what was asked of it; refuse it otherwise."""
    where = f"time-lapse › {followup.name}"
    if found is None:
        given = "too little bone in common to compare its network"
        allowed = "both scans must show the inside of the same bone"
        raise MeasurementError(Mistake(where, given, allowed))
    least = max(asked, TIMES_CHANCE * found.chance)
    if found.found < least:
        given = (
            f"a bone whose network inside is not that of {baseline.name} (correlation {found.found:.2f}, "
            f"at least {least:.2f} is needed)"
        )
        allowed = (
            "must be the same bone of the same animal, turned by no more than was searched; "
            "check the animal's name and the position of the scan"
        )
        raise MeasurementError(Mistake(where, given, allowed))
    return found, least


def _bone_and_body(scan: Scan) -> tuple[Bools, Bools]:
    """Return the bone of a scan by Otsu's threshold and everything inside its outer surface."""
    field = filtered(scan, 1.0)
    threshold = otsu(field, scan.grid.shape[0])
    bone = np.empty(scan.grid.shape, dtype=np.bool_)
    for start, stop in scan.slabs(64):
        bone[start:stop] = field.slab(start, stop) >= threshold
    spacing = scan.grid.spacing_mm
    if all(plane.any() for axis in range(3) for plane in np.moveaxis(bone, axis, 0)[[0, -1]]):
        return bone, np.ones_like(bone)  # bone goes on beyond all six faces: the scan lies inside it
    return bone, periosteal(bone, spacing, gap_mm(bone, spacing, Contours()))


def _values(scan: Scan) -> Floats:
    values = np.empty(scan.grid.shape, dtype=np.float32)
    for start, stop in scan.slabs(64):
        values[start:stop] = scan.slab(start, stop)
    return values


def _refuse_labels(scan: Scan) -> None:
    if scan.meaning is Meaning.LABELS:
        given = "labels"
        raise MeasurementError(
            Mistake(f"time-lapse › {scan.name}", given, "give the grey values of the scan")
        )
