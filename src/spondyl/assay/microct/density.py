"""Mean mineral densities, from the unfiltered values."""

from __future__ import annotations

import math

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.volume import Meaning, Scan


def densities_mgha_cm3(scan: Scan, segmentation: Segmentation) -> tuple[float, float] | None:
    """Return tissue and bone mineral density, mg HA/cm³.

    TMD is the mean over the bone, BMD the mean over the whole volume of interest, both of the values before
    filtering. None for a scan that is not calibrated to density, or a binary one.
    """
    if scan.meaning is not Meaning.DENSITY or segmentation.settings.binary:
        return None
    tissue, volume = [], []
    for start, stop in scan.slabs(slab_thickness(scan.grid.shape)):
        for offset, plane in enumerate(scan.slab(start, stop)):
            here = start + offset
            tissue.append(float(plane[segmentation.bone[here]].sum()))
            volume.append(float((plane if segmentation.voi is None else plane[segmentation.voi[here]]).sum()))
    return math.fsum(tissue) / segmentation.bv_voxels, math.fsum(volume) / segmentation.tv_voxels
