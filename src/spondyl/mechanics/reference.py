"""The definition of a solve: an assembled sparse matrix in float64, plain NumPy and SciPy.

Small systems are factorised; large and singular ones are solved by conjugate gradients with the diagonal as
preconditioner. Assembly takes about 10 kB an element: this backend is for checking others, not for scans.

The unknown is the displacement beyond the mean strain, one value for each node, or for each set of nodes that
a periodic model makes one. Coordinates run from the first corner of the array along its own axes x, y, z; the
mean strain's own displacement is ε x, without rotation. Prescribed displacements are total ones there too.

Where prescribed displacements leave a rigid motion free, the system is singular but solvable as long as the
forces do no work on that motion; what is returned is chosen as in :mod:`spondyl.mechanics.rigid`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.rigid import node_positions, remove_unheld_motion
from spondyl.mechanics.solution import Progress

Array = NDArray[np.float64]
Index = NDArray[np.int64]

FACTORISED_DOFS = 12_000
"""Largest number of free degrees of freedom that is factorised; the factors grow as its 4/3 power."""

SINGULAR = 1e-12
"""A pivot smaller than this share of the diagonal of the matrix tells of a motion that costs no energy."""

ROUND_OFF = 1e-14
"""A load smaller than this share of the forces it is the sum of is nothing but their rounding."""

BETWEEN_REPORTS = 20


@dataclass(frozen=True, slots=True)
class System:
    """The equations before supports: all nodes of the elements, three degrees of freedom each.

    Parameters
    ----------
    nodes : node numbers, ascending (n,).
    matrix : stiffness, N/mm, (3n, 3n).
    tie : total degrees of freedom from the independent ones, (3n, 3m) of zeros and ones.
    mean : displacement of the mean strain, mm, (3n,).
    force : applied forces, N, (3n,).
    """

    nodes: Index
    matrix: csr_array
    tie: csr_array
    mean: Array
    force: Array


def solve(task: Task) -> Answer:
    """Return the displacements of a model in equilibrium; see the module for what is chosen when singular.

    Raises
    ------
    MechanicsError
        If the tolerance is not reached within the iterations allowed.
    """
    began = time.perf_counter()
    system = assemble(task.model, task.conditions)
    reduced = (system.tie.T @ system.matrix @ system.tie).tocsr()
    w, held, entries = _prescribed(system, task.conditions)
    free = np.flatnonzero(~held)
    load = _load(system, system.mean + system.tie @ w, free)
    inner = csr_array(reduced[free][:, free])
    begun = _start(system, task, w)[free]
    ready = time.perf_counter()
    w[free], history = _solve_free(inner, load, begun, task)
    solved = time.perf_counter()
    total = system.mean + system.tie @ w
    reaction = _reactions(system, total, entries, task.conditions)
    fluctuation = (total - system.mean).reshape(-1, 3).T
    settled = remove_unheld_motion(task.model, task.conditions, system.nodes, fluctuation)
    displacement = np.ascontiguousarray(settled + system.mean.reshape(-1, 3).T)
    residual = _relative(load - inner @ w[free], load)
    energy = float(total @ (system.matrix @ total)) / 2
    return Answer(
        system.nodes,
        displacement,
        reaction,
        residual,
        np.array(history),
        energy,
        ready - began,
        solved - ready,
    )


def element_nodes(model: Model) -> Index:
    """Return the eight node numbers of each element, (m, 8); elements in the order of the array."""
    k, j, i = np.nonzero(model.modulus)
    _, rows, columns = model.nodes_shape
    corners = [((k + c) * rows + j + b) * columns + i + a for c in (0, 1) for b in (0, 1) for a in (0, 1)]
    return np.stack(corners, axis=1).astype(np.int64)


def assemble(model: Model, conditions: Conditions) -> System:
    """Return the equations of a model and its loads."""
    elements = element_nodes(model)
    nodes, local = np.unique(elements, return_inverse=True)
    dofs = (3 * local.reshape(-1, 8, 1) + np.arange(3)).reshape(-1, 24)
    size = 3 * nodes.size
    modulus = model.modulus[model.modulus > 0].astype(np.float64)
    values = modulus[:, None, None] * stiffness(model.grid.spacing_mm, model.poisson)
    rows, columns = np.broadcast_arrays(dofs[:, :, None], dofs[:, None, :])
    matrix = coo_array((values.ravel(), (rows.ravel(), columns.ravel())), (size, size)).tocsr()
    force = np.zeros(size)
    index, known = _dofs(nodes, conditions.force_nodes, conditions.force_components)
    np.add.at(force, index[known], conditions.force_values[known])
    return System(nodes, matrix, _tie(model, conditions, nodes), _mean(model, conditions, nodes), force)


def _dofs(nodes: Index, wanted: Index, components: NDArray[np.int8]) -> tuple[Index, NDArray[np.bool_]]:
    """Return degrees of freedom of node numbers and components, and which of them exist."""
    index = np.minimum(np.searchsorted(nodes, wanted), nodes.size - 1)
    return (3 * index + components).astype(np.int64), np.equal(nodes[index], wanted)


def _tie(model: Model, conditions: Conditions, nodes: Index) -> csr_array:
    """Return the matrix that gives every node the value of the node it is one with."""
    first = nodes
    if conditions.periodic:
        place = np.unravel_index(nodes, model.nodes_shape)
        wrapped = tuple(p % n for p, n in zip(place, model.grid.shape, strict=True))
        first = np.ravel_multi_index(wrapped, model.nodes_shape)
    masters, master = np.unique(first, return_inverse=True)
    columns = (3 * master[:, None] + np.arange(3)).ravel()
    size = columns.size
    return csr_array((np.ones(size), (np.arange(size), columns)), shape=(size, 3 * masters.size))


def _mean(model: Model, conditions: Conditions, nodes: Index) -> Array:
    if not conditions.periodic:
        return np.zeros(3 * nodes.size)
    xx, yy, zz, yz, xz, xy = conditions.strain
    strain = np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])
    return np.ascontiguousarray((strain @ node_positions(model, nodes)).T).ravel()


def _prescribed(system: System, conditions: Conditions) -> tuple[Array, NDArray[np.bool_], Index]:
    """Return independent values (zero where free), which are held, and the entry that holds each of them."""
    index, known = _dofs(system.nodes, conditions.nodes, conditions.components)
    entry = np.flatnonzero(known)
    column = system.tie.indices[index[known]]
    entries = np.full(system.tie.shape[1], -1, np.int64)
    entries[column] = entry
    held = entries >= 0
    w = np.zeros(held.size)
    last = entries[held]
    w[held] = conditions.values[last] - system.mean[index[last]]
    return w, held, entries


def _start(system: System, task: Task, w: Array) -> Array:
    """Return independent values to begin from: those of the start, or rest."""
    begun = np.zeros_like(w)
    if task.start is None or task.start_nodes is None:
        return begun
    total = system.mean.reshape(-1, 3).copy()
    _, here, there = np.intersect1d(system.nodes, task.start_nodes, return_indices=True)
    total[here] = task.start[:, there].T
    begun[system.tie.indices[::-1]] = (total.ravel() - system.mean)[::-1]
    return begun


def _reactions(system: System, total: Array, entries: Index, conditions: Conditions) -> Array:
    """Return the forces of the supports; of entries for one degree of freedom, the last carries it."""
    exerted = system.tie.T @ (system.matrix @ total - system.force)
    reaction = np.zeros(conditions.nodes.size)
    held = entries >= 0
    reaction[entries[held]] = exerted[held]
    return reaction


def _load(system: System, u: Array, free: NDArray[np.intp]) -> Array:
    """Return the free forces that a displacement leaves unbalanced, zero when they cancel to rounding."""
    load: Array = system.tie.T @ (system.force - system.matrix @ u)
    size = system.tie.T @ (np.abs(system.force) + abs(system.matrix) @ np.abs(u))
    rounding = float(np.linalg.norm(load[free])) <= ROUND_OFF * float(np.linalg.norm(size))
    return np.zeros(free.size) if rounding else load[free]


def _relative(residual: Array, load: Array) -> float:
    scale = float(np.linalg.norm(load))
    return float(np.linalg.norm(residual)) / scale if scale else 0.0


def _solve_free(matrix: csr_array, load: Array, begun: Array, task: Task) -> tuple[Array, list[float]]:
    """Return the free values and the relative residual from the start on."""
    if not load.any():
        return np.zeros_like(load), [0.0]
    history = [_relative(load - matrix @ begun, load)]
    if history[0] <= task.tolerance:
        return begun, history
    if load.size <= FACTORISED_DOFS:
        found = _factorised(matrix, load)
        if found is not None:
            history.append(_relative(load - matrix @ found, load))
            if history[-1] <= task.tolerance:
                return found, history
    return _conjugate_gradients(matrix, load, begun, task)


def _factorised(matrix: csr_array, load: Array) -> Array | None:
    """Return the solution by factorisation, or None where the matrix is singular."""
    scale = 1 / np.sqrt(matrix.diagonal())
    scaled = csc_array(diags_array(scale) @ matrix @ diags_array(scale))
    try:
        factors = splu(
            scaled, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
        )
    except RuntimeError:
        return None
    if np.abs(factors.U.diagonal()).min() < SINGULAR:
        return None
    found: Array = scale * factors.solve(scale * load)
    return found


def _conjugate_gradients(
    matrix: csr_array, load: Array, begun: Array, task: Task
) -> tuple[Array, list[float]]:
    inverse = 1 / matrix.diagonal()
    x = begun.copy()
    residual = load - matrix @ x
    history = [_relative(residual, load)]
    direction = np.zeros_like(x)
    before = 1.0
    while history[-1] > task.tolerance:
        if len(history) > task.max_iterations:
            given = f"a relative residual of {history[-1]:.1e} after {task.max_iterations} iterations"
            allowed = f"must reach {task.tolerance:.1e}: allow more iterations, or hold the model better"
            raise MechanicsError(Mistake("equilibrium", given, allowed))
        conditioned = inverse * residual
        product = float(residual @ conditioned)
        direction = conditioned + (product / before) * direction
        before = product
        moved = matrix @ direction
        step = product / float(direction @ moved)
        x += step * direction
        residual -= step * moved
        if _relative(residual, load) <= task.tolerance:
            # The updated residual drifts from the true one, which alone may end the iteration.
            residual = load - matrix @ x
            direction[:] = 0
        history.append(_relative(residual, load))
        if task.progress is not None and len(history) % BETWEEN_REPORTS == 0:
            task.progress(Progress(len(history) - 1, history[-1], task.tolerance, None))
    return x, history
