"""What became of spheres that were poured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Poured:
    """Spheres that found a place, granules first.

    Parameters
    ----------
    centres : mm, in the frame of the hole with its margin, (n, 3).
    radii : that they have among each other, mm.
    landed : which of them found a place.
    granules : how many of them are granules.
    """

    centres: Array
    radii: Array
    landed: NDArray[np.bool_]
    granules: int

    @property
    def spheroids_in(self) -> int:
        """Spheroids that found a place."""
        return int(self.landed[self.granules :].sum())

    @property
    def diameters_in(self) -> Array:
        """Diameters of the granules that found a place, mm."""
        return 2 * self.radii[: self.granules][self.landed[: self.granules]]
