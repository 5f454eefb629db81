"""A scan in three phases: soft tissue, bone and scaffold, with what is not certain about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.phantom import Materials, Phase
from spondyl.assay.microct.phases.classifier import Classifier, opinion
from spondyl.assay.microct.phases.misclassification import Misclassification
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Meaning, Scan

DOUBTFUL = 0.8
"""A voxel is doubtful below this certainty."""

MOST_DOUBTFUL = 0.2
"""Share of doubtful voxels above which a scan needs a look; phantoms as noisy as in vivo have half of it."""

VOXEL_TOLERANCE = 0.02
LEAST_INSIDE = 50
"""Voxels away from surfaces that the mean density of a phase needs."""


@dataclass(frozen=True, slots=True, eq=False)
class PhaseSegmentation:
    """A scan in three phases.

    Parameters
    ----------
    phase : :class:`~spondyl.assay.microct.phantom.Phase` of each voxel inside the volume of interest, 0
        outside, uint8, shape (z, y, x).
    certainty : probability of that phase times 255, rounded down; how often it is right the reliability in
        `errors` tells.
    volumes_mm3 : of each phase inside the volume of interest.
    density_mgha_cm3 : mean of each phase away from surfaces; None where too few voxels are.
    doubtful : share of the volume of interest whose certainty is below 0.8.
    errors : of the classifier on phantoms of this blur and noise.
    remarks : why the errors on the phantoms may not hold for this scan; empty when nothing was found.
    """

    phase: NDArray[np.uint8]
    certainty: NDArray[np.uint8]
    volumes_mm3: Mapping[Phase, float]
    density_mgha_cm3: Mapping[Phase, float | None]
    doubtful: float
    errors: Misclassification
    remarks: tuple[str, ...]

    @property
    def concern(self) -> float:
        """Largest ratio of a figure to its limit: doubtful voxels, densities unlike the phantoms'."""
        off = [
            abs(found - expected) / max(gap, 1.0)
            for phase, (expected, gap) in _expected(self.errors).items()
            if (found := self.density_mgha_cm3[phase]) is not None
        ]
        return max(self.doubtful / MOST_DOUBTFUL, *off, 0.0)

    def volume_interval_mm3(self, phase: Phase) -> tuple[float, float]:
        """Return the range of true volumes for which the phantoms would read this volume.

        It is the 95 % prediction interval of the relative error of a further phantom, by Student's t. How
        far the scan's own noise, blur and tissue are off those of the phantoms is not in it.
        """
        from scipy.stats import t

        error = self.errors.volume_error[:, phase]
        count, middle, spread = len(error), float(error.mean()), math.inf
        if count > 1:
            spread = float(t.ppf(0.975, count - 1) * error.std(ddof=1) * math.sqrt(1 + 1 / count))
        low, high = 1 + middle + spread, 1 + middle - spread
        found = self.volumes_mm3[phase]
        return found / low, found / high if high > 0 else math.inf


def segment_phases(
    scan: Scan,
    classifier: Classifier,
    errors: Misclassification,
    voi: NDArray[np.bool_] | None = None,
    *,
    threads: int | None = None,
) -> PhaseSegmentation:
    """Tell soft tissue, bone and scaffold apart.

    β-TCP and new bone overlap in density, so no threshold can. The classifier weighs density, texture, edges
    and shape as it learnt on phantoms, and the result carries its errors on other phantoms.

    Parameters
    ----------
    scan : in mg HA/cm³, with cubic voxels of the size the classifier was trained for.
    classifier : trained for the blur and noise of the scan.
    errors : its misclassification on phantoms of that blur and noise.
    voi : True inside the volume of interest; None for the whole array.
    threads : at most so many at once; changes no number.

    Raises
    ------
    MeasurementError
        If the scan is not calibrated, its voxels are no cubes or of another size than in the phantoms, the
        mask has another shape, or the errors are of another blur or noise.
    """
    _refuse(scan, classifier, errors, voi)
    found = opinion(classifier, scan, threads=threads)
    return _summed(scan, found.phase, found.certainty, voi, errors)


def inside_of(found: PhaseSegmentation, scan: Scan, voi: NDArray[np.bool_]) -> PhaseSegmentation:
    """Return the phases inside a volume of interest, of a scan whose phases are known everywhere.

    Parameters
    ----------
    found : phases of the whole scan.
    scan : that was judged.
    voi : True inside the volume of interest, at least one voxel of it.
    """
    return _summed(scan, found.phase.copy(), found.certainty, voi, found.errors)


def _summed(
    scan: Scan,
    phase: NDArray[np.uint8],
    certainty: NDArray[np.uint8],
    voi: NDArray[np.bool_] | None,
    errors: Misclassification,
) -> PhaseSegmentation:
    inside = np.ones_like(phase, dtype=np.bool_) if voi is None else voi
    phase[~inside] = Phase.SOFT
    counts = np.bincount(phase[inside], minlength=len(Phase))
    densities = {p: _density_inside(scan, phase, inside, p) for p in Phase}
    doubtful = np.count_nonzero(certainty[inside] < DOUBTFUL * 255) / np.count_nonzero(inside)
    return PhaseSegmentation(
        phase=phase,
        certainty=certainty,
        volumes_mm3={p: int(counts[p]) * scan.grid.voxel_mm3 for p in Phase},
        density_mgha_cm3=densities,
        doubtful=float(doubtful),
        errors=errors,
        remarks=_remarks(densities, errors),
    )


def materials_found(made_of: Materials, found: PhaseSegmentation) -> Materials:
    """Return the materials with the mean densities that a scan shows, to train again for it."""
    soft, bone, scaffold = (found.density_mgha_cm3[p] for p in Phase)
    shift = 0.0 if bone is None else bone - made_of.bone
    return replace(
        made_of,
        soft=made_of.soft if soft is None else soft,
        bone=made_of.bone + shift,
        new_bone=made_of.new_bone + shift,
        scaffold=made_of.scaffold if scaffold is None else scaffold,
    )


def _density_inside(
    scan: Scan, phase: NDArray[np.uint8], inside: NDArray[np.bool_], wanted: Phase
) -> float | None:
    from scipy.ndimage import binary_erosion

    deep = binary_erosion((phase == wanted) & inside, np.ones((3, 3, 3), dtype=np.bool_))
    total, count = [], 0
    for k in range(scan.grid.shape[0]):
        plane = deep[k]
        if plane.any():
            here = scan.within(k)
            total.append(float(here[plane].sum()))
            count += int(np.count_nonzero(plane))
    return math.fsum(total) / count if count >= LEAST_INSIDE else None


def _expected(errors: Misclassification) -> dict[Phase, tuple[float, float]]:
    """Return the mean density of each phase of the phantoms, and how far a scan may lie off it."""
    made_of = errors.materials
    return {
        Phase.SOFT: (made_of.soft, errors.imaging.noise_mgha_cm3),
        Phase.BONE: ((made_of.bone + made_of.new_bone) / 2, abs(made_of.bone - made_of.new_bone)),
        Phase.SCAFFOLD: (made_of.scaffold, 2 * made_of.granule_spread),
    }


def _remarks(densities: Mapping[Phase, float | None], errors: Misclassification) -> tuple[str, ...]:
    said = []
    for phase, (expected, gap) in _expected(errors).items():
        found = densities[phase]
        if found is not None and abs(found - expected) > gap:
            said.append(
                f"{phase.name.lower()} reads {found:.0f} mg HA/cm³ where the phantoms have {expected:.0f}: "
                "train again with the densities of this scan before trusting the errors."
            )
    return tuple(said)


def _refuse(
    scan: Scan, classifier: Classifier, errors: Misclassification, voi: NDArray[np.bool_] | None
) -> None:
    wrong, name = [], f"{scan.name} › phases"
    if scan.meaning is not Meaning.DENSITY:
        given = f"values that are {scan.meaning.value}"
        wrong.append(Mistake(name, given, "three phases need mg HA/cm³; calibrate the scan first"))
    voxel = classifier.imaging.voxel_um
    if any(abs(1000 * s - voxel) > VOXEL_TOLERANCE * voxel for s in scan.grid.spacing_mm):
        given = f"voxels of {', '.join(f'{1000 * s:g}' for s in scan.grid.spacing_mm)} µm (z, y, x)"
        wrong.append(
            Mistake(name, given, f"the classifier was trained for cubes of {voxel:g} µm; train another")
        )
    if voi is not None and voi.shape != scan.grid.shape:
        given = f"a volume of interest of shape {voi.shape}"
        wrong.append(Mistake(name, given, f"the scan has shape {scan.grid.shape}"))
    elif voi is not None and not voi.any():
        wrong.append(Mistake(name, "an empty volume of interest", "it must hold some voxels"))
    if errors.imaging != classifier.imaging:
        allowed = "must be of the blur and noise that the classifier was trained for"
        wrong.append(Mistake("phases › errors", f"those of {errors.imaging}", allowed))
    if wrong:
        raise MeasurementError(wrong)
