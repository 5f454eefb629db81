"""What each voxel is, and how large."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

SURROUND, PHASE, UNKNOWN = 0, 1, 2
"""Labels of voxels: outside the phase, the phase, and outside the volume of interest."""

Edges = tuple[float, float, float]
"""Voxel edges (z, y, x), in any one unit."""

WIDEST = 32767
"""Most voxels along x: places of faces are kept in half steps, in two bytes."""


def cubed(spacing_mm: tuple[float, float, float]) -> Edges:
    """Return the voxel edges in units of the shortest, so that cubes have whole squared distances."""
    unit = min(spacing_mm)
    return (spacing_mm[0] / unit, spacing_mm[1] / unit, spacing_mm[2] / unit)


def check(phase: NDArray[np.bool_], voi: NDArray[np.bool_] | None) -> None:
    """Refuse what has no thickness.

    Raises
    ------
    MeasurementError
        If there is nothing of the phase or nothing else, or if the shapes differ.
    """
    if voi is not None and voi.shape != phase.shape:
        allowed = f"must have the shape of the scan, {phase.shape}"
        raise MeasurementError(Mistake("thickness › volume of interest", f"shape {voi.shape}", allowed))
    if phase.shape[2] > WIDEST:
        allowed = f"at most {WIDEST} voxels; crop the scan or turn it"
        raise MeasurementError(Mistake("thickness › last axis", f"{phase.shape[2]} voxels", allowed))
    for inside, given in ((True, "nothing of the phase"), (False, "nothing but the phase")):
        if not any(_holds(phase, voi, z, inside) for z in range(phase.shape[0])):
            where = "the whole array" if voi is None else "the volume of interest"
            raise MeasurementError(
                Mistake(f"thickness › {where}", given, "a thickness needs the phase and what surrounds it")
            )


def _holds(phase: NDArray[np.bool_], voi: NDArray[np.bool_] | None, z: int, inside: bool) -> bool:
    layer = phase[z] if inside else ~phase[z]
    return bool(layer.any() if voi is None else (layer & voi[z]).any())


def labelled(phase: NDArray[np.bool_], voi: NDArray[np.bool_] | None) -> NDArray[np.uint8]:
    """Return phase, surround and unknown as labels, not to be written to: without `voi`, the phase itself."""
    if voi is None and phase.flags.c_contiguous and phase.flags.writeable and phase.dtype == np.bool_:
        return phase.view(np.uint8)
    labels = np.array(phase, dtype=np.uint8, order="C")
    if voi is not None:
        np.putmask(labels, ~voi, np.uint8(UNKNOWN))
    return labels
