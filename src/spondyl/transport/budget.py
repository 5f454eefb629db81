"""Where the amounts of a step went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Budget:
    """Amounts of each field over one call: what a field counts, times mm³; each of shape (k,).

    Parameters
    ----------
    before, after : in all voxels.
    supplied : by sources.
    removed : by decay or uptake.
    held : what came from the voxels whose values are held, less what went into them.
    substeps : that the call took inside.

    Examples
    --------
    >>> one = np.ones(1)
    >>> Budget(before=one, after=2 * one, supplied=one, removed=0 * one, held=0 * one).error
    array([0.])
    """

    before: Array
    after: Array
    supplied: Array
    removed: Array
    held: Array
    substeps: int = 1

    @property
    def error(self) -> Array:
        """What is there and should not be, or is not and should."""
        return self.after - self.before - self.supplied + self.removed - self.held

    @property
    def relative_error(self) -> Array:
        """The error over all that was there or came."""
        size = self.before + self.supplied + np.abs(self.held)
        return np.abs(self.error) / np.where(size > 0, size, 1.0)
