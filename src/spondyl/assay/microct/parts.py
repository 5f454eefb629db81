"""The connected parts of the bone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Parts:
    """What keeping the largest part took away.

    Parameters
    ----------
    count : number of face-connected parts before.
    removed_voxels : bone voxels outside the largest part.
    """

    count: int
    removed_voxels: int


def keep_largest(bone: NDArray[np.bool_]) -> Parts:
    """Keep the largest face-connected part of `bone`, in place.

    Of parts of equal size the one whose first voxel comes first in the array stays.

    Parameters
    ----------
    bone : shape (z, y, x), at least one voxel true; changed in place.
    """
    import cc3d

    labels, count = cc3d.connected_components(bone, connectivity=6, return_N=True)
    sizes = np.zeros(count + 1, dtype=np.int64)
    for plane in labels:
        sizes += np.bincount(plane.ravel(), minlength=count + 1)
    sizes[0] = 0
    largest = _first_of(sizes == sizes.max(), labels)
    np.equal(labels, largest, out=bone)
    return Parts(count, int(sizes.sum() - sizes.max()))


def _first_of(wanted: NDArray[np.bool_], labels: NDArray[np.unsignedinteger]) -> int:
    """Return the wanted label that comes first in the array."""
    for plane in labels:
        hit = wanted[plane]
        if hit.any():
            return int(plane.flat[int(np.argmax(hit))])
    raise ValueError("no part is as large as the largest")
