"""Volumes of interest: where bone is counted.

A voxel belongs to a volume of interest when its centre lies inside (point sampling). Lengths are measured
from the outer corner of the array, so the centre of voxel ``k`` lies at ``(k + 0.5) * spacing``, and ranges
are half-open: two boxes that share a face share no voxel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.voi_mask import Mask
from spondyl.assay.microct.voi_shape import Box, Cylinder
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

Voi = Box | Cylinder | Mask


def inside(voi: Voi | None, scan: Scan) -> NDArray[np.bool_] | None:
    """Return the voxels of the volume of interest, shape ``scan.grid.shape``; None for the whole array.

    Raises
    ------
    MeasurementError
        If the volume of interest leaves the scan, lies on another grid or holds no voxel centre.
    """
    if voi is None:
        return None
    mask = voi.inside(scan.grid)
    if not mask.any():
        raise MeasurementError(
            Mistake("voi", f"{voi}, which holds no voxel centre", "must hold at least one voxel of the scan")
        )
    return mask
