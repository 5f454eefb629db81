"""A scale bar drawn into a picture is no tissue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

LONG = 4.0
"""Length of a bar over its height, at least."""

FULL = 0.9
"""Share of its own rectangle that a bar fills, at least."""


def scale_bar(light: NDArray[np.float32], density: float) -> Mask:
    """Return where a scale bar, its ends and the writing beside it lie.

    Parameters
    ----------
    light : (rows, columns, 3), 0 to 1.
    density : optical density from which something is black.
    """
    from scipy import ndimage

    # Black in all colours, or white beyond all else, and straight.
    dark = light.max(axis=2) <= 10.0**-density
    found = np.zeros(dark.shape, np.bool_)
    parts, count = ndimage.label(dark)
    for number, place in enumerate(ndimage.find_objects(parts), 1):
        tall, wide = (one.stop - one.start for one in place)
        own = parts[place] == number
        if wide >= max(LONG * tall, 20) and tall >= 2 and own.mean() >= FULL:
            found[place] |= own
    if not found.any() or not count:
        return found
    return np.asarray(ndimage.binary_dilation(found, iterations=3))
