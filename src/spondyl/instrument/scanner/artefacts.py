"""What scanners do to dense bone and to detectors: beam hardening and rings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Array = NDArray[np.float64]

HALF_MM = 1.0
"""Depth of full bone, mm at 1000 mg HA/cm³, at which half of the effect is reached."""


def hardened(values: Array, grid: Grid, strength: float) -> Array:
    """Return values that read lower the more mineral lies around them in their slice.

    Parameters
    ----------
    values : mg HA/cm³ (z, y, x); the scanner turns about z.
    strength : share by which the middle of a very thick bone reads too low.
    """
    from scipy.ndimage import gaussian_filter

    wide = 2 * HALF_MM / np.array(grid.spacing_mm[1:])
    around = gaussian_filter(np.maximum(values, 0), (0.0, wide[0], wide[1]), mode="constant") / 1000
    return np.asarray(values * (1 - strength * around / (around + 0.5)))


def rings_of(shape: tuple[int, ...], sigma: float, rng: np.random.Generator) -> Array:
    """Return rings about the middle of every slice, one strength for each pixel of the detector.

    Parameters
    ----------
    sigma : standard deviation of their strength.
    """
    y, x = (np.arange(n) - (n - 1) / 2 for n in shape[1:])
    radius = np.hypot(y[:, None], x)
    pixels = rng.standard_normal(int(radius.max()) + 2) * sigma
    plane = np.interp(radius, np.arange(pixels.size), pixels)
    return np.broadcast_to(plane, shape).copy()
