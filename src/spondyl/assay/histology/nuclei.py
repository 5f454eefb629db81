"""Nuclei, which hide what is around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.histology.parts import part_sizes

Floats = NDArray[np.float64]

LARGEST = 6.0
"""Areas of a nucleus up to which something dark is one, or some that lie together."""


def largest(nucleus: float) -> float:
    """Return the area up to which something dark is nuclei, pixels; `nucleus` is the diameter of one."""
    return LARGEST * np.pi / 4 * nucleus**2


def nuclei(density: Floats, darkest: float, own: float, nucleus: float) -> NDArray[np.bool_]:
    """Return where nuclei lie, with their blurred rims: what is nearer than half a nucleus.

    Nuclei are dark in every colour, tissues bright in one at least: the least density of a nucleus's three
    lies above halfway between that of the darkest tissue and its own.

    Parameters
    ----------
    density : optical density, (rows, columns, 3).
    darkest, own : least density of the three colours, of the darkest tissue and of a nucleus.
    nucleus : pixels of its diameter.
    """
    from scipy import ndimage

    seen = ndimage.gaussian_filter(density.min(axis=2), 0.1 * nucleus) > (darkest + own) / 2
    small = seen & (part_sizes(seen) <= largest(nucleus))
    if not small.any():
        return small
    return np.asarray(ndimage.distance_transform_edt(~small) <= max(0.5 * nucleus, 1.0))


def filled(values: Floats, hidden: NDArray[np.bool_], wide: float) -> Floats:
    """Return values in which what is hidden has the mean of what is around."""
    from scipy import ndimage

    weight = ndimage.gaussian_filter((~hidden).astype(float), 0.7 * wide)
    found = values.copy()
    for one in range(values.shape[2]):
        around = ndimage.gaussian_filter(np.where(hidden, 0.0, values[..., one]), 0.7 * wide)
        found[..., one][hidden] = (around / np.maximum(weight, 1e-6))[hidden]
    return found
