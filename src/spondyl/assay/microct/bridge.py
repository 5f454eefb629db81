"""Bone paths across a defect: what joins two sides, and the narrowest plane of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Bools = NDArray[np.bool_]
Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """A defect cut out of a scan with one voxel around it.

    Parameters
    ----------
    bone : bone inside the defect.
    voi : the defect.
    host : bone around it.
    voxel_mm3 : volume of a voxel.
    box : where it was cut out.
    """

    bone: Bools
    voi: Bools
    host: Bools
    voxel_mm3: float
    box: Box


def gap(bone: Bools, voi: Bools, grid: Grid) -> Gap:
    """Cut a defect, at least one voxel of it, out of a scan."""
    box = []
    for axis in range(3):
        held = np.flatnonzero(voi.any(axis=tuple(i for i in range(3) if i != axis)))
        box.append(slice(max(0, int(held[0]) - 1), min(grid.shape[axis], int(held[-1]) + 2)))
    cut = (box[0], box[1], box[2])
    return Gap(bone[cut] & voi[cut], voi[cut], bone[cut] & ~voi[cut], grid.voxel_mm3, cut)


def joined(bone: Bools, one: Bools, other: Bools) -> bool | None:
    """Tell whether a face-connected part of `bone` shares faces with both hosts; None if one is missing."""
    if not (one.any() and other.any()):
        return None
    return bool(_both(_labelled(bone), one, other))


def spanning(bone: Bools, one: Bools, other: Bools) -> Bools:
    """Return the face-connected parts of `bone` that share faces with both hosts."""
    labels = _labelled(bone)
    return np.asarray(np.isin(labels, sorted(_both(labels, one, other))))


def neck(
    bridge: Bools, cut: Gap, level_mm: NDArray[np.float64], reach_mm: float, step_mm: float
) -> tuple[float, float]:
    """Return the smallest area of a bridge over planes across it, mm², and its share of the defect there.

    A voxel between two planes counts for both, the more the nearer it is: planes oblique to the array would
    otherwise hold now more, now fewer voxels.

    Parameters
    ----------
    bridge : the bone that spans the defect.
    cut : the defect.
    level_mm : position of each voxel along the bridge.
    reach_mm : planes farther from level 0 than this are left out.
    step_mm : distance of the planes.
    """
    level = level_mm[cut.voi] / step_mm
    first = math.floor(float(level.min()))
    count = math.ceil(float(level.max())) - first + 1
    whole = _on_planes(level - first, count)
    held = _on_planes(level[bridge[cut.voi]] - first, count)
    planes = (np.arange(count) + first) * step_mm
    judged = np.flatnonzero((whole > 0) & (np.abs(planes) <= reach_mm))
    if not len(judged):
        return 0.0, 0.0
    at = judged[int(np.argmin(held[judged]))]
    return float(held[at] * cut.voxel_mm3 / step_mm), float(held[at] / whole[at])


def _on_planes(level: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Share voxels out to the planes below and above them."""
    below = np.floor(level).astype(np.intp)
    above = level - below
    shares = np.bincount(below, 1 - above, minlength=count + 1)
    return np.asarray((shares + np.bincount(below + 1, above, minlength=count + 1))[:count])


def _both(labels: NDArray[np.unsignedinteger], one: Bools, other: Bools) -> set[int]:
    return _touching(one, labels) & _touching(other, labels)


def _touching(host: Bools, labels: NDArray[np.unsignedinteger]) -> set[int]:
    """Return the labels of the parts that share a face with host bone."""
    found: set[int] = set()
    for axis in range(3):
        a, b = np.moveaxis(host, axis, 0), np.moveaxis(labels, axis, 0)
        found.update(np.unique(b[1:][a[:-1]]).tolist(), np.unique(b[:-1][a[1:]]).tolist())
    return found - {0}


def _labelled(bone: Bools) -> NDArray[np.unsignedinteger]:
    import cc3d

    labels: NDArray[np.unsignedinteger] = cc3d.connected_components(
        np.ascontiguousarray(bone), connectivity=6
    )
    return labels
