"""How much of a bone surface borders on bone that was formed or resorbed.

The surface is the faces between bone and no bone, each counted with the cosine of the angle between its own
normal and that of the surface there. On a plane of any direction that gives the area of the plane; unlike a
smoothed surface it loses no packet, however thin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

NORMAL_VOXELS = 1.5
"""Smoothing of the bone whose gradient is the normal, in the longest voxel edge."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Areas of a bone surface, mm².

    Parameters
    ----------
    whole : all of the surface inside the volume of interest.
    outside : what has a packet of the one kind on its outer side.
    inside : what has a packet of the other kind on its inner side.
    """

    whole: float
    outside: float
    inside: float


def interface_mm2(bone: Bools, grid: Grid, voi: Bools, outer: Bools, inner: Bools) -> Interface:
    """Measure the surface of `bone` and how much of it borders on packets; cut faces are no surface.

    Parameters
    ----------
    bone : True in bone, shape ``grid.shape``.
    grid : where the voxels lie.
    voi : where surface counts, by the bone voxel of each face.
    outer, inner : packets looked for outside and inside the surface.

    Examples
    --------
    >>> plate = np.zeros((6, 6, 6), dtype=bool)
    >>> plate[:3] = True
    >>> everywhere, nowhere = np.ones_like(plate), np.zeros_like(plate)
    >>> interface_mm2(plate, Grid(plate.shape, (0.1, 0.1, 0.1)), everywhere, nowhere, plate)
    Interface(whole=0.36, outside=0.0, inside=0.36)
    """
    areas: list[tuple[float, float, float]] = []
    slopes = _slopes(bone, grid)
    for axis in range(3):
        face = grid.voxel_mm3 / grid.spacing_mm[axis]
        # Of each pair of neighbours along the axis, the one in bone and the one that is not.
        near, far = (np.moveaxis(bone, axis, 0)[cut] for cut in (slice(None, -1), slice(1, None)))
        for ahead in (False, True):
            edge = (far & ~near) if ahead else (near & ~far)
            own, next_one = (slice(1, None), slice(None, -1)) if ahead else (slice(None, -1), slice(1, None))
            edge &= np.moveaxis(voi, axis, 0)[own]
            cosine = _cosine([np.moveaxis(s, axis, 0) for s in slopes], edge, axis)
            there = np.moveaxis(outer, axis, 0)[next_one][edge]
            here = np.moveaxis(inner, axis, 0)[own][edge]
            areas.append(
                (
                    face * float(cosine.sum()),
                    face * float(cosine[there].sum()),
                    face * float(cosine[here].sum()),
                )
            )
    whole, outside, inside = (round(math.fsum(a), 12) for a in zip(*areas, strict=True))
    return Interface(whole, outside, inside)


def _slopes(bone: Bools, grid: Grid) -> list[Floats]:
    """Return the gradient of the smoothed bone along z, y and x, per mm."""
    from scipy.ndimage import gaussian_filter

    sigma = [NORMAL_VOXELS * max(grid.spacing_mm) / s for s in grid.spacing_mm]
    smooth = gaussian_filter(bone.astype(np.float32), sigma, mode="nearest")
    slopes = []
    for axis, (count, step) in enumerate(zip(grid.shape, grid.spacing_mm, strict=True)):
        slope = np.gradient(smooth, step, axis=axis) if count > 1 else np.zeros_like(smooth)
        slopes.append(np.asarray(slope, dtype=np.float32))
    return slopes


def _cosine(slopes: list[Floats], edge: Bools, axis: int) -> NDArray[np.float64]:
    """Return the cosine between the normal of the surface and an axis, at the faces on that axis."""
    at_faces = [(s[:-1][edge].astype(np.float64) + s[1:][edge]) / 2 for s in slopes]
    length = np.sqrt(sum(s**2 for s in at_faces))
    # Where bone is alike on all sides no normal is known, and the face counts whole.
    return np.where(length > 0, np.abs(at_faces[axis]) / np.where(length > 0, length, 1.0), 1.0)
