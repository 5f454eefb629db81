"""One pass over the values as the instrument wrote them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Scan

TARGET_VOXELS = 2**18


def slab_thickness(shape: tuple[int, int, int]) -> int:
    """Return how many slices to hold at once; no result depends on it."""
    return max(16, TARGET_VOXELS // (shape[1] * shape[2]))


@dataclass(frozen=True, slots=True)
class Census:
    """The spread of the values of a scan.

    Parameters
    ----------
    lowest, highest : smallest and largest value.
    at_lowest, at_highest : how many voxels hold just that value; many are a sign of clipping.
    voxels : number of voxels.
    """

    lowest: float
    highest: float
    at_lowest: int
    at_highest: int
    voxels: int

    @property
    def two_valued(self) -> bool:
        """True when the scan holds exactly two values, as a stored segmentation does."""
        return self.lowest < self.highest and self.at_lowest + self.at_highest == self.voxels


def take(scan: Scan, thickness: int | None = None) -> Census:
    """Count a scan.

    Raises
    ------
    MeasurementError
        If a value is not finite.

    Examples
    --------
    >>> from spondyl.volume import Grid, Meaning
    >>> grey = Scan(np.arange(8).reshape(2, 2, 2), Grid((2, 2, 2), (1, 1, 1)), Meaning.RAW)
    >>> take(grey).highest
    7.0
    """
    parts = []
    for start, stop in scan.slabs(thickness or slab_thickness(scan.grid.shape)):
        slab = scan.slab(start, stop)
        low, high = float(slab.min()), float(slab.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            _refuse_not_finite(scan)
        parts.append((low, high, int(np.count_nonzero(slab == low)), int(np.count_nonzero(slab == high))))
    lowest, highest = min(p[0] for p in parts), max(p[1] for p in parts)
    at_lowest = sum(p[2] for p in parts if p[0] == lowest)
    at_highest = sum(p[3] for p in parts if p[1] == highest)
    return Census(lowest, highest, at_lowest, at_highest, scan.grid.voxels)


def _refuse_not_finite(scan: Scan) -> None:
    bad = sum(
        int(np.count_nonzero(~np.isfinite(scan.slab(a, b))))
        for a, b in scan.slabs(slab_thickness(scan.grid.shape))
    )
    given = f"{bad} voxels that are not finite numbers"
    raise MeasurementError(Mistake(scan.name, given, "every voxel must hold a number; mend or crop the scan"))
