"""Euler number and connectivity density.

The Euler number is the number of separate parts plus the number of closed cavities minus the number of
tunnels. Bone voxels are joined over faces, edges and corners (26 neighbours), marrow voxels over faces (6):
bone is a closed body, and a strut one voxel thin that runs obliquely holds together. Counted at the corners
between voxels (Odgaard & Gundersen 1993), it is exact.

Where the volume of interest cuts through bone, the cut closes nothing and opens nothing, yet a plain count
takes every cut strut for an end. The edge correction keeps of each cell at the border only the share that
lies inside: a voxel in an outer face counts half, in an outer edge a quarter, in an outer corner an eighth.
That is the sum over those corners that have all eight voxels inside, and it is unbiased whatever the shape of
the volume of interest. The outermost half voxels, which have no such corner on their outer side, are given
the mean of their own inner corners, so that the estimate stands for the whole volume of interest and bone
that does not reach the border is counted exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.shape.cuts import cuts
from spondyl.threads import in_threads

Spacing = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Topology:
    """How bone hangs together.

    Parameters
    ----------
    euler : Euler number of the bone inside the volume of interest, cut faces closed.
    euler_corrected : the same with the edge correction; None where the volume of interest holds no block of
        2 × 2 × 2 voxels.
    conn_d_per_mm3 : connectivity density, ``(1 - euler_corrected) / TV``; None where there is no correction.
        It is the number of struts that can be cut before bone falls apart, provided it is one part without
        cavities; below zero when bone lies in many parts.
    """

    euler: int
    euler_corrected: float | None
    conn_d_per_mm3: float | None


def topology(
    bone: NDArray[np.bool_],
    voi: NDArray[np.bool_] | None,
    spacing_mm: Spacing,
    *,
    thickness: int | None = None,
    threads: int = 1,
) -> Topology:
    """Return the Euler number and the connectivity density of bone.

    Parameters
    ----------
    bone : True in bone, shape (z, y, x); only what lies inside the volume of interest counts.
    voi : True inside the volume of interest, same shape; None for the whole array.
    spacing_mm : voxel edges (z, y, x), mm.
    thickness : slices worked on at once; changes memory and time, no digit.
    threads : threads used; changes no digit.

    Examples
    --------
    >>> ring = np.zeros((5, 5, 5), dtype=bool)
    >>> ring[2, 1:4, 1:4] = True
    >>> ring[2, 2, 2] = False
    >>> topology(ring, None, (0.1, 0.1, 0.1)).euler
    0
    """
    from spondyl.assay.microct.shape.corners import PARTS, contributions

    thickness = thickness or slab_thickness((bone.shape[0], bone.shape[1], bone.shape[2]))
    table = contributions()
    planes = cuts(0, bone.shape[0] + 1, thickness)
    plain = in_threads(lambda cut: _plain(bone, voi, cut, table), planes, threads)
    weighted = in_threads(lambda cut: _weighted(bone, voi, cut, table), planes, threads)
    tv = bone.size if voi is None else int(np.count_nonzero(voi))
    standing_for = sum(voxels for _, voxels in weighted)
    if standing_for == 0:
        return Topology(sum(plain) // 8, None, None)
    corrected = sum(total for total, _ in weighted) / (8 * PARTS) * (tv / standing_for)
    volume = tv * spacing_mm[0] * spacing_mm[1] * spacing_mm[2]
    return Topology(sum(plain) // 8, corrected, (1 - corrected) / volume)


def _plain(
    bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None, cut: tuple[int, int], table: NDArray[np.int64]
) -> int:
    from spondyl.assay.microct.shape.corners import count_corners

    low, slab, _ = _slices(bone, voi, cut[0] - 1, cut[1])
    # A slab that does not begin the array has one slice below its first corner plane.
    return count_corners(slab, cut[0] - low, cut[1] - low, table)


def _weighted(
    bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None, cut: tuple[int, int], table: NDArray[np.int64]
) -> tuple[int, int]:
    """Return the weighted count of some corner planes, and the voxels of the slices below them."""
    from spondyl.assay.microct.shape.corners import weigh_corners

    low, slab, inside = _slices(bone, voi, cut[0] - 2, cut[1] + 1)
    total, voxels = 0, 0
    for k, marks, below, above, represented in _shares(inside, cut[0] - low, cut[1] - low):
        total += weigh_corners(slab, k, marks, below, above, table)
        voxels += represented
    return total, voxels


def _shares(
    inside: NDArray[np.uint8], first: int, stop: int
) -> Iterator[tuple[int, NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64], int]]:
    """Yield corner planes, their marks, the shares of the slices on both sides, voxels standing below."""
    from spondyl.assay.microct.shape.corners import mark_inner, share_voxels

    ny, nx = inside.shape[1:]
    marks = [np.empty((ny + 1, nx + 1), dtype=np.uint8) for _ in range(3)]
    shares = [np.empty((ny, nx), dtype=np.int64) for _ in range(2)]
    for offset in range(2):
        mark_inner(inside, first - 1 + offset, marks[offset])
    voxels = share_voxels(marks[0], marks[1], shares[0])
    for k in range(first, stop):
        mark_inner(inside, k + 1, marks[2])
        above = share_voxels(marks[1], marks[2], shares[1])
        yield k, marks[1], shares[0], shares[1], voxels
        marks, shares, voxels = [marks[1], marks[2], marks[0]], shares[::-1], above


def _slices(
    bone: NDArray[np.bool_], voi: NDArray[np.bool_] | None, low: int, high: int
) -> tuple[int, NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the first slice held, the bone inside and the volume of interest, as bytes."""
    low, high = max(0, low), min(bone.shape[0], high)
    slab = np.ascontiguousarray(bone[low:high])
    if voi is None:
        return low, slab.view(np.uint8), np.ones(slab.shape, dtype=np.uint8)
    inside = np.ascontiguousarray(voi[low:high])
    return low, (slab & inside).view(np.uint8), inside.view(np.uint8)
