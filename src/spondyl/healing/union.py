"""Has the defect united: one piece of bone in it reaches from its cranial to its caudal rim."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.numbers import Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State

Mask = NDArray[np.bool_]

RULE = (
    "united where bone in the defect, voxels of at least the union share, reaches the rim in its "
    "cranial and in its caudal third"
)


def united(state: State, region: Region, known: Numbers) -> bool:
    """Tell whether the defect has united; without a defect there is nothing to unite."""
    from scipy.ndimage import binary_dilation, label

    inside = region.hole > 0.5
    if not inside.any():
        return True
    bone = state.bone >= known["union_share"]
    pieces, count = label(bone & inside)
    if not count:
        return False
    rim = binary_dilation(inside) & ~inside & bone & region.open
    heights = np.flatnonzero(inside.any(axis=(1, 2)))
    third = (heights[-1] - heights[0] + 1) / 3
    layer = np.arange(bone.shape[0])[:, None, None]
    low = rim & (layer < heights[0] + third)
    high = rim & (layer > heights[-1] - third)
    beside = [set(np.unique(pieces[binary_dilation(end) & inside & bone])) - {0} for end in (low, high)]
    return bool(beside[0] & beside[1])
