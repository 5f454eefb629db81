"""The periosteal contour: everything inside the outer surface of a bone, and the body without processes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.compartments.ball import closed, depth_mm, grown, opened
from spondyl.assay.microct.compartments.fill import filled, largest
from spondyl.assay.microct.compartments.settings import Contours

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]


def gap_mm(bone: Bools, spacing_mm: Triple, contours: Contours) -> float:
    """Return the widest gap to close: as chosen, or from the size of the bone and two voxels at least."""
    if contours.gap_mm is not None:
        return contours.gap_mm
    edges: list[float] = []
    for axis, step in enumerate(spacing_mm):
        held = np.flatnonzero(bone.any(axis=tuple(i for i in range(3) if i != axis)))
        edges.append(int(held[-1] - held[0] + 1) * step)
    return max(float(contours.shares()[0] * math.prod(edges) ** (1 / 3)), 2 * max(spacing_mm))


def periosteal(bone: Bools, spacing_mm: Triple, gap_mm: float, axis: int | None = None) -> Bools:
    """Return everything inside the periosteal surface, after Buie and others (2007): close, then fill.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x), at least one voxel.
    spacing_mm : voxel edges (z, y, x), mm.
    gap_mm : the widest gap that the contour runs across.
    axis : contour within the slices across this axis; None in three dimensions.
    """
    return largest(filled(closed(largest(bone), gap_mm / 2, spacing_mm, axis), axis))


def processes(whole: Bools, spacing_mm: Triple, share: float) -> Bools:
    """Return what sticks out of the body and is thinner than a share of its thickest part.

    A ball of this share of the radius of the largest that fits into the bone rolls inside it. What it does
    not reach is an edge of the body, or a process where it goes farther from the ball than the ball's own
    radius; at half the radius an edge does so only when it is sharper than 60°. The root of a process goes
    with it, but for what the ball bulges into it.
    """
    radius = share * float(depth_mm(whole, spacing_mm).max())
    core = largest(opened(whole, radius, spacing_mm))
    far = whole & ~grown(core, radius, spacing_mm)
    return np.asarray(grown(far, radius, spacing_mm) & whole & ~core)
