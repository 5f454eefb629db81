"""The ultimate load of a curve, on noisy, serrated and truncated records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.quantity import Parameter

Floats = NDArray[np.float64]

NOISES = 6.0
"""Times the noise that a fall must exceed, whatever its share of the load, to be none of the noise."""

FIRST_SHARE = 0.1
"""Loads below this share of the largest one are contact and seating, not a peak."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The ultimate load.

    Parameters
    ----------
    place : sample at which it is reached.
    load : N; of the smoothed record where it was noisy.
    failed : sample at which the load has fallen by the share that counts as failure; None if it never has.
    noise : standard deviation of the load from sample to sample, as a share of its largest value.
    smoothed : whether the record was smoothed to find the peak.
    """

    place: int
    load: float
    failed: int | None
    noise: float
    smoothed: bool


def peak(load: Floats, parameters: Mapping[str, Parameter]) -> Peak:
    """Return the first largest load that a fall follows; the largest of all where none does.

    A specimen that is crushed further may carry more again, once what is left of it is pressed together; that
    is no longer its strength.

    Parameters
    ----------
    load : shape (samples,), positive in the direction of loading.
    parameters : of the stage "assay/compression".
    """
    noise = noise_of(load) / float(load.max())
    smoothed = noise > parameters["smoothed_noise"].value
    drop = parameters["load_drop"].value
    values = _median(load, noise, drop)
    so_far = np.maximum.accumulate(values)
    fall = np.maximum(drop * so_far, NOISES * noise * float(load.max()))
    fallen = (so_far - values > fall) & (so_far > FIRST_SHARE * values.max())
    failed = int(fallen.argmax()) if fallen.any() else None
    # A sudden drop must not lower the peak before it, so what follows is not smoothed into it.
    rising = smooth(load[:failed]) if smoothed else load[:failed]
    place = int(rising.argmax())
    return Peak(place, float(rising[place]), failed, noise, smoothed)


def noise_of(load: Floats) -> float:
    """Return the standard deviation of what no smooth curve explains, from second differences."""
    second = np.diff(load, 2)
    return float(1.4826 * np.median(np.abs(second - np.median(second))) / np.sqrt(6))


def _median(load: Floats, noise: float, drop: float) -> Floats:
    """Return running medians, which keep a sudden drop where it is, over so many samples that noise is small
    beside the drop that counts as failure."""
    from scipy.ndimage import median_filter

    width = 2 * int((2 * NOISES * noise / drop) ** 2 / 2) + 1
    if width < 3:
        return load
    return np.asarray(median_filter(load, size=min(width, load.size // 4), mode="nearest"))


def smooth(load: Floats) -> Floats:
    """Return the record smoothed by local parabolas over a twentieth of its length, seven samples or more."""
    from scipy.signal import savgol_filter

    width = max(7, load.size // 20 | 1)
    return load if width > load.size else np.asarray(savgol_filter(load, width, 2))
