"""Models whose Poisson's ratio differs from voxel to voxel, solved by the solvers for one ratio.

The equations are solved by conjugate gradients whose preconditioner is a solve of a nearby model with one
Poisson's ratio (:func:`spondyl.mechanics.graded_material.near_model`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.graded_material import Graded, check_ratios, graded, near_model
from spondyl.mechanics.internal_force import corrections
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.rigid import node_positions
from spondyl.mechanics.solution import Report, Solution
from spondyl.mechanics.solve import solve

Array = NDArray[np.float64]
Index = NDArray[np.int64]

INNER_TOLERANCE = 1e-2
"""Relative residual of the solves inside: a smaller one costs more than the iterations it saves."""

ROUNDING = 1e-14
"""Share of the nodal forces below which a load is nothing but rounding: a uniform strain is the answer."""


@dataclass(frozen=True, slots=True)
class _Supports:
    """What is one with what, what is held, and what pushes.

    Parameters
    ----------
    master : for each node the row of the node it is one with in a periodic model, else its own, (n,).
    free : degrees of freedom of masters that nothing holds, (n, 3).
    held : whether any displacement is prescribed.
    rest : displacement with every free degree of freedom zero, the mean strain's added, mm, (n, 3).
    force : applied, N, summed on masters, (n, 3).
    """

    master: Index
    free: NDArray[np.bool_]
    held: bool
    rest: Array
    force: Array

    def folded(self, forces: Array) -> Array:
        """Return forces summed on masters, zero elsewhere and where held.

        Where nothing is held the sum of all forces is zero but for rounding, which is taken out: a solve for
        what is left of the forces could not balance it.
        """
        n = self.master.size
        summed = np.stack([np.bincount(self.master, forces[:, c], n) for c in range(3)], axis=1)
        if not self.held:
            summed -= summed.sum(axis=0) / self.free[:, 0].sum()
        return np.where(self.free, summed, 0.0)


def solve_graded(
    model: Model,
    poisson: NDArray[np.floating],
    conditions: Conditions,
    *,
    tolerance: float = 1e-6,
    max_iterations: int = 2000,
    backend: str = "auto",
    threads: int | None = None,
    start: Solution | None = None,
    progress: Report | None = None,
) -> Solution:
    """Return the displacements of a model with a Poisson's ratio for each voxel.

    Parameters
    ----------
    model : its moduli count, its Poisson's ratio does not; nor does that of the solution's model.
    poisson : of each voxel, (z, y, x), between −1 and 0.5; that of voids is not looked at.
    conditions, tolerance, max_iterations, backend, threads, start, progress : as for
        :func:`spondyl.mechanics.solve.solve`; iterations are counted over all solves inside.

    Raises
    ------
    MechanicsError
        If the ratios are not one for each voxel within their range, or the tolerance is not reached.
    """
    check_ratios(model, poisson)

    near_solve = partial(
        solve,
        tolerance=INNER_TOLERANCE,
        max_iterations=max_iterations,
        backend=backend,
        threads=threads,
        progress=progress,
    )
    begun = near_solve(near_model(model, poisson), conditions, start=start)
    kept = replace(model, modulus=np.where(begun.model.modulus > 0, model.modulus, np.float32(0)))
    material = graded(kept, poisson)
    supports = _supports(kept, material.elements.nodes, conditions)

    def near_inverse(residual: Array) -> Solution:
        return near_solve(begun.model, corrections(conditions, material.elements, residual))

    u, history, inner = _conjugate_gradients(
        material, supports, begun.displacement.T, near_inverse, tolerance, max_iterations
    )
    return replace(
        begun,
        model=kept,
        conditions=conditions,
        displacement=np.ascontiguousarray(u.T),
        reaction=_reactions(material, conditions, u, supports),
        iterations=begun.iterations + inner,
        relative_residual=history[-1],
        history=np.array(history),
    )


def _conjugate_gradients(
    material: Graded,
    supports: _Supports,
    begun: Array,
    inverse: Callable[[Array], Solution],
    tolerance: float,
    max_iterations: int,
) -> tuple[Array, list[float], int]:
    """Return displacement, relative residuals and iterations inside.

    The inverse is not quite the same each time; Polak and Ribière's form of the next direction allows that.
    """
    held = material.forces(supports.rest)
    scale = float(np.linalg.norm(supports.folded(supports.force - held)))
    if scale <= ROUNDING * (float(np.linalg.norm(held)) + float(np.linalg.norm(supports.force))):
        return supports.rest.copy(), [0.0], 0
    u = begun.copy()
    residual = supports.folded(supports.force - material.forces(u))
    history = [float(np.linalg.norm(residual)) / scale]
    direction, before, inner = np.zeros_like(u), 1.0, 0
    last = np.zeros_like(u)
    while history[-1] > tolerance:
        if inner >= max_iterations:
            given = f"a relative residual of {history[-1]:.1e} after {inner} iterations"
            raise MechanicsError(
                Mistake("equilibrium", given, f"must reach {tolerance:.1e}: allow more iterations")
            )
        found = inverse(residual)
        inner += found.iterations + 1
        step = found.displacement.T
        direction = step + float(np.vdot(step, residual - last)) / before * direction
        before = float(np.vdot(step, residual))
        forces = supports.folded(material.forces(direction))
        length = float(np.vdot(direction, residual)) / float(np.vdot(direction, forces))
        u += length * direction
        last = residual
        residual = residual - length * forces
        history.append(float(np.linalg.norm(residual)) / scale)
    return u, history, inner


def _supports(model: Model, nodes: Index, conditions: Conditions) -> _Supports:
    n = nodes.size
    master = np.arange(n)
    if conditions.periodic:
        place = np.unravel_index(nodes, model.nodes_shape)
        wrapped = tuple(p % size for p, size in zip(place, model.grid.shape, strict=True))
        first = np.ravel_multi_index(wrapped, model.nodes_shape)
        _, chosen, group = np.unique(first, return_index=True, return_inverse=True)
        master = chosen[group]
    free = np.zeros((n, 3), np.bool_)
    free[master] = True
    rest = _mean_displacement(model, nodes, conditions)
    row, known_held = _rows(nodes, conditions.nodes)
    component = conditions.components[known_held]
    beyond = np.zeros((n, 3))
    beyond[master[row], component] = conditions.values[known_held] - rest[row, component]
    free[master[row], component] = False
    force = np.zeros((n, 3))
    row, known = _rows(nodes, conditions.force_nodes)
    np.add.at(force, (row, conditions.force_components[known]), conditions.force_values[known])
    return _Supports(master, free, bool(known_held.any()), rest + beyond[master], force)


def _mean_displacement(model: Model, nodes: Index, conditions: Conditions) -> Array:
    if not conditions.periodic:
        return np.zeros((nodes.size, 3))
    displacement: Array = node_positions(model, nodes).T @ strain_tensor(np.array(conditions.strain))
    return displacement


def strain_tensor(strain: Array) -> Array:
    """Return the symmetric tensor of a strain in Voigt order with engineering shear, (3, 3)."""
    xx, yy, zz, yz, xz, xy = strain
    return np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])


def _rows(nodes: Index, wanted: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Return the rows of those wanted nodes that exist, and which they are."""
    row = np.minimum(np.searchsorted(nodes, wanted), nodes.size - 1)
    known = nodes[row] == wanted
    return row[known], known


def _reactions(material: Graded, conditions: Conditions, u: Array, supports: _Supports) -> Array:
    """Return the force of the support at each prescribed degree of freedom; of doubles, at the last."""
    row, known = _rows(material.elements.nodes, conditions.nodes)
    exerted = material.forces(u) - supports.force
    n = supports.master.size
    summed = np.stack([np.bincount(supports.master, exerted[:, c], n) for c in range(3)], axis=1)
    reaction = np.zeros(conditions.nodes.size)
    dof = 3 * supports.master[row] + conditions.components[known]
    entry = np.flatnonzero(known)
    _, last = np.unique(dof[::-1], return_index=True)
    carrying = dof.size - 1 - last
    reaction[entry[carrying]] = summed.ravel()[dof[carrying]]
    return reaction
