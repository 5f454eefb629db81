"""The filtered values inside the volume of interest, counted finely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts of values in equal bins.

    Parameters
    ----------
    lowest, highest : ends of the range that the bins divide.
    counts : voxels per bin, shape (4096,).
    """

    lowest: float
    highest: float
    counts: NDArray[np.int64]

    @property
    def centres(self) -> NDArray[np.float64]:
        """Value at the middle of each bin, shape (4096,)."""
        width = (self.highest - self.lowest) / BINS
        return np.asarray(self.lowest + (np.arange(BINS) + 0.5) * width)

    def between(self, low: float, high: float) -> int:
        """Return how many voxels lie from `low` up to `high`, to the width of a bin."""
        centres = self.centres
        return int(self.counts[(centres >= low) & (centres < high)].sum())

    def moments(self, chosen: NDArray[np.bool_]) -> tuple[float, float]:
        """Return mean and standard deviation of the voxels in the chosen bins; NaN when there are none."""
        counts, centres = self.counts[chosen], self.centres[chosen]
        if counts.sum() == 0:
            return float("nan"), float("nan")
        mean = float(np.average(centres, weights=counts))
        return mean, float(np.sqrt(np.average((centres - mean) ** 2, weights=counts)))


def bin_counts(values: NDArray[np.float64], lowest: float, highest: float) -> NDArray[np.int64]:
    """Count `values` into the 4096 bins from `lowest` to `highest`."""
    scale = BINS / (highest - lowest) if highest > lowest else 0.0
    index = np.clip((values.ravel() - lowest) * scale, 0, BINS - 1).astype(np.int64)
    return np.bincount(index, minlength=BINS)
