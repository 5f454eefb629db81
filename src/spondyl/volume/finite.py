"""No NaN enters a measurement."""

from __future__ import annotations

import numpy as np

from spondyl.errors import Mistake, ScanError
from spondyl.volume.scan import Scan

_SLAB = 1 << 22  # voxels looked at together


def check_finite(scan: Scan) -> None:
    """Look through all voxels, some slices at a time.

    Raises
    ------
    ScanError
        If any is NaN or infinite, with their number and the first place (z, y, x).
    """
    if scan.stored.dtype.kind != "f":
        return
    count, first = 0, None
    for start, stop in scan.slabs(max(1, _SLAB // (scan.grid.voxels // scan.grid.shape[0]))):
        bad = ~np.isfinite(scan.stored[start:stop])
        found = int(np.count_nonzero(bad))
        if found and first is None:
            k, j, i = (int(n) for n in np.unravel_index(int(bad.argmax()), bad.shape))
            first = (start + k, j, i)
        count += found
    if first is not None:
        where = str(scan.source.path) if scan.source else scan.name
        given = f"{count} voxels that are not finite, the first at (z, y, x) = {first}"
        raise ScanError(Mistake(where, given, "every voxel must be a finite number"))
