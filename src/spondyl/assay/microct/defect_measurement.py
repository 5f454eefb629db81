"""From a scan, and its baseline where there is one, to what fills the defect."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.defect import bone_inside, defect_bone
from spondyl.assay.microct.defect_site import DefectSite, Placed
from spondyl.assay.microct.filling import EMPTY, HOST, NEW, OLD, SCAFFOLD, Filling
from spondyl.assay.microct.phantom import Phase
from spondyl.assay.microct.phases.features import HALO
from spondyl.assay.microct.phases.judged import rule as phase_rule
from spondyl.assay.microct.phases.judged import tell_phases_apart
from spondyl.assay.microct.phases.segmentation import PhaseSegmentation, inside_of
from spondyl.assay.microct.phases.settings import PhaseSettings
from spondyl.assay.microct.segmentation import Segmentation, segment
from spondyl.assay.microct.settings import Settings
from spondyl.assay.microct.smoothing import CUT_SIGMAS, filtered
from spondyl.assay.microct.timelapse.itk import resampled
from spondyl.assay.microct.timelapse.registration import WIDEST_DEG, Registration, register
from spondyl.assay.microct.timelapse.transform import Rigid
from spondyl.assay.microct.union import end_union, rim_union
from spondyl.assay.microct.window import cut
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter
from spondyl.volume import Scan

Bools = NDArray[np.bool_]

NO_BASELINE = "Without a baseline all bone in the defect counts as new, also what the drill left."
NO_PHASES = "Scaffold, if there is any in the defect, counts as bone: ask for three phases."


def measure_defect(
    scan: Scan,
    site: DefectSite,
    settings: Settings | None = None,
    *,
    baseline: Scan | None = None,
    phases: PhaseSettings | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    widest_deg: float = WIDEST_DEG,
    aligned: bool = False,
    threads: int | None = None,
) -> Filling:
    """Measure what fills a defect, and its union.

    With a baseline (the scan just after drilling) the defect lies in its coordinates; the scan is registered
    to it by everything but the defect, and bone that the baseline shows in the defect is not new. All is
    measured on the grid of the scan itself, whose values are not interpolated.

    Parameters
    ----------
    scan : grey values, or a binary volume without baseline and phases.
    site : where the defect lies, and how union is judged.
    settings : filter and threshold; with a baseline one threshold for both scans, by default Otsu's of the
        baseline. No volume of interest.
    baseline : the scan just after drilling.
    phases : tell scaffold from bone; None takes everything above the threshold for bone.
    parameters : numbers of the stage ``assay/microct``.
    widest_deg : largest rotation between the scans that is looked for.
    aligned : the scan lies as its baseline does, voxel by voxel, and is not registered.
    threads : at most so many at once; changes no number.

    Raises
    ------
    MeasurementError
        If the settings contradict each other, the defect leaves the scan, the scan cannot be segmented, or
        it is not of the bone of the baseline.
    """
    began = time.perf_counter()
    settings = settings or Settings()
    _refuse(scan, settings, baseline, phases)
    reach = _reach(settings, phases)
    if aligned and baseline is not None:
        _refuse_other_grid(scan, baseline)
    elsewhere = None if aligned else baseline
    inside, here, found = located(scan, site, elsewhere, reach, widest_deg, parameters)
    before = segment(scan if baseline is None else baseline, settings)
    fixed = replace(settings, threshold=before.threshold) if baseline is not None else settings
    after = before if baseline is None else segment(scan, fixed)
    bone, told = _bone(scan, here, after, phases, parameters, threads)
    old = None
    if baseline is not None:
        old, _ = _bone(baseline, inside, before, phases, parameters, threads)
        if found is not None:
            old = _carried(baseline, inside, old, here, found.motion, before, phases is not None)
    return _filled(scan, site, here, after, bone, told, old, found, began)


def located(
    scan: Scan,
    site: DefectSite,
    baseline: Scan | None,
    reach: int = 0,
    widest_deg: float = WIDEST_DEG,
    parameters: Mapping[str, Parameter] | None = None,
) -> tuple[Placed, Placed, Registration | None]:
    """Return the defect where it was planned, where it lies in the scan, and how it was carried there.

    Parameters
    ----------
    scan, site, baseline, widest_deg, parameters : as for :func:`measure_defect`.
    reach : voxels around it that are needed.

    Raises
    ------
    MeasurementError
        If the defect leaves a scan, or the scan is not of the bone of the baseline.
    """
    if baseline is None:
        here = site.placed(scan, reach)
        return here, here, None
    there = site.placed(baseline, reach)
    guide = ~there.in_scan(baseline.grid)
    found = register(baseline, scan, guide=guide, widest_deg=widest_deg, parameters=parameters)
    return there, site.moved(found.motion, baseline, scan, reach), found


def _reach(settings: Settings, phases: PhaseSettings | None) -> int:
    """Return the voxels around a defect on which the bone inside depends."""
    # Phases take two opinions, the second of which looks at the first.
    return 2 * HALO if phases is not None else math.ceil(CUT_SIGMAS * settings.gaussian_voxels) + 1


def _filled(
    scan: Scan,
    site: DefectSite,
    here: Placed,
    after: Segmentation,
    bone: Bools,
    told: PhaseSegmentation | None,
    old: Bools | None,
    found: Registration | None,
    began: float,
) -> Filling:
    shown = cut(scan, here.box)
    if here.hole is not None:
        held = defect_bone(bone, here.hole, shown.grid, baseline=old, layers=site.layers)
        union = rim_union(bone, here.hole, shown.grid)
    else:
        held = bone_inside(bone, here.inside, shown.grid, baseline=old)
        union = end_union(bone, here.inside, shown.grid, axis=site.axis, across=site.across)
    phases = None if told is None else inside_of(told, shown, here.inside)
    doubts = (NO_BASELINE,) * (old is None) + (NO_PHASES,) * (phases is None)
    return Filling(
        planned_mm3=None if here.hole is None else here.hole.volume_mm3,
        bone=held,
        union=union,
        phases=phases,
        registration=found,
        threshold=after.threshold,
        shown=shown,
        labels=_labels(bone, here.inside, old, told),
        box=here.box,
        rule=_rule(site, after, told, found),
        remarks=(*doubts, *(() if phases is None else phases.remarks)),
        seconds=time.perf_counter() - began,
    )


def _bone(
    scan: Scan,
    place: Placed,
    segmented: Segmentation,
    phases: PhaseSettings | None,
    parameters: Mapping[str, Parameter] | None,
    threads: int | None,
) -> tuple[Bools, PhaseSegmentation | None]:
    """Return the bone around a defect, and its phases where they are asked for."""
    if phases is None:
        return segmented.bone[place.box], None
    told = tell_phases_apart(
        scan,
        segmented.threshold,
        phases,
        parameters=parameters,
        part=cut(scan, place.box),
        threads=threads,
    )
    return np.asarray(told.phase == Phase.BONE), told


def _carried(
    baseline: Scan,
    there: Placed,
    seen: Bools,
    here: Placed,
    motion: Rigid,
    before: Segmentation,
    told: bool,
) -> Bools:
    """Return the bone of the baseline on the grid around the defect in the follow-up."""
    way = there.to_part(motion.inverse(), here)
    part = cut(baseline, there.box)
    if told:
        share = resampled(seen.astype(np.float32), part.grid, way, here.grid, outside=0.0)
        return np.asarray(share >= 0.5)
    values = part.values().astype(np.float32)
    grey = resampled(values, part.grid, way, here.grid, outside=float(values.min()), cubic=True)
    field = filtered(Scan(grey, here.grid, baseline.meaning), before.settings.gaussian_voxels)
    return np.asarray(field.slab(0, here.grid.shape[0]) >= before.threshold)


def _labels(
    bone: Bools, inside: Bools, old: Bools | None, told: PhaseSegmentation | None
) -> NDArray[np.uint8]:
    labels = np.where(inside, EMPTY, 0).astype(np.uint8)
    labels[bone & ~inside] = HOST
    labels[bone & inside] = NEW
    if old is not None:
        labels[bone & inside & old] = OLD
    if told is not None:
        labels[(told.phase == Phase.SCAFFOLD) & inside] = SCAFFOLD
    return labels


def _rule(
    site: DefectSite, after: Segmentation, told: PhaseSegmentation | None, found: Registration | None
) -> str:
    scan, settings = after.field.scan, after.settings
    if told is not None:
        how = phase_rule(told)
    elif settings.binary:
        how = "binary volume, bone where not zero"
    else:
        how = (
            f"filtered by a Gaussian of σ = {settings.gaussian_voxels:g} voxel, bone where value ≥ "
            f"{after.threshold:g} {scan.meaning.value}"
        )
    moved = "" if found is None else f"; carried from the baseline by {found.rule}"
    return f"{how}; defect: {site}{moved}"


def _refuse_other_grid(scan: Scan, baseline: Scan) -> None:
    if not scan.grid.agrees_with(baseline.grid):
        given = f"{scan.grid.shape} voxels, but {baseline.grid.shape} in {baseline.name}"
        raise MeasurementError(Mistake(f"defect › {scan.name}", given, "aligned scans have one grid"))


def _refuse(scan: Scan, settings: Settings, baseline: Scan | None, phases: PhaseSettings | None) -> None:
    wrong = []
    if settings.voi is not None:
        allowed = "the defect is the volume of interest; leave one of the two out"
        wrong.append(Mistake("defect › voi", f"{settings.voi} as well", allowed))
    if settings.binary and (baseline is not None or phases is not None):
        allowed = "a baseline and phases need grey values; leave one of the two out"
        wrong.append(Mistake("defect › binary", "a binary volume with a baseline or phases", allowed))
    if settings.largest:
        allowed = "new bone may hang on nothing; leave it out"
        wrong.append(Mistake("defect › largest", "only the largest part", allowed))
    if baseline is not None and baseline.meaning is not scan.meaning:
        given = f"{scan.meaning.value}, but {baseline.meaning.value} in {baseline.name}"
        allowed = "one threshold needs values of one kind; calibrate both scans"
        wrong.append(Mistake(f"defect › {scan.name}", given, allowed))
    if wrong:
        raise MeasurementError(wrong)
