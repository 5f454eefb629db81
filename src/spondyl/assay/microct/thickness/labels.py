"""What each voxel is, and how large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.faces import PHASE, SURROUND, UNKNOWN, Edges
from spondyl.errors import MeasurementError, Mistake


def cubed(spacing_mm: tuple[float, float, float]) -> Edges:
    """Return the voxel edges in units of the shortest, so that cubes have whole squared distances."""
    unit = min(spacing_mm)
    return (spacing_mm[0] / unit, spacing_mm[1] / unit, spacing_mm[2] / unit)


def labelled(phase: NDArray[np.bool_], voi: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """Return phase, surround and unknown as labels.

    Raises
    ------
    MeasurementError
        If there is nothing of the phase or nothing else, or if the shapes differ.
    """
    if voi is not None and voi.shape != phase.shape:
        allowed = f"must have the shape of the scan, {phase.shape}"
        raise MeasurementError(Mistake("thickness › volume of interest", f"shape {voi.shape}", allowed))
    labels = np.where(phase, np.uint8(PHASE), np.uint8(SURROUND))
    if voi is not None:
        labels[~voi] = UNKNOWN
    for label, given in ((PHASE, "nothing of the phase"), (SURROUND, "nothing but the phase")):
        if not (labels == label).any():
            where = "the whole array" if voi is None else "the volume of interest"
            raise MeasurementError(
                Mistake(f"thickness › {where}", given, "a thickness needs the phase and what surrounds it")
            )
    return labels
