"""Strain at the centre of every element, one layer of voxels after the other.

At the centre of a trilinear element each derivative of the displacement is the mean of its four edge
differences, so a layer needs the displacements of two planes of nodes only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.model import X, Y, Z
from spondyl.mechanics.solution import Solution

Array = NDArray[np.float64]


class Layer(NamedTuple):
    """The elements of one layer of voxels.

    Parameters
    ----------
    start, stop : place of its elements among all elements, which are numbered in the order of the array.
    inside : which voxels of the layer are elements, (y, x).
    modulus : Young's modulus of its elements, MPa, (m,).
    below, above : displacement of the planes of nodes under and over it, mm, (3, y + 1, x + 1).
    spacing_mm : voxel edges (z, y, x), mm.
    """

    start: int
    stop: int
    inside: NDArray[np.bool_]
    modulus: Array
    below: Array
    above: Array
    spacing_mm: tuple[float, float, float]


Box = tuple[slice, slice, slice]
EVERYWHERE: Box = (slice(None), slice(None), slice(None))


def layers(solution: Solution, box: Box = EVERYWHERE) -> Iterator[Layer]:
    """Yield the layers of a solution that hold elements, from the first slice to the last.

    Parameters
    ----------
    box : part of the array (z, y, x) to look at; elements are numbered from the first one in it.
    """
    (first, last), (low, high), (left, right) = (
        one.indices(edge)[:2] for one, edge in zip(box, solution.model.grid.shape, strict=True)
    )
    nodes = (slice(None), slice(low, high + 1), slice(left, right + 1))
    modulus = solution.model.modulus
    _, rows, columns = solution.model.nodes_shape
    ends = np.searchsorted(solution.nodes, np.arange(modulus.shape[0] + 2) * rows * columns)
    above = np.ascontiguousarray(_plane(solution, first, ends)[nodes])
    start = 0
    for k, slab in enumerate(modulus[first:last, low:high, left:right], first):
        below, above = above, np.ascontiguousarray(_plane(solution, k + 1, ends)[nodes])
        inside = slab > 0
        stop = start + int(np.count_nonzero(inside))
        if stop > start:
            stiff = slab[inside].astype(np.float64)
            yield Layer(start, stop, inside, stiff, below, above, solution.model.grid.spacing_mm)
        start = stop


def centre_strain(layer: Layer) -> Array:
    """Return the strain at the centres of the elements, Voigt order, engineering shear, (6, m)."""
    dz, dy, dx = layer.spacing_mm
    both, jump = layer.below + layer.above, layer.above - layer.below
    near_left, near_right, far_left, far_right = _around(both, layer.inside)
    right, left = near_right + far_right, near_left + far_left
    far, near = far_left + far_right, near_left + near_right
    along_x, along_y = (right - left) / (4 * dx), (far - near) / (4 * dy)
    a, b, c, d = _around(jump, layer.inside)
    along_z = (a + b + c + d) / (4 * dz)
    strain = np.empty((6, along_x.shape[1]))
    strain[0], strain[1], strain[2] = along_x[X], along_y[Y], along_z[Z]
    strain[3] = along_z[Y] + along_y[Z]
    strain[4] = along_z[X] + along_x[Z]
    strain[5] = along_y[X] + along_x[Y]
    return strain


def corners(layer: Layer) -> Array:
    """Return the displacements of the elements' nodes, mm, (24, m); row 3 * node + component."""
    nodes = (*_around(layer.below, layer.inside), *_around(layer.above, layer.inside))
    return np.concatenate(nodes)


def _around(plane: Array, inside: NDArray[np.bool_]) -> tuple[Array, Array, Array, Array]:
    """Return what a plane of nodes holds at the four corners of each element, x fastest, (3, m) each."""
    j, i = np.nonzero(inside)
    columns = plane.shape[2]
    first = j * columns + i
    flat = plane.reshape(3, -1)
    a, b, c, d = (flat.take(first + step, axis=1) for step in (0, 1, columns, columns + 1))
    return a, b, c, d


def _plane(solution: Solution, k: int, ends: NDArray[np.intp]) -> Array:
    """Return the displacements of one plane of nodes, zero where there is none."""
    _, rows, columns = solution.model.nodes_shape
    plane = np.zeros((3, rows * columns))
    mine = slice(ends[k], ends[k + 1])
    plane[:, solution.nodes[mine] - k * rows * columns] = solution.displacement[:, mine]
    return plane.reshape(3, rows, columns)
