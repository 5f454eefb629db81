"""Specks too small to be the tissue whose colour they have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.parts import part_sizes
from spondyl.assay.histology.seams import disc

Labels = NDArray[np.int8]

RIM = 2
"""Pixels around a speck that are asked what it lies in."""

ENCLOSED = 0.8
"""Share of them that must be one tissue."""


def without_specks(labels: Labels, tissue: int, least: float) -> Labels:
    """Return labels in which specks of a tissue below an area, pixels, belong to what is nearest."""
    from scipy import ndimage

    mask = labels == tissue
    small = mask & (part_sizes(mask) < least)
    if not small.any() or small.all():
        return labels
    where = ndimage.distance_transform_edt(small, return_distances=False, return_indices=True)
    return np.asarray(labels[tuple(where)])


def without_enclosed(labels: Labels, tissue: int, hosts: Sequence[int], least: float) -> Labels:
    """Return labels in which specks of a tissue within one of its hosts belong to that.

    Parameters
    ----------
    labels : tissue of each pixel, (rows, columns).
    tissue : of the specks.
    hosts : tissues in which there are none; a speck is enclosed whose rim is one of them nearly all around.
    least : area below which it is a speck, pixels.
    """
    from scipy import ndimage

    mask = labels == tissue
    small = mask & (part_sizes(mask) < least)
    parts, count = ndimage.label(small)
    around = ndimage.grey_dilation(parts, footprint=disc(RIM))
    rim = (around > 0) & ~mask
    whole = np.bincount(around[rim], minlength=count + 1)
    out = labels.copy()
    for host in hosts:
        held = np.bincount(around[rim & (labels == host)], minlength=count + 1)
        enclosed = held > ENCLOSED * np.maximum(whole, 1)
        out[enclosed[parts] & small] = host
    return out
