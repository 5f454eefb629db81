"""Has the defect united: one piece of bone in it reaches from its cranial to its caudal rim."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import home
from spondyl.healing.numbers import Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.transport.faces import both_sides

Mask = NDArray[np.bool_]

RULE = (
    "united where bone in the defect, voxels of at least the union share, reaches the rim in its "
    "cranial and in its caudal third"
)


def united(state: State, region: Region, known: Numbers) -> bool:
    """Tell whether the defect has united; without a defect there is nothing to unite."""
    from scipy.ndimage import label

    whole = region.hole > 0.5
    if not whole.any():
        return True
    near = _around(whole)
    strong = state.bone[near] >= known["union_share"]
    inside, bone, free = (home(part) for part in (whole[near], strong, region.open[near]))
    pieces, count = label(bone & inside)
    if not count:
        return False
    heights = np.flatnonzero(inside.any(axis=(1, 2)))
    third = (heights[-1] - heights[0] + 1) / 3
    layer = np.arange(bone.shape[0])[:, None, None]
    around = bone & free & ~inside
    low = _touched(pieces, around & (layer < heights[0] + third))
    high = _touched(pieces, around & (layer > heights[-1] - third))
    return bool(low & high)


def _touched(pieces: NDArray[np.integer[Any]], bone: Mask) -> set[int]:
    """Return which pieces share a face with other bone."""
    found: set[int] = set()
    for axis in range(3):
        (below, above), (bone_below, bone_above) = both_sides(pieces, axis), both_sides(bone, axis)
        found.update(np.unique(below[bone_above]).tolist(), np.unique(above[bone_below]).tolist())
    return found - {0}


def _around(inside: Mask) -> tuple[slice, ...]:
    """Return the box of what is inside, a voxel wider on every side."""
    found = []
    for axis in range(3):
        where = np.flatnonzero(home(inside.any(axis=tuple(other for other in range(3) if other != axis))))
        found.append(slice(max(int(where[0]) - 1, 0), int(where[-1]) + 2))
    return tuple(found)
