"""One pass over the bone surface: its area, what it encloses, how fast it grows, and where it faces.

The surface is that of marching cubes between the centres of neighbouring voxels, in a form that has no
preferred direction (:mod:`spondyl.assay.microct.shape.cells`), on the field of
:mod:`spondyl.assay.microct.surface_field`. Only what lies inside the volume counts: the surface runs straight
on over the last half voxel, and where the bone is cut by the border of the array or of the volume of interest
no surface is added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.census import slab_thickness
from spondyl.assay.microct.segmentation import Segmentation
from spondyl.assay.microct.shape.cuts import cuts
from spondyl.assay.microct.surface_field import Field, surface_field
from spondyl.threads import in_threads

Planes = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceSums:
    """What is summed over the bone surface inside the volume of interest; cut faces are no surface.

    Parameters
    ----------
    area_mm2 : the area.
    volume_mm3 : bone volume that the surface encloses inside the volume of interest.
    growth_mm : how fast the area grows when bone is laid on it everywhere, mm² per mm: twice the integral of
        the mean curvature.
    concave : share of the area that shrinks when bone is laid on it.
    facing_mm2 : integral of ``n nᵀ`` for the unit normal n, shape (3, 3), in the order z, y, x.
    """

    area_mm2: float
    volume_mm3: float
    growth_mm: float
    concave: float
    facing_mm2: NDArray[np.float64]


def surface_sums(
    segmentation: Segmentation, *, thickness: int | None = None, threads: int = 1
) -> SurfaceSums:
    """Add up the bone surface; its area is BS.

    The surface in a cell between eight voxel centres counts by the share of these voxels that lie inside
    the volume of interest.

    Parameters
    ----------
    segmentation : the bone, with its grey values.
    thickness : slices worked on at once; changes memory and time, no digit.
    threads : threads used; changes no digit.
    """
    shape = segmentation.bone.shape
    thickness = thickness or slab_thickness((shape[0], shape[1], shape[2]))
    field = surface_field(segmentation, thickness)
    layers = cuts(0, shape[0] + 1, thickness)
    rows = np.concatenate(in_threads(lambda cut: _sum_layers(field, segmentation, cut), layers, threads))
    total = [math.fsum(column) for column in rows.T]
    zz, yy, xx, yx, zx, zy = total[1:7]
    facing = np.array([[zz, zy, zx], [zy, yy, yx], [zx, yx, xx]])
    concave = total[8] / total[0] if total[0] else 0.0
    return SurfaceSums(total[0], total[9], total[7], concave, facing)


def _sum_layers(field: Field, segmentation: Segmentation, cut: tuple[int, int]) -> NDArray[np.float64]:
    """Return one row of sums for each layer between the planes ``cut``, the outermost planes included."""
    from spondyl.assay.microct.shape.layer import SUMS, stencils, sum_layer

    shape, spacing = segmentation.bone.shape, segmentation.field.scan.grid.spacing_mm
    z, y, x = (_nodes(n) * s for n, s in zip(shape, spacing, strict=True))
    (sz, wz), (sy, wy), (sx, wx) = stencils(z), stencils(y), stencils(x)
    low, high = min(cut[0], int(sz[cut[0]])), max(cut[1] + 1, int(sz[cut[1]]) + 3)
    planes = _framed_planes(field, shape[0], low, min(high, shape[0] + 2))
    rows = np.zeros((cut[1] - cut[0], SUMS))
    for number in range(*cut):
        inside = _corners_inside(segmentation, number)
        sum_layer(
            planes, number - low, number, inside, (z, y, x), (sz, sy, sx), (wz, wy, wx), rows[number - cut[0]]
        )
    return rows


def _nodes(count: int) -> NDArray[np.float64]:
    """Voxel centres along one axis, and the two ends of the array half a voxel beyond them."""
    return np.concatenate([[-0.5], np.arange(count), [count - 0.5]])


def _framed_planes(field: Field, slices: int, low: int, high: int) -> Planes:
    """Return the planes ``low:high``; plane ``k`` is slice ``k - 1``, the outermost two run straight on."""
    start, stop = max(0, low - 1), min(slices, high - 1)
    # The planes beyond the ends of the array need two slices each.
    start, stop = min(start, max(0, stop - 2)), max(stop, min(slices, start + 2))
    planes = field(start, stop).astype(np.float32)
    for axis in range(3):
        planes = _framed(planes, axis)
    return planes[low - start : high - start]


def _framed(values: Planes, axis: int) -> Planes:
    count = values.shape[axis]
    ends = (0, min(1, count - 1), max(0, count - 2), count - 1)
    first, second, last_but_one, last = (np.take(values, [i], axis=axis) for i in ends)
    half = np.float32(0.5)
    before, after = first + (first - second) * half, last + (last - last_but_one) * half
    return np.concatenate([before, values, after], axis=axis)


def _corners_inside(segmentation: Segmentation, number: int) -> NDArray[np.uint8]:
    """Return how many corners of each cell above plane `number` lie inside the volume of interest."""
    nz, ny, nx = segmentation.bone.shape
    if segmentation.voi is None:
        return np.full((ny + 1, nx + 1), 8, dtype=np.uint8)
    ends = segmentation.voi[max(0, number - 1)], segmentation.voi[min(nz - 1, number)]
    marks = np.pad(ends[0].astype(np.uint8) + ends[1], 1, mode="edge")
    return np.asarray(marks[:-1, :-1] + marks[:-1, 1:] + marks[1:, :-1] + marks[1:, 1:])
