"""Rigid motion that nothing holds, and the one displacement chosen among those it leaves open.

Frictionless platens hold a specimen along their axis only: it may still slide sideways and turn about the
axis without any strain. Such a model has many solutions that differ by a rigid motion. The one returned is
that whose sum of squared nodal displacements is least, for each connected part by itself: it has no share in
any rigid motion that leaves every prescribed displacement of its part as it is. In a periodic model the same
holds for the fluctuation, whose only free rigid motions are translations.

A part may also contain hinges (elements that share only an edge or a node): their free turning is no rigid
motion of the part and is left as it is.

A rigid motion of a part is six numbers, a translation t and a turning ω: a point at r from the part's centre
moves by t + ω × r / s, where s is the size of the part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import Parts, label_parts, labels_at_nodes

Array = NDArray[np.float64]
Nodes = NDArray[np.int64]

UNHELD = 1e-12
"""Share of the largest eigenvalue of the constraint below which a rigid motion counts as free."""

BALANCED = 1e-6
"""Share of the applied forces that may be left along a free motion, for values written with few digits."""

BLOCK = 2**18
"""Nodes held at once."""


class _Frames(NamedTuple):
    """Centre (3, parts + 1) and size (parts + 1,) of what is held on each part, mm; part 0 is no part."""

    centre: Array
    size: Array


def node_positions(model: Model, nodes: Nodes) -> Array:
    """Return where nodes lie from the first corner of the array, along its axes x, y, z, mm, (3, n)."""
    k, j, i = np.unravel_index(nodes, model.nodes_shape)
    sz, sy, sx = model.grid.spacing_mm
    return np.stack([i * sx, j * sy, k * sz])


def remove_unheld_motion(
    model: Model, conditions: Conditions, nodes: Nodes, displacement: Array, parts: Parts | None = None
) -> Array:
    """Return the displacement without the rigid motion that no prescribed displacement holds.

    Parameters
    ----------
    nodes : numbers of the nodes of the elements, ascending, (n,).
    displacement : mm, (3, n); of a periodic model, the fluctuation.
    parts : of this model, where they are known already.
    """
    parts = parts or label_parts(model, periodic=conditions.periodic)
    frames, unheld = _unheld(model, conditions, parts)
    if not unheld:
        return displacement
    gram = np.zeros((parts.count + 1, 6, 6))
    share = np.zeros((parts.count + 1, 6))
    for part, _, r, u in _pieces(model, nodes, displacement, parts, frames):
        gram[part] += _gram(r)
        share[part] += np.concatenate([u.sum(axis=1), [moment.sum() for moment in _cross(r, u)]])
    motion = {
        part: free @ np.linalg.solve(free.T @ gram[part] @ free, free.T @ share[part])
        for part, free in unheld.items()
    }
    remaining = displacement.copy()
    for part, index, r, _ in _pieces(model, nodes, displacement, parts, frames):
        if part in motion:
            for component, turned in enumerate(_cross(motion[part][3:], r)):
                remaining[component, index] -= motion[part][component] + turned
    return remaining


def moves_unheld(model: Model, conditions: Conditions, parts: Parts) -> bool:
    """Tell whether some part is left a rigid motion that no prescribed displacement holds.

    Parameters
    ----------
    parts : of this model.
    """
    return bool(_unheld(model, conditions, parts)[1])


def refuse_unheld_forces(model: Model, conditions: Conditions, parts: Parts | None = None) -> None:
    """Raise if the forces on a part drive it along a rigid motion that nothing holds.

    Parameters
    ----------
    parts : of this model, where they are known already.

    Raises
    ------
    MechanicsError
        If a part is pushed where it would move without end.
    """
    if not conditions.force_values.any():
        return
    parts = parts or label_parts(model, periodic=conditions.periodic)
    frames, unheld = _unheld(model, conditions, parts)
    nodes, index = np.unique(conditions.force_nodes, return_inverse=True)
    label = labels_at_nodes(parts, nodes).astype(np.intp)[index]
    r = (node_positions(model, conditions.force_nodes) - frames.centre[:, label]) / frames.size[label]
    work = np.zeros((label.size, 6))
    for component in range(3):
        mine = conditions.force_components == component
        work[mine] = (_rows(component, r[:, mine]) * conditions.force_values[mine]).T
    driven = 0
    for part, free in unheld.items():
        mine = work[label == part]
        # Against all forces on the part: across it there may be nothing but rounding.
        driven += bool((np.abs((mine @ free).sum(axis=0)) > BALANCED * np.abs(mine).sum()).any())
    if driven:
        given = f"{driven} part(s) pushed along a rigid motion that nothing holds"
        allowed = "must balance there: hold the part against this motion, or apply an opposite force"
        raise MechanicsError(Mistake("forces", given, allowed))


def _unheld(model: Model, conditions: Conditions, parts: Parts) -> tuple[_Frames, dict[int, Array]]:
    """Return for each part that is not held in every way a basis of the motions left to it, (6, m)."""
    held = np.unique(conditions.nodes)
    label = labels_at_nodes(parts, held).astype(np.intp)
    frames = _frames(model, held, label, parts.count + 1)
    constraint = np.zeros((parts.count + 1, 6, 6))
    for component in range(3):
        chosen = np.zeros(held.size, np.bool_)
        chosen[np.searchsorted(held, conditions.nodes[conditions.components == component])] = True
        of = label[chosen]
        r = (node_positions(model, held[chosen]) - frames.centre[:, of]) / frames.size[of]
        rows = _rows(component, r)
        for a in range(6):
            for b in range(6):
                constraint[:, a, b] += np.bincount(of, rows[a] * rows[b], parts.count + 1)
    if conditions.periodic:
        # Turning a periodic model would tear opposite faces apart.
        constraint[:, range(3, 6), range(3, 6)] += 1
    kernels = {part: _kernel(constraint[part]) for part in range(1, parts.count + 1)}
    return frames, {part: kernel for part, kernel in kernels.items() if kernel.size}


def _frames(model: Model, held: Nodes, label: NDArray[np.intp], count: int) -> _Frames:
    position = node_positions(model, held)
    number = np.maximum(np.bincount(label, minlength=count), 1)
    centre = np.stack([np.bincount(label, row, count) for row in position]) / number
    distance2 = ((position - centre[:, label]) ** 2).sum(axis=0)
    size = np.sqrt(np.bincount(label, distance2, count) / number)
    return _Frames(centre, np.maximum(size, max(model.grid.spacing_mm)))


def _rows(component: int, r: Array) -> Array:
    """Return how the six motions move points along one component, (6, n)."""
    rows = np.zeros((6, r.shape[1]))
    rows[component] = 1
    after, before = (component + 1) % 3, (component + 2) % 3
    rows[3 + after], rows[3 + before] = r[before], -r[after]
    return rows


def _kernel(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    kernel: Array = vectors[:, values <= UNHELD * values[-1]]
    return kernel


def _pieces(
    model: Model, nodes: Nodes, displacement: Array, parts: Parts, frames: _Frames
) -> Iterator[tuple[int, NDArray[np.intp] | slice, Array, Array]]:
    """Yield nodes of one part at a time: part, their indices, scaled position and displacement (3, n)."""
    for start in range(0, nodes.size, BLOCK):
        block = nodes[start : start + BLOCK]
        label = labels_at_nodes(parts, block)
        position = node_positions(model, block)
        for part in np.unique(label).tolist():
            index: NDArray[np.intp] | slice = slice(start, start + block.size)
            r = position
            if (label != part).any():
                mine = np.flatnonzero(label == part)
                index, r = start + mine, position[:, mine]
            scaled = (r - frames.centre[:, [part]]) / frames.size[part]
            yield part, index, scaled, displacement[:, index]


def _cross(a: Array, b: Array) -> Iterator[Array]:
    """Yield the components of the vector product, whose memory is needed one by one."""
    for first, second in ((1, 2), (2, 0), (0, 1)):
        yield a[first] * b[second] - a[second] * b[first]


def _gram(r: Array) -> Array:
    """Return the products of the six motions with each other over given points, (6, 6)."""
    gram = np.zeros((6, 6))
    gram[:3, :3] = np.eye(3) * r.shape[1]
    x, y, z = r.sum(axis=1)
    gram[:3, 3:] = [[0, z, -y], [-z, 0, x], [y, -x, 0]]
    gram[3:, :3] = gram[:3, 3:].T
    second = np.array([[(a * b).sum() for b in r] for a in r])
    gram[3:, 3:] = np.eye(3) * np.trace(second) - second
    return gram
