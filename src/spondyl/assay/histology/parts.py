"""Connected parts of a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def part_sizes(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many pixels the part has that each pixel belongs to, 0 outside the mask.

    Parts are joined by the sides of pixels.

    Examples
    --------
    >>> part_sizes(np.array([[True, True, False, True]])).tolist()
    [[2, 2, 0, 1]]
    """
    from scipy import ndimage

    parts, count = ndimage.label(mask)
    sizes = np.bincount(parts.reshape(-1), minlength=count + 1)
    sizes[0] = 0
    return np.asarray(sizes[parts], np.int64)
