"""Diffusion in all directions at once: what the sweeps along lines come near to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.domain import Domain
from spondyl.transport.faces import both_sides, conductance

Array = NDArray[np.float64]


def stiffness(domain: Domain, diffusivity: Array | np.float64) -> Any:
    """Return the sparse matrix of −∇·(D∇c) on all voxels, 1/day; closed ones have empty rows."""
    from scipy.sparse import coo_array

    number = np.arange(domain.open.size, dtype=np.float64).reshape(domain.shape)
    rows, columns, values = [], [], []
    for axis in range(3):
        low, high = (side.ravel().astype(np.int64) for side in both_sides(number, axis))
        g = conductance(domain, diffusivity, axis).ravel()
        rows += [low, high, low, high]
        columns += [high, low, low, high]
        values += [-g, -g, g, g]
    size = domain.open.size
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(size, size)).tocsr()


def conjugate_gradients(matrix: Any, load: Array, start: Array, tolerance: float) -> Array:
    """Solve with a symmetric positive matrix until the 2-norm of the residual is below the tolerance."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import cg

    inverse = diags_array(1 / matrix.diagonal())
    found, _ = cg(matrix, load, start, rtol=0, atol=tolerance, maxiter=20_000, M=inverse)
    return np.asarray(found, np.float64)


def whole_step(
    domain: Domain, field: Array, diffusivity: Array, days: float, tolerance: float = 1e-13
) -> Array:
    """Return a field (z, y, x) after one step of backward Euler that splits nothing."""
    from scipy.sparse import diags_array

    capacity = domain.capacity.ravel()
    matrix = diags_array(capacity) + days * stiffness(domain, diffusivity)
    load = field.ravel()
    found = conjugate_gradients(matrix, load, load / capacity, tolerance * float(np.linalg.norm(load)))
    return (capacity * found).reshape(domain.shape)
