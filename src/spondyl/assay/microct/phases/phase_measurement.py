"""The volumes of three phases of one scan, what they might be instead, and the rows they give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spondyl.assay.microct import voi as interest
from spondyl.assay.microct.phantom import Phase
from spondyl.assay.microct.phases.judged import rule, tell_phases_apart
from spondyl.assay.microct.phases.segmentation import PhaseSegmentation
from spondyl.assay.microct.phases.settings import PhaseSettings
from spondyl.assay.microct.rows import Row
from spondyl.assay.microct.segmentation import segment
from spondyl.assay.microct.settings import Settings
from spondyl.quantity import Parameter
from spondyl.volume import Scan

NAMES = {int(Phase.BONE): "bone", int(Phase.SCAFFOLD): "scaffold"}
"""What the labels of a saved volume are called; 0 is soft tissue."""

OF_PHASE = {"mm3": "mm³", "low_mm3": "mm³", "high_mm3": "mm³", "tv": "1", "mgha_cm3": "mg HA/cm³"}
UNITS = {
    "tv_mm3": "mm³",
    **{f"{p.name.lower()}_{key}": unit for p in Phase for key, unit in OF_PHASE.items()},
    "doubtful": "1", "wrong": "1", "wrong_inside": "1", "bone_dice": "1", "scaffold_dice": "1",
    "bone_as_scaffold": "1", "scaffold_as_bone": "1", "noise_mgha_cm3": "mg HA/cm³",
    "blur_voxels": "voxels", "grain_voxels": "voxels",
}  # fmt: skip
"""Every number this measurement can give, and its unit."""


@dataclass(frozen=True, slots=True, eq=False)
class PhaseMeasurement:
    """Three phases in the volume of interest of a scan.

    Parameters
    ----------
    found : the phases and their errors on phantoms.
    tv_mm3 : volume of interest.
    rule : how they were told apart and how often that is wrong, in words.
    """

    found: PhaseSegmentation
    tv_mm3: float
    rule: str

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and the remarks; a number that is not known has no key."""
        known = {name: value for name, value in _numbers(self).items() if _is_known(value)}
        return {**known, "remarks": list(self.found.remarks)}


def measure_phases(
    scan: Scan,
    settings: Settings | None = None,
    phases: PhaseSettings | None = None,
    *,
    parameters: Mapping[str, Parameter] | None = None,
    threads: int | None = None,
) -> PhaseMeasurement:
    """Measure soft tissue, bone and scaffold in a scan.

    Parameters
    ----------
    scan : in mg HA/cm³, with cubic voxels.
    settings : the threshold, which only guides the measurement of noise and blur, and the volume of interest.
    phases : what was chosen of the phases.
    parameters : numbers of the stage ``assay/microct``; the shipped ones by default.
    threads : at most so many at once; changes no number.

    Raises
    ------
    MeasurementError
        If the scan cannot be judged; see :func:`~.judged.tell_phases_apart`.
    """
    settings = settings or Settings()
    inside = interest.inside(settings.voi, scan)
    threshold = segment(scan, replace(settings, voi=None)).threshold
    found = tell_phases_apart(scan, threshold, phases, parameters=parameters, voi=inside, threads=threads)
    return PhaseMeasurement(found, math.fsum(found.volumes_mm3.values()), rule(found))


def rows(done: PhaseMeasurement) -> tuple[Row, ...]:
    """Return one row per number that is known."""
    given = _numbers(done)
    known = {name: given[name] for name in UNITS if _is_known(given[name])}
    return tuple(Row(name, float(str(value)), UNITS[name], done.rule) for name, value in known.items())


def _numbers(done: PhaseMeasurement) -> dict[str, float | None]:
    found, errors, tv = done.found, done.found.errors, done.tv_mm3
    numbers: dict[str, float | None] = {"tv_mm3": tv}
    for phase in Phase:
        name, volume = phase.name.lower(), found.volumes_mm3[phase]
        low, high = found.volume_interval_mm3(phase)
        numbers |= {f"{name}_mm3": volume, f"{name}_low_mm3": low, f"{name}_high_mm3": min(high, tv)}
        numbers |= {f"{name}_tv": volume / tv, f"{name}_mgha_cm3": found.density_mgha_cm3[phase]}
    return numbers | {
        "doubtful": found.doubtful,
        "wrong": errors.wrong,
        "wrong_inside": errors.wrong_inside,
        "bone_dice": float(errors.dice[:, Phase.BONE].mean()),
        "scaffold_dice": float(errors.dice[:, Phase.SCAFFOLD].mean()),
        "bone_as_scaffold": float(errors.confusion[Phase.BONE, Phase.SCAFFOLD]),
        "scaffold_as_bone": float(errors.confusion[Phase.SCAFFOLD, Phase.BONE]),
        "noise_mgha_cm3": errors.imaging.noise_mgha_cm3,
        "blur_voxels": errors.imaging.blur_voxels,
        "grain_voxels": errors.imaging.grain_voxels,
    }


def _is_known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
