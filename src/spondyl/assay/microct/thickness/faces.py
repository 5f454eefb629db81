"""The faces between a phase and what surrounds it, with the direction of the surface there.

The direction is the slope of the phase (+1 inside, −1 outside) smoothed by a Gaussian of one voxel, cut at
2.5 voxels. On a plane the smoothed phase depends on the distance to the plane alone, so its slope has the
direction of the plane however the voxels lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.kernel import kernel
from spondyl.assay.microct.thickness.share import ranges, share

SURROUND, PHASE, UNKNOWN = 0, 1, 2
"""Labels of voxels: outside the phase, the phase, and outside the volume of interest."""

Edges = tuple[float, float, float]
"""Voxel edges (z, y, x), in any one unit."""

SLOPE = 1e-9
"""Slope, a voxel, that counts as none."""

WHOLE = 32767.0
"""Length of a unit normal as it is kept."""

CELL = 2
"""Edge of the cells, voxels, by which faces are found again."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Faces in the order of the cells that hold them.

    Parameters
    ----------
    start : first face of each cell, shape (cells z, y, x, flattened, + 1).
    cells : number of cells (z, y, x).
    table : one row a face, shape (faces, 8), 16 bytes: its centre (z, y, x) in half steps between voxels, the
        unit normal out of the phase (z, y, x) in units of 1 / ``WHOLE``, the axis across which it lies, and 1
        on faces to voxels outside the volume of interest.
    """

    start: NDArray[np.int64]
    cells: NDArray[np.int64]
    table: NDArray[np.int16]


def find_faces(labels: NDArray[np.uint8], edges: Edges, threads: int) -> Faces:
    """Return every face of the phase in labels of shape (z, y, x); `edges` are those of a voxel, any unit."""
    cells = np.array([-(-n // CELL) for n in labels.shape], np.int64)
    counts = np.zeros(int(cells.prod()) + 1, np.int64)
    layers = ranges(int(cells[0]))
    share(threads, _count, layers, labels, cells, counts)
    start = np.cumsum(counts)
    table = np.empty((int(start[-1]), 8), np.int16)
    share(threads, _fill, layers, labels, cells, start, np.asarray(edges, np.float64), _weights(), table)
    return Faces(start, cells, table)


def _weights() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Gaussian weights at whole steps −2 … 2 and at half steps −2.5 … 2.5."""
    whole = np.exp(-0.5 * np.arange(-2.0, 3.0) ** 2)
    half = np.exp(-0.5 * np.arange(-2.5, 3.0) ** 2)
    return whole / whole.sum(), half / half.sum()


@kernel
def _label(labels: Any, z: int, y: int, x: int) -> int:
    nz, ny, nx = labels.shape
    if z < 0 or y < 0 or x < 0 or z >= nz or y >= ny or x >= nx:
        return 2
    return int(labels[z, y, x])


@kernel
def _count(first: int, last: int, labels: Any, cells: Any, counts: Any) -> None:
    nz, ny, nx = labels.shape
    for z in range(first * CELL, min(nz, last * CELL)):
        for y in range(ny):
            for x in range(nx):
                if labels[z, y, x] != 1:
                    continue
                cell = ((z // CELL) * cells[1] + y // CELL) * cells[2] + x // CELL
                inner = 0 < z < nz - 1 and 0 < y < ny - 1 and 0 < x < nx - 1
                if inner:
                    n = int(labels[z - 1, y, x] != 1) + int(labels[z + 1, y, x] != 1)
                    n += int(labels[z, y - 1, x] != 1) + int(labels[z, y + 1, x] != 1)
                    n += int(labels[z, y, x - 1] != 1) + int(labels[z, y, x + 1] != 1)
                else:
                    n = int(_label(labels, z - 1, y, x) != 1) + int(_label(labels, z + 1, y, x) != 1)
                    n += int(_label(labels, z, y - 1, x) != 1) + int(_label(labels, z, y + 1, x) != 1)
                    n += int(_label(labels, z, y, x - 1) != 1) + int(_label(labels, z, y, x + 1) != 1)
                counts[cell + 1] += n


@kernel
def _fill(
    first: int,
    last: int,
    labels: Any,
    cells: Any,
    start: Any,
    edges: Any,
    weights: Any,
    table: Any,
) -> None:
    nz, ny, nx = labels.shape
    slope = np.empty(3)
    for cell in range(first * cells[1] * cells[2], last * cells[1] * cells[2]):
        cz, cy, cx = cell // (cells[1] * cells[2]), (cell // cells[2]) % cells[1], cell % cells[2]
        f = start[cell]
        if f == start[cell + 1]:
            continue
        for z in range(cz * CELL, min(nz, cz * CELL + CELL)):
            for y in range(cy * CELL, min(ny, cy * CELL + CELL)):
                for x in range(cx * CELL, min(nx, cx * CELL + CELL)):
                    if labels[z, y, x] != 1:
                        continue
                    for side in range(6):
                        axis, sign = side // 2, 2 * (side % 2) - 1
                        dz, dy, dx = sign * (axis == 0), sign * (axis == 1), sign * (axis == 2)
                        other = _label(labels, z + dz, y + dy, x + dx)
                        if other == 1:
                            continue
                        cut = other == UNKNOWN
                        _direction(labels, z, y, x, axis, sign, cut, edges, weights, slope)
                        table[f, 0], table[f, 1], table[f, 2] = 2 * z + dz, 2 * y + dy, 2 * x + dx
                        for a in range(3):
                            table[f, 3 + a] = int(np.rint(WHOLE * slope[a]))
                        table[f, 6], table[f, 7] = axis, cut
                        f += 1


@kernel
def _direction(
    labels: Any,
    z: int,
    y: int,
    x: int,
    axis: int,
    sign: int,
    cut: bool,
    edges: Any,
    weights: Any,
    slope: Any,
) -> None:
    """Write the unit normal at the face of a voxel across an axis; without a slope, the axis itself."""
    n0, n1, n2 = 5 + (axis == 0), 5 + (axis == 1), 5 + (axis == 2)
    back = 3 if sign < 0 else 2
    z0 = z - (back if axis == 0 else 2)
    y0 = y - (back if axis == 1 else 2)
    x0 = x - (back if axis == 2 else 2)
    w0, w1, w2 = weights[int(axis == 0)], weights[int(axis == 1)], weights[int(axis == 2)]
    nz, ny, nx = labels.shape
    inner = z0 >= 0 and y0 >= 0 and x0 >= 0 and z0 + n0 <= nz and y0 + n1 <= ny and x0 + n2 <= nx
    if cut or not inner or not _slope(labels[z0 : z0 + n0, y0 : y0 + n1, x0 : x0 + n2], w0, w1, w2, slope):
        _mirrored_slope(labels, z0, y0, x0, cut, w0, w1, w2, slope)
    for a in range(3):
        slope[a] /= edges[a]
    size = np.sqrt(slope[0] ** 2 + slope[1] ** 2 + slope[2] ** 2)
    if size < SLOPE or sign * slope[axis] <= 0:
        slope[:] = 0.0
        slope[axis], size = sign, 1.0
    slope /= size


@kernel
def _slope(window: Any, w0: Any, w1: Any, w2: Any, slope: Any) -> bool:
    """Write the slope down the smoothed phase, steps of voxels; return whether the whole window is known."""
    n0, n1, n2 = window.shape
    gz = gy = gx = 0.0
    seen = 0
    for k in range(n0):
        plane = plane_y = plane_x = 0.0
        for j in range(n1):
            line = line_x = 0.0
            for i in range(n2):
                label = window[k, j, i]
                seen |= label
                value = w2[i] if label == PHASE else -w2[i]
                line += value
                line_x += value * (i - 0.5 * (n2 - 1))
            plane += w1[j] * line
            plane_y += w1[j] * line * (j - 0.5 * (n1 - 1))
            plane_x += w1[j] * line_x
        gz -= w0[k] * plane * (k - 0.5 * (n0 - 1))
        gy -= w0[k] * plane_y
        gx -= w0[k] * plane_x
    slope[0], slope[1], slope[2] = gz, gy, gx
    return seen < UNKNOWN


@kernel
def _mirrored_slope(
    labels: Any, z0: int, y0: int, x0: int, cut: bool, w0: Any, w1: Any, w2: Any, slope: Any
) -> None:
    """Write the slope down the smoothed phase where part of the window is unknown, steps of voxels.

    What is unknown is taken as the opposite of what lies across the middle of the face: so it is on a plane
    through that point. On a face to the unknown, what is known takes the place of the phase.
    """
    n0, n1, n2 = len(w0), len(w1), len(w2)
    slope[:] = 0.0
    for k in range(n0):
        for j in range(n1):
            for i in range(n2):
                value = _value(_label(labels, z0 + k, y0 + j, x0 + i), cut)
                if value == 0:
                    across = _label(labels, z0 + n0 - 1 - k, y0 + n1 - 1 - j, x0 + n2 - 1 - i)
                    value = -_value(across, cut)
                weight = w0[k] * w1[j] * w2[i] * value
                slope[0] -= weight * (k - 0.5 * (n0 - 1))
                slope[1] -= weight * (j - 0.5 * (n1 - 1))
                slope[2] -= weight * (i - 0.5 * (n2 - 1))


@kernel
def _value(label: int, cut: bool) -> float:
    if cut:
        return -1.0 if label == UNKNOWN else 1.0
    return 0.0 if label == UNKNOWN else (1.0 if label == PHASE else -1.0)
