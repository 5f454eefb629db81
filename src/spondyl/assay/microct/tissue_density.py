"""Mineral density of bone away from its surface."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Meaning, Scan

RULE = (
    "TMD without the rim: mean of the unfiltered values over the bone voxels whose six face neighbours are "
    "bone too; bone goes on beyond the volume of interest and the scan"
)


@dataclass(frozen=True, slots=True)
class CoreDensity:
    """Mean density of bone without its outermost voxels.

    Parameters
    ----------
    mgha_cm3 : the mean, mg HA/cm³; None when no voxel of the bone is left.
    voxels : how many voxels it is the mean of.
    share : those voxels over all voxels of the bone, from 0 to 1.
    """

    mgha_cm3: float | None
    voxels: int
    share: float


def tmd_without_rim(
    scan: Scan, bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None = None
) -> CoreDensity | None:
    """Return the mean density of the bone eroded by one voxel, mg HA/cm³.

    A voxel at the surface of bone is partly marrow, and lowers the mean the more, the thinner the bone. So
    only voxels count whose six face neighbours are bone as well. A cut face is no surface: beyond the volume
    of interest and beyond the scan, bone is taken to go on.

    Parameters
    ----------
    scan : the unfiltered values.
    bone : True in bone inside the volume of interest, shape (z, y, x).
    voi : True inside the volume of interest; None for the whole array.

    Returns
    -------
    None for a scan that is not calibrated to density.

    Raises
    ------
    MeasurementError
        If the masks have another shape than the scan, or there is no bone.

    Examples
    --------
    >>> from spondyl.volume import Grid
    >>> values = np.zeros((5, 5, 5))
    >>> values[1:4, 1:4, 1:4] = 600
    >>> values[2, 2, 2] = 900
    >>> scan = Scan(values, Grid(values.shape, (0.02, 0.02, 0.02)), Meaning.DENSITY)
    >>> tmd_without_rim(scan, values > 0).mgha_cm3
    900.0
    """
    if scan.meaning is not Meaning.DENSITY:
        return None
    _refuse_foreign(scan, bone, voi)
    slices = scan.grid.shape[0]
    sums: list[float] = []
    core = whole = 0
    for start, stop in scan.slabs(slab_thickness(scan.grid.shape)):
        low, high = max(0, start - 1), min(slices, stop + 1)
        inner = _core(bone[low:high], None if voi is None else voi[low:high])[start - low : stop - low]
        core += int(np.count_nonzero(inner))
        whole += int(np.count_nonzero(bone[start:stop]))
        values = scan.slab(start, stop)
        sums.extend(float(plane[mask].sum()) for plane, mask in zip(values, inner, strict=True))
    if not whole:
        raise MeasurementError(Mistake(scan.name, "no bone", "a density needs some; lower the threshold"))
    return CoreDensity(math.fsum(sums) / core if core else None, core, core / whole)


def _core(bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Bone voxels that touch no marrow with a face; the ends of the slab count as bone."""
    from scipy.ndimage import binary_erosion

    solid = bone if voi is None else bone | ~voi
    return np.asarray(binary_erosion(solid, border_value=1)) & bone


def _refuse_foreign(scan: Scan, bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None) -> None:
    for what, mask in (("bone", bone), ("volume of interest", voi)):
        if mask is not None and mask.shape != scan.grid.shape:
            given = f"a mask of the {what} of shape {mask.shape}"
            raise MeasurementError(Mistake(scan.name, given, f"the scan has shape {scan.grid.shape}"))
