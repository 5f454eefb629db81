"""Signs of beam hardening: rods and bone that read lower inside, and dense rods that read too low."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.calibration import Calibration
from spondyl.assay.microct.rods import Rod
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

MOST_CUPPING = 0.05
"""Rim over centre, in contrasts, above which a scan is remarked on."""

MOST_CURVATURE = 0.02
"""Bend of the calibration, in ranges of its densities, above which it is remarked on."""

SURE = 3.0
"""Standard errors by which a sign must stand out from zero."""

LEAST_VOXELS = 100


@dataclass(frozen=True, slots=True)
class BeamHardening:
    """What a scan shows of beam hardening.

    Parameters
    ----------
    cupping : value at the rim minus value in the centre, in contrasts; mean over the rods, each weighted by
        the inverse square of its error.
    cupping_error : its standard error.
    curvature_mgha_cm3 : how far the calibration bends, as in :class:`Calibration`; None when unknown.
    remarks : one sentence for each sign that is large and sure.
    """

    cupping: float
    cupping_error: float
    curvature_mgha_cm3: float | None
    remarks: tuple[str, ...]


def across_rods(rods: Sequence[Rod], calibration: Calibration | None = None) -> BeamHardening:
    """Judge beam hardening by the rods that are denser than their surroundings.

    Parameters
    ----------
    rods : as found in the scan.
    calibration : fitted to them, for its bend.

    Raises
    ------
    MeasurementError
        If no rod is denser than its surroundings.
    """
    dense = [rod for rod in rods if rod.contrast > 0]
    if not dense:
        given = f"{len(rods)} rods, none denser than its surroundings"
        raise MeasurementError(Mistake("beam hardening", given, "a check needs at least one that is"))
    # A scan without noise has errors of zero; then all rods count alike.
    least = max(1e-6, max(rod.cupping_error for rod in dense) * 1e-3)
    weights = np.array([max(rod.cupping_error, least) ** -2 for rod in dense])
    cupping = float(np.average([rod.cupping for rod in dense], weights=weights))
    error = 1 / math.sqrt(float(weights.sum()))
    curvature = None if calibration is None else calibration.curvature
    remarks = _cupped(cupping, error)
    if calibration is not None and curvature is not None:
        extent = max(calibration.densities) - min(calibration.densities)
        if abs(curvature) > MOST_CURVATURE * extent:
            how = "low" if curvature > 0 else "high"
            remarks.append(
                f"The calibration bends by {abs(curvature):.0f} mg HA/cm³: dense material reads too {how} "
                "beyond the densest rod."
            )
    return BeamHardening(cupping, error, curvature, tuple(remarks))


def along_radius(scan: Scan, inside: NDArray[np.bool_], background: float) -> BeamHardening:
    """Judge beam hardening by a region of one material, such as the body of the rod holder.

    In each slice a parabola in the distance from the centre of the region is fitted to its values.

    Parameters
    ----------
    scan : the unfiltered values.
    inside : True in the region, without its rim, shape (z, y, x); its axis runs along z.
    background : value of what surrounds it, in the values of the scan.

    Raises
    ------
    MeasurementError
        If the region has another shape than the scan, or fewer than two slices of 100 voxels.
    """
    if inside.shape != scan.grid.shape:
        given = f"a region of shape {inside.shape}"
        raise MeasurementError(Mistake(scan.name, given, f"the scan has shape {scan.grid.shape}"))
    slices = [k for k in range(len(inside)) if np.count_nonzero(inside[k]) >= LEAST_VOXELS]
    if len(slices) < 2:
        given = f"{len(slices)} slices with {LEAST_VOXELS} voxels of the region"
        raise MeasurementError(Mistake(f"{scan.name} › beam hardening", given, "needs at least two"))
    fits = np.array([_parabola(scan, inside, k) for k in slices])
    contrast = abs(float(fits[:, 0].mean()) - background)
    if contrast == 0:
        given = "a region that is no denser than its surroundings"
        raise MeasurementError(Mistake(f"{scan.name} › beam hardening", given, "give another background"))
    cups = fits[:, 1] / contrast
    cupping, error = float(cups.mean()), float(cups.std(ddof=1)) / math.sqrt(len(cups))
    return BeamHardening(cupping, error, None, tuple(_cupped(cupping, error)))


def _parabola(scan: Scan, inside: NDArray[np.bool_], k: int) -> tuple[float, float]:
    """Mean of a slice of the region, and the rise of a parabola from its centre to its farthest voxel."""
    _, high, wide = scan.grid.spacing_mm
    values = scan.slab(k, k + 1)[0][inside[k]]
    y, x = (i * s for i, s in zip(np.nonzero(inside[k]), (high, wide), strict=True))
    square = (y - y.mean()) ** 2 + (x - x.mean()) ** 2
    bent = square / square.max() - square.mean() / square.max()
    return float(values.mean()), float(values @ bent / (bent @ bent))


def _cupped(cupping: float, error: float) -> list[str]:
    if abs(cupping) <= max(MOST_CUPPING, SURE * error):
        return []
    how, why = ("higher", "too little") if cupping > 0 else ("lower", "too much")
    return [
        f"The rim reads {abs(cupping):.0%} of the contrast {how} than the centre: beam hardening is "
        f"corrected {why}, and densities inside thick bone are off by as much."
    ]
