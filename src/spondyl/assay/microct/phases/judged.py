"""Three phases of one scan, from its own noise and blur: phantoms like it, a classifier, and its errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.phantom import Imaging, Materials, materials
from spondyl.assay.microct.phases.classifier import Classifier, Training, trained
from spondyl.assay.microct.phases.imaging import imaging_of
from spondyl.assay.microct.phases.misclassification import Misclassification, misclassification
from spondyl.assay.microct.phases.segmentation import PhaseSegmentation, materials_found, segment_phases
from spondyl.assay.microct.phases.settings import PhaseSettings
from spondyl.quantity import Parameter, shipped
from spondyl.volume import Scan

NOISE_STEP, BLUR_STEP, GRAIN_STEP, DENSITY_STEP = 0.05, 0.05, 0.1, 10.0
"""Steps to which imaging is rounded before training: of the noise in shares of itself, of blur and grain in
voxels, of densities in mg HA/cm³. They lie below what imaging can be measured to, and let the scans of one
scanner share a classifier."""

ROOM = 1.2
"""Edge of a phantom over twice the largest granule, at least."""

WORDS = (
    "soft tissue, bone and scaffold told apart by a classifier of density, edges, texture and shape that was "
    "trained on phantoms with the blur ({blur:.2g} voxels) and noise ({noise:.3g} mg HA/cm³) of the scan; "
    "{errors}"
)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A classifier and how often it errs."""

    classifier: Classifier
    errors: Misclassification


def judge(imaging: Imaging, made_of: Materials, training: Training, threads: int | None = None) -> Judge:
    """Train a classifier for scans of one kind and count its errors on other phantoms of that kind."""
    least = math.ceil(ROOM * 2 * made_of.granule_um[1] / imaging.voxel_um)
    edge = max(training.edge, least)
    classifier = trained(imaging, made_of, replace(training, edge=edge), threads=threads)
    return Judge(classifier, misclassification(classifier, edge=edge, threads=threads))


@lru_cache(maxsize=2)
def _remembered(imaging: Imaging, made_of: Materials, training: Training, threads: int | None) -> Judge:
    return judge(imaging, made_of, training, threads)


def tell_phases_apart(
    scan: Scan,
    threshold: float,
    settings: PhaseSettings | None = None,
    *,
    parameters: Mapping[str, Parameter] | None = None,
    part: Scan | None = None,
    voi: NDArray[np.bool_] | None = None,
    training: Training | None = None,
    threads: int | None = None,
) -> PhaseSegmentation:
    """Tell soft tissue, bone and scaffold apart in a scan, and how often that is wrong.

    Parameters
    ----------
    scan : in mg HA/cm³, unfiltered, with cubic voxels; its noise and blur are measured where none are given.
    threshold : between marrow and bone, mg HA/cm³; it only guides the measurement of noise and blur.
    settings : what was chosen.
    parameters : numbers of the stage ``assay/microct``; the shipped ones by default.
    part : a part of the scan to judge instead of all of it.
    voi : True inside the volume of interest of what is judged; None for all of it.
    training : how the classifier is trained.
    threads : at most so many at once; changes no number.

    Raises
    ------
    MeasurementError
        If the scan is not calibrated, its voxels are no cubes, its noise or blur cannot be measured, or the
        volume of interest does not fit.
    """
    settings, training = settings or PhaseSettings(), training or Training()
    table = parameters or shipped()["assay/microct"]
    imaging = rounded(
        imaging_of(
            scan,
            threshold,
            noise_mgha_cm3=settings.noise_mgha_cm3,
            blur_voxels=settings.blur_voxels,
            grain_voxels=table["in_vivo_noise_grain"].value,
        )
    )
    seen, made_of = part or scan, materials(table)
    used = _remembered(imaging, made_of, training, threads)
    found = segment_phases(seen, used.classifier, used.errors, voi, threads=threads)
    if settings.adapt and found.remarks:
        used = _remembered(imaging, _rounded(materials_found(made_of, found)), training, threads)
        found = segment_phases(seen, used.classifier, used.errors, voi, threads=threads)
    return found


def rule(found: PhaseSegmentation) -> str:
    """Return how the phases were told apart and how often that is wrong, in words."""
    imaging = found.errors.imaging
    return WORDS.format(
        blur=imaging.blur_voxels, noise=imaging.noise_mgha_cm3, errors=found.errors.describe()
    )


def rounded(imaging: Imaging) -> Imaging:
    """Return imaging in steps, so that scans of one scanner share a classifier.

    Examples
    --------
    >>> rounded(Imaging(20.004, 0.813, 79.3, 0.52))
    Imaging(voxel_um=20.0, blur_voxels=0.8, noise_mgha_cm3=80.0, grain_voxels=0.5)
    """
    noise = imaging.noise_mgha_cm3
    # Steps of a twentieth of the noise or less: 1, 2 and 5 times powers of ten.
    power = 10.0 ** math.floor(math.log10(NOISE_STEP * noise)) if noise > 0 else 1.0
    step = max((d * power for d in (1, 2, 5) if d * power <= NOISE_STEP * noise * (1 + 1e-9)), default=power)
    return Imaging(
        round(imaging.voxel_um, 1),
        round(round(imaging.blur_voxels / BLUR_STEP) * BLUR_STEP, 9),
        round(round(noise / step) * step, 9),
        round(round(imaging.grain_voxels / GRAIN_STEP) * GRAIN_STEP, 9),
    )


def _rounded(made_of: Materials) -> Materials:
    def near(density: float) -> float:
        return round(density / DENSITY_STEP) * DENSITY_STEP

    return replace(
        made_of,
        soft=near(made_of.soft),
        bone=near(made_of.bone),
        new_bone=near(made_of.new_bone),
        scaffold=near(made_of.scaffold),
    )
