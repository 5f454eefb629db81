"""The trilinear 8-node voxel element: strain–displacement, elasticity and stiffness matrices.

The element is a box with edges along the array axes. Its nodes are numbered ``(k * 2 + j) * 2 + i`` (x
fastest), its degrees of freedom ``3 * node + component``; a point inside has natural coordinates (ξ, η, ζ)
along (x, y, z), each from −1 to 1. Strain and stress are in Voigt order xx, yy, zz, yz, xz, xy with
engineering shear strain. Edges are ordered (z, y, x), as in a Grid.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SIGNS: Matrix = np.array([(i, j, k) for k, j, i in product((-1.0, 1.0), repeat=3)])
"""Natural coordinates (ξ, η, ζ) of the eight nodes, in their order."""

GAUSS_POINTS: Matrix = SIGNS / math.sqrt(3)
"""Points of the 2 × 2 × 2 Gauss rule, (8, 3); each has the weight 1. Exact for the stiffness of a box."""

CENTRE = (0.0, 0.0, 0.0)


def shape_functions(point: tuple[float, float, float] | Matrix) -> Matrix:
    """Return the value of the eight trilinear shape functions at a natural point.

    Examples
    --------
    >>> shape_functions(CENTRE).tolist()
    [0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125, 0.125]
    """
    values: Matrix = ((1 + SIGNS * np.asarray(point)) / 2).prod(axis=1)
    return values


def shape_gradients(
    spacing_mm: tuple[float, float, float], point: tuple[float, float, float] | Matrix
) -> Matrix:
    """Return the derivatives of the shape functions along x, y and z at a natural point, 1/mm, (8, 3)."""
    factors = (1 + SIGNS * np.asarray(point)) / 2
    edges = spacing_mm[::-1]
    columns = []
    for axis in range(3):
        others = [a for a in range(3) if a != axis]
        columns.append(SIGNS[:, axis] / edges[axis] * factors[:, others].prod(axis=1))
    return np.stack(columns, axis=1)


def strain_displacement(
    spacing_mm: tuple[float, float, float], point: tuple[float, float, float] | Matrix = CENTRE
) -> Matrix:
    """Return B, which turns the 24 nodal displacements into the strain at a natural point, 1/mm, (6, 24)."""
    dx, dy, dz = shape_gradients(spacing_mm, point).T
    b = np.zeros((6, 24))
    b[0, 0::3], b[1, 1::3], b[2, 2::3] = dx, dy, dz
    b[3, 1::3], b[3, 2::3] = dz, dy
    b[4, 0::3], b[4, 2::3] = dz, dx
    b[5, 0::3], b[5, 1::3] = dy, dx
    return b


def elasticity(poisson: float) -> Matrix:
    """Return the stress of unit strains in an isotropic material of Young's modulus 1, (6, 6).

    Examples
    --------
    >>> elasticity(0.0).diagonal().tolist()
    [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    """
    shear = 1 / (2 * (1 + poisson))
    lame = poisson / ((1 + poisson) * (1 - 2 * poisson))
    c = np.diag([2 * shear] * 3 + [shear] * 3)
    c[:3, :3] += lame
    return c


def stiffness(spacing_mm: tuple[float, float, float], poisson: float) -> Matrix:
    """Return the stiffness matrix of an element of Young's modulus 1 MPa, N/mm, (24, 24).

    Parameters
    ----------
    spacing_mm : edges of the voxel (z, y, x), mm.
    poisson : Poisson's ratio.
    """
    c = elasticity(poisson)
    k = np.zeros((24, 24))
    for point in GAUSS_POINTS:
        b = strain_displacement(spacing_mm, point)
        k += b.T @ c @ b
    k *= math.prod(spacing_mm) / 8
    symmetric: Matrix = (k + k.T) / 2
    return symmetric
