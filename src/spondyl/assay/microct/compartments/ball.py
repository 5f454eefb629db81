"""Growing and shrinking by balls of a radius in mm, exact for voxels of any proportion.

A voxel belongs to the grown mask when its centre lies no farther than the radius from the centre of a voxel
of the mask. Beyond the border of the array the mask goes on as its outermost plane does, so that a bone cut
by the field of view is neither closed nor eaten there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]

SLACK = 1e-9
"""Share of a radius by which rounding may take a distance past it."""


def grown(mask: Bools, radius_mm: float, spacing_mm: Triple, axis: int | None = None) -> Bools:
    """Return the voxels no farther than `radius_mm` from the mask.

    Parameters
    ----------
    mask : shape (z, y, x).
    radius_mm : radius of the ball, mm; 0 changes nothing.
    spacing_mm : voxel edges (z, y, x), mm.
    axis : discs in the slices across this axis instead of balls; None for balls.
    """
    if radius_mm <= 0 or not mask.any():
        return mask.copy()
    if axis is None:
        return _near(mask, radius_mm, spacing_mm)
    result = np.zeros_like(mask)
    in_plane = tuple(s for i, s in enumerate(spacing_mm) if i != axis)
    source, target = np.moveaxis(mask, axis, 0), np.moveaxis(result, axis, 0)
    for number, plane in enumerate(source):
        if plane.any():
            target[number] = _near(plane, radius_mm, in_plane)
    return result


def shrunk(mask: Bools, radius_mm: float, spacing_mm: Triple, axis: int | None = None) -> Bools:
    """Return the voxels farther than `radius_mm` from everything outside the mask; as :func:`grown`."""
    return ~grown(~mask, radius_mm, spacing_mm, axis)


def closed(mask: Bools, radius_mm: float, spacing_mm: Triple, axis: int | None = None) -> Bools:
    """Return the mask grown and shrunk again: gaps into which the ball does not fit are filled.

    Examples
    --------
    >>> two = np.zeros((1, 1, 7), dtype=bool)
    >>> two[..., [1, 4]] = True
    >>> closed(two, 1.5, (1.0, 1.0, 1.0))[0, 0].astype(int).tolist()
    [0, 1, 1, 1, 1, 0, 0]
    """
    reach = [0 if i == axis else int(radius_mm / s) + 1 for i, s in enumerate(spacing_mm)]
    framed = np.pad(mask, [(r, r) for r in reach], mode="edge")
    result = shrunk(grown(framed, radius_mm, spacing_mm, axis), radius_mm, spacing_mm, axis)
    inner = tuple(slice(r, r + n) for r, n in zip(reach, mask.shape, strict=True))
    return np.ascontiguousarray(result[inner])


def opened(mask: Bools, radius_mm: float, spacing_mm: Triple, axis: int | None = None) -> Bools:
    """Return the mask shrunk and grown again: parts into which the ball does not fit are gone."""
    return ~closed(~mask, radius_mm, spacing_mm, axis)


def depth_mm(mask: Bools, spacing_mm: Triple, axis: int | None = None) -> NDArray[np.float32]:
    """Return how far each voxel of the mask lies from the nearest voxel outside it, mm; 0 outside.

    Where a mask has no outside (in a slice), the depth is that of an outside beyond the longest diagonal.
    """
    from scipy.ndimage import distance_transform_edt

    beyond = float(np.linalg.norm([n * s for n, s in zip(mask.shape, spacing_mm, strict=True)]))
    if axis is None:
        if mask.all():
            return np.full(mask.shape, beyond, dtype=np.float32)
        return np.asarray(distance_transform_edt(mask, sampling=spacing_mm), dtype=np.float32)
    result = np.zeros(mask.shape, dtype=np.float32)
    in_plane = tuple(s for i, s in enumerate(spacing_mm) if i != axis)
    planes = np.moveaxis(result, axis, 0)
    for number, plane in enumerate(np.moveaxis(mask, axis, 0)):
        planes[number] = beyond if plane.all() else distance_transform_edt(plane, sampling=in_plane)
    return result


def _near(mask: Bools, radius_mm: float, spacing_mm: tuple[float, ...]) -> Bools:
    from scipy.ndimage import distance_transform_edt

    distance = distance_transform_edt(~mask, sampling=spacing_mm)
    return np.asarray(distance <= radius_mm * (1 + SLACK))
