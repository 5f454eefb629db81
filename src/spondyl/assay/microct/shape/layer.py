"""The surface between two planes of voxel centres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.shape.cells import Reals, add_polygon, far_volume, join_points, place_points, trace
from spondyl.compiled import bare, kernel

Planes = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Counts = NDArray[np.int64]
SUMS = 10
"""What is summed: area, area · n nᵀ (zz, yy, xx, yx, zx, zy), growth, concave area, volume."""


def stencils(positions: Reals) -> tuple[Counts, Reals]:
    """Return how slopes are taken along one axis: the first of three nodes used at each, and their weights.

    The outermost two nodes at each end are half a step apart, and the outer one carries no value of its own:
    the derivative there is that of the parabola through the three nodes next to it.

    Parameters
    ----------
    positions : of the nodes, mm.
    """
    count = len(positions)
    lowest = min(1, count - 3)
    first = np.clip(np.arange(count) - 1, lowest, max(lowest, count - 4))
    weights = np.zeros((count, 3))
    if count == 4:
        weights[:, :2] = np.array([-1.0, 1.0]) / (positions[2] - positions[1])
    elif count > 4:
        step = positions[2] - positions[1]
        at = (positions - positions[first]) / step
        weights = np.stack([at - 1.5, 2 - 2 * at, at - 0.5], axis=1) / step
    return first.astype(np.int64), weights


@kernel
def sum_layer(
    planes: Planes,
    below: int,
    number: int,
    inside: Bytes,
    positions: tuple[Reals, Reals, Reals],
    starts: tuple[Counts, Counts, Counts],
    weights: tuple[Reals, Reals, Reals],
    out: Reals,
) -> None:
    """Add up the surface between one plane and the next.

    Parameters
    ----------
    planes : values of a block of planes, bone above zero, shape (planes, y, x).
    below, number : the lower plane in the block, and in the whole stack, which the z stencils count by.
    inside : corners of each cell inside the volume of interest, 0 to 8, shape (y - 1, x - 1).
    positions, starts, weights : of the nodes along z, y and x, see :func:`stencils`.
    out : sums of the layer, shape (10,), in mm², for the growth mm, for the volume mm³.
    """
    values, slopes, size, sums = np.empty(8), np.empty((8, 3)), np.empty(3), np.empty(SUMS)
    points, normals, mean = np.empty((12, 3)), np.empty((12, 3)), np.empty((2, 3))
    onward, loop = np.empty(12, np.int64), np.empty(12, np.int64)
    size[0] = positions[0][number + 1] - positions[0][number]
    room = (values, slopes, size, onward, loop, points, normals, mean, sums)
    for j in range(planes.shape[1] - 1):
        _sum_row(planes, below, number, j, inside, positions, starts, weights, room, out)


@bare
def _sum_row(
    planes: Planes,
    below: int,
    number: int,
    j: int,
    inside: Bytes,
    positions: tuple[Reals, Reals, Reals],
    starts: tuple[Counts, Counts, Counts],
    weights: tuple[Reals, Reals, Reals],
    room: tuple[Reals, Reals, Reals, Counts, Counts, Reals, Reals, Reals, Reals],
    out: Reals,
) -> None:
    values, slopes, size, onward, loop, points, normals, mean, sums = room
    size[1] = positions[1][j + 1] - positions[1][j]
    for i in range(planes.shape[2] - 1):
        if inside[j, i] == 0:
            continue
        size[2] = positions[2][i + 1] - positions[2][i]
        if not _crossed(planes, below, j, i):
            if planes[below, j, i] > 0:
                out[9] += inside[j, i] / 8 * size[0] * size[1] * size[2]
            continue
        _read_cell(planes, below, number, j, i, starts, weights, values, slopes)
        join_points(values, onward)
        place_points(values, slopes, size, onward, points, normals)
        _sum_cell(values, size, onward, loop, points, normals, mean, sums)
        for n in range(SUMS):
            out[n] += inside[j, i] / 8 * sums[n]


@bare
def _crossed(planes: Planes, k: int, j: int, i: int) -> bool:
    first = planes[k, j, i] > 0
    return bool(
        (planes[k, j, i + 1] > 0) != first
        or (planes[k, j + 1, i] > 0) != first
        or (planes[k, j + 1, i + 1] > 0) != first
        or (planes[k + 1, j, i] > 0) != first
        or (planes[k + 1, j, i + 1] > 0) != first
        or (planes[k + 1, j + 1, i] > 0) != first
        or (planes[k + 1, j + 1, i + 1] > 0) != first
    )


@bare
def _read_cell(
    planes: Planes,
    below: int,
    number: int,
    j: int,
    i: int,
    starts: tuple[Counts, Counts, Counts],
    weights: tuple[Reals, Reals, Reals],
    values: Reals,
    slopes: Reals,
) -> None:
    # Nodes of the block are nodes of the stack less this many.
    shift = number - below
    for corner in range(8):
        c, b, a = corner >> 2, corner >> 1 & 1, corner & 1
        k, y, x = below + c, j + b, i + a
        u, v, w = starts[0][number + c] - shift, starts[1][y], starts[2][x]
        along_z, along_y, along_x = weights[0][number + c], weights[1][y], weights[2][x]
        values[corner] = planes[k, y, x]
        slopes[corner, 0] = (
            along_z[0] * planes[u, y, x] + along_z[1] * planes[u + 1, y, x] + along_z[2] * planes[u + 2, y, x]
        )
        slopes[corner, 1] = (
            along_y[0] * planes[k, v, x] + along_y[1] * planes[k, v + 1, x] + along_y[2] * planes[k, v + 2, x]
        )
        slopes[corner, 2] = (
            along_x[0] * planes[k, y, w] + along_x[1] * planes[k, y, w + 1] + along_x[2] * planes[k, y, w + 2]
        )


@bare
def _sum_cell(
    values: Reals,
    size: Reals,
    onward: Counts,
    loop: Counts,
    points: Reals,
    normals: Reals,
    mean: Reals,
    sums: Reals,
) -> None:
    sums[:] = 0.0
    sums[9] = far_volume(values, size, points, onward)
    for edge in range(12):
        if onward[edge] >= 0:
            before = sums[0]
            count = trace(edge, onward, loop)
            growth = add_polygon(loop, count, points, normals, mean, sums)
            sums[7] += growth
            if growth < 0:
                sums[8] += sums[0] - before
