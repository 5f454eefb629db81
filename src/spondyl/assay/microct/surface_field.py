"""The field whose zero is the surface between bone and marrow.

Grey values give the surface at the threshold with its sub-voxel position. A binary volume has no such
position, and marching cubes would find 4 to 9 % too much on it; so the binary bone is first smoothed by a
Gaussian of one voxel, and the level is taken at which it fills the same volume as before, which undoes the
shrinking of thin and round parts.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.assay.microct.smoothing import Slab, smooth_slab_straight

Field = Callable[[int, int], Slab]

BINARY_SIGMA = 1.0
LEVEL_BINS = 2**16
SMALLEST = 1e-6


def surface_field(segmentation: Segmentation, thickness: int | None = None) -> Field:
    """Return what reads slices ``start:stop`` of a field that is above zero in bone.

    Parameters
    ----------
    segmentation : the bone, with its grey values.
    thickness : slices held at once while the level of a binary volume is sought; changes no digit.
    """
    if not segmentation.binary:
        return _grey(segmentation)
    return _binary(segmentation, thickness or slab_thickness(segmentation.bone.shape))


def _grey(segmentation: Segmentation) -> Field:
    """Distance of the filtered value from the threshold, above zero just where bone is present."""
    counted = segmentation.census
    scale = 1 / (counted.highest - counted.lowest)

    def read(start: int, stop: int) -> Slab:
        values = segmentation.field.slab(start, stop)
        distance = np.maximum(np.abs(values - segmentation.threshold) * scale, SMALLEST)
        return np.where(segmentation.present(start, stop, values), distance, -distance)

    return read


def _binary(segmentation: Segmentation, thickness: int) -> Field:
    """Smoothed bone, above zero where it is above the level that keeps the bone's volume."""
    slices = segmentation.bone.shape[0]

    def present(start: int, stop: int) -> Slab:
        return segmentation.present(start, stop).astype(np.float64)

    def smooth(start: int, stop: int) -> Slab:
        return smooth_slab_straight(present, slices, BINARY_SIGMA, start, stop)

    counts = np.zeros(LEVEL_BINS, dtype=np.int64)
    voxels = 0
    for start, stop in segmentation.field.scan.slabs(thickness):
        index = np.clip(smooth(start, stop).ravel() * LEVEL_BINS, 0, LEVEL_BINS - 1).astype(np.int64)
        counts += np.bincount(index, minlength=LEVEL_BINS)
        voxels += int(np.count_nonzero(segmentation.present(start, stop)))
    level = volume_keeping_level(counts, voxels)
    return lambda start, stop: smooth(start, stop) - level


def volume_keeping_level(counts: NDArray[np.int64], voxels: int) -> float:
    """Return the level that as many values exceed as there are bone voxels.

    Parameters
    ----------
    counts : how many values lie in each of equal bins from 0 to 1.
    voxels : number of bone voxels.

    Examples
    --------
    >>> float(volume_keeping_level(np.array([6, 0, 0, 2]), 2))
    0.5
    """
    above = np.cumsum(counts[::-1])[::-1]
    inner = int(np.flatnonzero(above >= voxels)[-1])
    filled = np.flatnonzero(counts)
    outer = int(filled[filled < inner][-1]) if (filled < inner).any() and above[inner] == voxels else inner
    return (inner + outer + 1) / 2 / len(counts)
