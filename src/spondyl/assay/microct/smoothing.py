"""Gaussian smoothing slab by slab, bit for bit the same as over the whole array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.volume import Scan

Slab = NDArray[np.float64]
CUT_SIGMAS = 4.0
KEEP_BYTES = 64 * 2**20


def smooth_slab(read: Callable[[int, int], Slab], slices: int, sigma: float, start: int, stop: int) -> Slab:
    """Return slices ``start:stop`` of the smoothed volume.

    Parameters
    ----------
    read : returns slices ``start:stop`` of the volume, shape (stop - start, y, x).
    slices : number of slices of the whole volume.
    sigma : standard deviation in voxels along each axis; the kernel is cut at 4 σ, edge values repeat.
    start, stop : slices wanted.
    """
    if sigma == 0:
        return read(start, stop)
    from scipy.ndimage import gaussian_filter1d

    reach = int(CUT_SIGMAS * sigma + 0.5)
    low, high = max(0, start - reach), min(slices, stop + reach)
    slab = read(low, high)
    slab = gaussian_filter1d(slab, sigma, axis=0, mode="nearest", truncate=CUT_SIGMAS)[
        start - low : stop - low
    ]
    for axis in (1, 2):
        slab = gaussian_filter1d(slab, sigma, axis=axis, mode="nearest", truncate=CUT_SIGMAS)
    return slab


def smooth_slab_straight(
    read: Callable[[int, int], Slab], slices: int, sigma: float, start: int, stop: int
) -> Slab:
    """Return slices ``start:stop`` of the smoothed volume, surfaces running straight on beyond the border.

    As :func:`smooth_slab`, but beyond the border the volume is continued by odd reflection instead of by
    repeated edge values, which would bend every surface until it meets the border at a right angle.
    """
    from scipy.ndimage import gaussian_filter1d

    reach = int(CUT_SIGMAS * sigma + 0.5)
    low, high = max(0, start - reach), min(slices, stop + reach)
    beyond = (low - start + reach, stop + reach - high)
    around = (beyond, (reach, reach), (reach, reach))
    slab = np.pad(read(low, high), around, mode="reflect", reflect_type="odd")
    for axis in range(3):
        slab = gaussian_filter1d(slab, sigma, axis=axis, truncate=CUT_SIGMAS)
        inner = tuple(slice(reach, -reach) if i == axis else slice(None) for i in range(3))
        slab = slab[inner]
    return slab


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """The filtered values of a scan, read slab by slab.

    Parameters
    ----------
    scan : the unfiltered scan.
    sigma : standard deviation of the Gaussian in voxels; 0 for none.
    kept : all filtered values where they are few enough to keep, else None and each slab is filtered anew.
    """

    scan: Scan
    sigma: float
    kept: Slab | None = None

    def slab(self, start: int, stop: int) -> Slab:
        """Return the filtered values of slices ``start:stop``, shape (stop - start, y, x)."""
        if self.kept is not None:
            return self.kept[start:stop]
        return smooth_slab(self.scan.slab, self.scan.grid.shape[0], self.sigma, start, stop)


def filtered(scan: Scan, sigma: float, *, keep_bytes: int = KEEP_BYTES) -> Filtered:
    """Return the filtered values of a scan; they are kept when they fill at most `keep_bytes`."""
    fresh = Filtered(scan, sigma)
    if sigma == 0 or 8 * scan.grid.voxels > keep_bytes:
        return fresh
    kept = np.empty(scan.grid.shape)
    for start, stop in scan.slabs(slab_thickness(scan.grid.shape)):
        kept[start:stop] = fresh.slab(start, stop)
    return Filtered(scan, sigma, kept)
