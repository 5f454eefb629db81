"""Connected parts and holes of a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.parts import keep_largest

Bools = NDArray[np.bool_]


def largest(mask: Bools) -> Bools:
    """Return the largest face-connected part of the mask; an empty mask stays empty."""
    kept = np.ascontiguousarray(mask)
    if kept.any():
        kept = kept.copy()
        keep_largest(kept)
    return kept


def filled(mask: Bools, axis: int | None = None) -> Bools:
    """Return the mask with its holes filled.

    A hole is background that no face-connected path joins to the frame of the array. On a face of the array
    that cuts the bone, background enclosed in that face is a hole too: the bone went on beyond.

    Parameters
    ----------
    mask : shape (z, y, x).
    axis : fill within each slice across this axis; None fills in three dimensions.
    """
    from scipy.ndimage import binary_fill_holes

    result = mask.copy()
    if axis is not None:
        planes = np.moveaxis(result, axis, 0)
        for number, plane in enumerate(planes):
            planes[number] = binary_fill_holes(plane)
        return result
    for across in range(3):
        faces = np.moveaxis(result, across, 0)
        for end in (0, -1):
            faces[end] = binary_fill_holes(faces[end])
    return np.asarray(binary_fill_holes(result))


def reached(seeds: Bools, within: Bools) -> Bools:
    """Return the face-connected parts of `within` that hold a seed."""
    import cc3d

    labels = cc3d.connected_components(np.ascontiguousarray(within), connectivity=6)
    hit = np.unique(labels[seeds & within])
    return np.asarray(np.isin(labels, hit[hit != 0]))
