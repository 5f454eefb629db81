"""An ellipsoid fitted to lengths in many directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Triple = tuple[float, float, float]
Triples = tuple[Triple, Triple, Triple]


@dataclass(frozen=True, slots=True, eq=False)
class Ellipsoid:
    """Half axes and their directions.

    Parameters
    ----------
    lengths : half axes, longest first, shape (3,).
    axes : unit vectors of the half axes, one a row, components (z, y, x); the largest component is positive.
    """

    lengths: Reals
    axes: Reals


def fit_ellipsoid(directions: Reals, lengths: Reals, weights: Reals, longest: float) -> Ellipsoid:
    """Fit ``1 / length² = uᵀ M u`` by weighted least squares (Harrigan & Mann 1984).

    Parameters
    ----------
    directions : unit vectors u, shape (n, 3), n at least 6.
    lengths : length in each direction, shape (n,); infinite where nothing was met.
    weights : weight of each direction.
    longest : half axes beyond this length, or without end, are given this length.

    Examples
    --------
    >>> u = np.array([(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1)], dtype=float)
    >>> u /= np.linalg.norm(u, axis=1)[:, None]
    >>> long = 1 / np.sqrt((u**2 @ np.array([1 / 4, 1, 1])))
    >>> fit_ellipsoid(u, long, np.ones(6), 100.0).lengths.round(12).tolist()
    [2.0, 1.0, 1.0]
    """
    z, y, x = directions.T
    terms = np.stack([z * z, y * y, x * x, 2 * y * x, 2 * z * x, 2 * z * y], axis=1)
    root = np.sqrt(weights)
    solution = np.linalg.lstsq(terms * root[:, None], root / lengths**2, rcond=None)[0]
    zz, yy, xx, yx, zx, zy = solution
    values, vectors = np.linalg.eigh(np.array([[zz, zy, zx], [zy, yy, yx], [zx, yx, xx]]))
    return Ellipsoid(1 / np.sqrt(np.maximum(values, longest**-2.0)), upright(vectors.T))


def upright(axes: Reals) -> Reals:
    """Return the axes turned round where their largest component is negative.

    Examples
    --------
    >>> upright(np.array([[0.48, -0.64, 0.6]])).tolist()
    [[-0.48, 0.64, -0.6]]
    """
    largest = np.take_along_axis(axes, np.argmax(np.abs(axes), axis=1)[:, None], axis=1)
    return np.where(largest < 0, -axes, axes)


def as_triples(axes: Reals) -> Triples:
    """Return the rows as plain numbers."""
    a, b, c = ((float(z), float(y), float(x)) for z, y, x in axes)
    return a, b, c
