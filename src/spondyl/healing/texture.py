"""Where tissues lie within a voxel of which only shares are known: a smooth random texture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

INSIDE = 0.5
"""Sum of shares from which a pixel lies in the tissue at all."""


def texture(draws: np.random.Generator, size: tuple[int, ...], grain: float) -> Array:
    """Return smooth thresholds between 0 and 1, each as frequent as any other.

    Parameters
    ----------
    draws : of the noise.
    size : of the picture, (rows, columns).
    grain : standard deviation of its grains, pixels.
    """
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(draws.standard_normal(size), grain, mode="wrap")
    rank = np.empty(noise.size)
    rank[np.argsort(noise, axis=None)] = (np.arange(noise.size) + 0.5) / noise.size
    return rank.reshape(size)


def parted(shares: Array, thresholds: Array) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the tissue of each pixel, as many of each as its share says, and where there is any.

    Parameters
    ----------
    shares : of tissues in the order in which they lie beside each other, (tissues, rows, columns).
    thresholds : of :func:`texture`, (rows, columns).
    """
    total = shares.sum(axis=0)
    level = np.cumsum(shares, axis=0) / np.maximum(total, 1e-12)
    return np.minimum((level <= thresholds).sum(axis=0), len(shares) - 1), total >= INSIDE
