"""Otsu's threshold of a volume that is read slab by slab."""

from __future__ import annotations

import numpy as np

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.smoothing import Filtered
from spondyl.errors import MeasurementError, Mistake

BINS = 256


def otsu(field: Filtered, thickness: int | None = None) -> float:
    """Return the threshold that separates the values of the whole volume best into two classes.

    Otsu 1979: of 256 equal bins from the lowest to the highest filtered value, the centre of the one at
    which the variance between the classes is largest.

    Raises
    ------
    MeasurementError
        If every voxel holds the same value.
    """
    from skimage.filters import threshold_otsu

    scan = field.scan
    slabs = list(scan.slabs(thickness or slab_thickness(scan.grid.shape)))
    ends = [(s.min(), s.max()) for s in (field.slab(*slab) for slab in slabs)]
    lowest, highest = float(min(e[0] for e in ends)), float(max(e[1] for e in ends))
    if lowest == highest:
        given = f"the value {lowest:g} in every voxel"
        allowed = "Otsu's threshold needs a scan with contrast"
        raise MeasurementError(Mistake(f"{scan.name} › threshold otsu", given, allowed))
    counts = np.zeros(BINS, dtype=np.int64)
    for slab in slabs:
        counts += np.histogram(field.slab(*slab), bins=BINS, range=(lowest, highest))[0]
    edges = np.histogram_bin_edges(np.empty(0), bins=BINS, range=(lowest, highest))
    return float(threshold_otsu(hist=(counts, (edges[1:] + edges[:-1]) / 2)))
