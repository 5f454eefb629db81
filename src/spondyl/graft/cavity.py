"""The hole that a graft fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid


@dataclass(frozen=True, slots=True)
class Cavity:
    """Empty space in a bone, open to one side.

    Parameters
    ----------
    grid : of the bone.
    share : of each voxel that lies in the cavity, 0 to 1, float32 (z, y, x).
    inwards : unit vector (z, y, x) from the opening into the bone; granules settle along it.
    """

    grid: Grid
    share: NDArray[np.float32]
    inwards: tuple[float, float, float]

    @property
    def volume_mm3(self) -> float:
        """Volume, mm³."""
        return float(self.share.sum(dtype=np.float64)) * self.grid.voxel_mm3
