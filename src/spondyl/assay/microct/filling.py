"""What fills a defect: bone, new bone, scaffold, and whether bone bridges it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.defect import DefectBone
from spondyl.assay.microct.phantom import Phase
from spondyl.assay.microct.phases.segmentation import PhaseSegmentation
from spondyl.assay.microct.timelapse.registration import Registration
from spondyl.assay.microct.union import Union
from spondyl.assay.microct.window import Box
from spondyl.volume import Scan

EMPTY, NEW, OLD, SCAFFOLD, HOST = 1, 2, 3, 4, 5
NAMES = {
    EMPTY: "rest of the defect",
    NEW: "new bone",
    OLD: "bone of the baseline",
    SCAFFOLD: "scaffold",
    HOST: "host bone",
}


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """What a scan shows of a defect.

    Parameters
    ----------
    planned_mm3 : volume of the planned hole; None for a drawn defect.
    bone : bone inside.
    union : how far it is bridged.
    phases : three phases inside the defect; None where scaffold was not told apart.
    registration : of the scan to its baseline; None without one.
    threshold : lowest value that counts as bone; with phases it only guides how noise and blur are measured.
    shown : the scan around the defect.
    labels : on the grid of `shown`: 0 nothing, 1 rest of the defect, 2 new bone, 3 bone of the baseline,
        4 scaffold, 5 host bone.
    box : where `shown` lies in the scan.
    rule : how bone was found and where, in words.
    remarks : what to doubt.
    seconds : time it took.
    """

    planned_mm3: float | None
    bone: DefectBone
    union: Union
    phases: PhaseSegmentation | None
    registration: Registration | None
    threshold: float
    shown: Scan
    labels: NDArray[np.uint8]
    box: Box
    rule: str
    remarks: tuple[str, ...]
    seconds: float

    @property
    def corner(self) -> tuple[int, int, int]:
        """First voxel (z, y, x) of `shown` in the scan."""
        return self.box[0].start, self.box[1].start, self.box[2].start

    @property
    def names(self) -> Mapping[int, str]:
        """Names of the labels that can occur."""
        absent = {OLD} if self.registration is None else set()
        absent |= {SCAFFOLD} if self.phases is None else set()
        return {label: name for label, name in NAMES.items() if label not in absent}

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and the remarks; a number that is not known has no key."""
        bone, union = self.bone, self.union
        given: dict[str, object] = {
            "planned_mm3": self.planned_mm3,
            "tv_mm3": bone.tv_mm3,
            "bv_mm3": bone.bv_mm3,
            "bv_tv": bone.bv_tv,
            "new_bv_mm3": bone.new_bv_mm3,
            "new_bv_tv": bone.new_bv_tv,
            "new_bv_tv_by_depth": list(bone.new_bv_tv_by_depth) or None,
            "depths_mm": [list(ends) for ends in bone.depths_mm] or None,
            **_of_phases(self.phases, bone.tv_mm3),
            "union_score": union.score,
            "union_grade": union.grade,
            "union_by_layer": list(union.by_layer),
            "neck_mm2": union.neck_mm2,
            "neck_share": union.neck_share,
            **_of_registration(self.registration),
            "threshold": self.threshold,
            "remarks": list(self.remarks),
            "seconds": self.seconds,
        }
        return {name: value for name, value in given.items() if value is not None}


def _of_phases(phases: PhaseSegmentation | None, tv_mm3: float) -> dict[str, float | None]:
    if phases is None:
        return {}
    found: dict[str, float | None] = {}
    for name, phase in (("bv", Phase.BONE), ("scaffold", Phase.SCAFFOLD)):
        low, high = phases.volume_interval_mm3(phase)
        known = math.isfinite(low)
        found |= {f"{name}_low_mm3": low if known else None, f"{name}_high_mm3": min(high, tv_mm3)}
    volume = phases.volumes_mm3[Phase.SCAFFOLD]
    return found | {
        "scaffold_mm3": volume,
        "scaffold_tv": volume / tv_mm3,
        "doubtful": phases.doubtful,
        "wrong": phases.errors.wrong,
    }


def _of_registration(found: Registration | None) -> dict[str, float]:
    if found is None:
        return {}
    return {
        "likeness": found.likeness,
        "likeness_chance": found.chance,
        "overlap": found.overlap,
        "rotation_deg": found.motion.angle_deg,
    }
