"""Strains of the elements and the nodal forces of their stresses, over all elements at once.

Elements are walked in blocks of the order of the array (x fastest, z slowest), so that what a block gathers
and scatters lies close together and the memory held at once stays small. Displacements and forces are (n, 3)
here: one row for each node that belongs to an element, in the order of the node numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.element import elasticity, stiffness, strain_displacement
from spondyl.mechanics.model import Conditions, Model

Array = NDArray[np.float64]
Index = NDArray[np.int64]

BLOCK = 2**14


@dataclass(frozen=True, slots=True)
class Elements:
    """The elements of a model and the nodes they stand on.

    Parameters
    ----------
    model : what they belong to.
    nodes : node numbers, ascending, int64 (n,).
    rows : where the four nodes of least x lie in `nodes`, int64 (m, 4), ordered ``k * 2 + j``; the other four
        follow each of them by one.
    modulus : Young's modulus, MPa, float64 (m,).
    """

    model: Model
    nodes: Index
    rows: Index
    modulus: Array

    @property
    def volume_mm3(self) -> float:
        """Volume of one element, mm³."""
        return self.model.grid.voxel_mm3


def elements_of(model: Model) -> Elements:
    """Return the elements of a model, in the order of its array."""
    used = np.zeros(model.nodes_shape, np.bool_)
    solid = model.modulus > 0
    depth, height, width = solid.shape
    for c, b, a in np.ndindex(2, 2, 2):
        used[c : c + depth, b : b + height, a : a + width] |= solid
    nodes = np.flatnonzero(used)
    row = np.cumsum(used.ravel(), dtype=np.int64) - 1
    _, j_nodes, i_nodes = model.nodes_shape
    k, j, i = np.nonzero(solid)
    first = (k * j_nodes + j) * i_nodes + i
    beside = [(c * j_nodes + b) * i_nodes for c in (0, 1) for b in (0, 1)]
    rows = np.stack([row[first + offset] for offset in beside], axis=1)
    return Elements(model, nodes, rows, model.modulus[solid].astype(np.float64))


def element_strains(elements: Elements, displacement: Array) -> Array:
    """Return the strain at the centre of each element, which is also its mean, Voigt order, (m, 6)."""
    b = strain_displacement(elements.model.grid.spacing_mm)
    strains = np.empty((elements.modulus.size, 6))
    for block, index in _blocks(elements):
        strains[block] = _gathered(displacement, index) @ b.T
    return strains


def unit_stresses(elements: Elements, strains: Array) -> Array:
    """Return stresses of strains in elements of Young's modulus 1, (m, 6)."""
    stresses: Array = strains @ elasticity(elements.model.poisson)
    return stresses


def forces_of_stress(elements: Elements, stresses: Array) -> Array:
    """Return the nodal forces that uniform stresses of the elements are in balance with, N, (n, 3).

    Parameters
    ----------
    stresses : MPa, Voigt order, (m, 6). The stress of an eigenstrain gives the forces that would cause it.
    """
    b = strain_displacement(elements.model.grid.spacing_mm) * elements.volume_mm3
    total = np.zeros((elements.nodes.size, 3))
    for block, index in _blocks(elements):
        _scatter(total, index, stresses[block] @ b)
    return total


def forces_of_displacement(
    elements: Elements, displacement: Array, modulus: Array, eigenstress: Array | None = None
) -> Array:
    """Return the nodal forces that hold displacements in elements of given moduli, N, (n, 3).

    Parameters
    ----------
    displacement : mm, (n, 3).
    modulus : MPa, (m,); instead of the elements' own.
    eigenstress : stress that is not there because a part of the strain is plastic, MPa, (m, 6).
    """
    k = stiffness(elements.model.grid.spacing_mm, elements.model.poisson)
    return weighted_forces(elements, displacement, ((modulus, k),), eigenstress)


def weighted_forces(
    elements: Elements,
    displacement: Array,
    terms: tuple[tuple[Array, Array], ...],
    eigenstress: Array | None = None,
) -> Array:
    """Return the nodal forces of element matrices that are sums of weights (m,) times (24, 24)."""
    b = strain_displacement(elements.model.grid.spacing_mm) * elements.volume_mm3
    total = np.zeros((elements.nodes.size, 3))
    for block, index in _blocks(elements):
        moved = _gathered(displacement, index)
        force = np.zeros_like(moved) if eigenstress is None else eigenstress[block] @ -b
        for weight, matrix in terms:
            force += weight[block, None] * (moved @ matrix)
        _scatter(total, index, force)
    return total


def corrections(conditions: Conditions, elements: Elements, forces: Array) -> Conditions:
    """Return the same supports, all at rest, with nodal forces: what a correction of a solution must meet.

    Parameters
    ----------
    forces : N, (n, 3).
    """
    node, component = np.nonzero(forces)
    return Conditions(
        conditions.nodes,
        conditions.components,
        np.zeros_like(conditions.values),
        elements.nodes[node],
        component.astype(np.int8),
        forces[node, component],
        conditions.periodic,
    )


def mean_stress(elements: Elements, displacement: Array) -> Array:
    """Return the stress averaged over the whole array, voids included, MPa, (6,)."""
    summed = elements.modulus @ element_strains(elements, displacement)
    average: Array = elasticity(elements.model.poisson) @ summed / math.prod(elements.model.grid.shape)
    return average


def _blocks(elements: Elements) -> Iterator[tuple[slice, Index]]:
    """Return runs of elements and the rows of their eight nodes, (b, 8)."""
    for start in range(0, elements.modulus.size, BLOCK):
        block = slice(start, start + BLOCK)
        low = elements.rows[block]
        yield block, np.stack([low, low + 1], axis=2).reshape(-1, 8)


def _gathered(displacement: Array, index: Index) -> Array:
    return displacement[index].reshape(-1, 24)


def _scatter(total: Array, index: Index, forces: Array) -> None:
    low, high = int(index.min()), int(index.max()) + 1
    dofs = (3 * (index[:, :, None] - low) + np.arange(3)).ravel()
    total[low:high] += np.bincount(dofs, forces.ravel(), 3 * (high - low)).reshape(-1, 3)
