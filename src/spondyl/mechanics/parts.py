"""Which elements hang together, and which of them hang on a support.

Two elements are connected when they share a node (26 neighbours), since that is how force passes between
them. In a periodic model they are also connected across opposite faces of the array.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import cc3d
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.model import Conditions, Model

Labels = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Parts:
    """Connected parts of a model.

    Parameters
    ----------
    labels : number of the part each voxel belongs to, from 1; 0 where there is no element, (z, y, x).
    count : number of parts.
    """

    labels: Labels
    count: int


class Held(NamedTuple):
    """A model without the parts that nothing holds, and how much was removed."""

    model: Model
    removed_elements: int
    removed_parts: int


def label_parts(model: Model, *, periodic: bool = False) -> Parts:
    """Return the connected parts of a model; needs about 6 bytes a voxel."""
    labels, count = cc3d.connected_components(
        model.modulus > 0, connectivity=26, return_N=True, binary_image=True
    )
    return _joined(labels, count) if periodic and count > 1 else Parts(labels, count)


def labels_at_nodes(parts: Parts, nodes: NDArray[np.int64]) -> Labels:
    """Return the part each node belongs to, 0 for none.

    Parameters
    ----------
    nodes : node numbers, ascending.
    """
    found = np.zeros(nodes.size, parts.labels.dtype)
    layers, rows, columns = parts.labels.shape
    size = (rows + 1) * (columns + 1)
    ends = np.searchsorted(nodes, np.arange(layers + 2) * size)
    plane = np.empty((rows + 1, columns + 1), parts.labels.dtype)
    for layer in range(layers + 1):
        start, stop = ends[layer], ends[layer + 1]
        if start == stop:
            continue
        plane[:] = 0
        for voxels in parts.labels[max(layer - 1, 0) : layer + 1]:
            for j in (0, 1):
                for i in (0, 1):
                    corner = plane[j : j + rows, i : i + columns]
                    np.maximum(corner, voxels, out=corner)
        found[start:stop] = plane.ravel()[nodes[start:stop] - layer * size]
    return found


def held_parts(model: Model, conditions: Conditions, parts: Parts | None = None) -> Held:
    """Return the model without the parts none of whose nodes has a prescribed displacement.

    The same model is returned when nothing is removed. A periodic model keeps all its parts: an isolated one
    moves as a rigid body, carries no stress and leaves the equations solvable.

    Parameters
    ----------
    parts : of this model, where they are known already.

    Raises
    ------
    MechanicsError
        If no part is held, or a force acts on a part that nothing holds.
    """
    if conditions.periodic:
        return Held(model, 0, 0)
    parts = parts or label_parts(model)
    held = _touched(parts, conditions.nodes)
    if not held.any():
        given = f"no displacement prescribed at a node of its {parts.count} part(s)"
        raise MechanicsError(
            Mistake("supports", given, "must hold the model somewhere: prescribe displacements on bone")
        )
    if held.all():
        return Held(model, 0, 0)
    _check_forces(parts, conditions, held)
    kept = np.concatenate([[False], held])[parts.labels]
    removed = int(np.count_nonzero(parts.labels)) - int(np.count_nonzero(kept))
    modulus = np.where(kept, model.modulus, np.float32(0))
    return Held(replace(model, modulus=modulus), removed, int(parts.count - held.sum()))


def _touched(parts: Parts, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each part whether any of the nodes belongs to it."""
    touched = np.zeros(parts.count + 1, np.bool_)
    touched[labels_at_nodes(parts, np.unique(nodes))] = True
    return touched[1:]


def _check_forces(parts: Parts, conditions: Conditions, held: NDArray[np.bool_]) -> None:
    pushed = _touched(parts, conditions.force_nodes[conditions.force_values != 0])
    loose = int(np.count_nonzero(pushed & ~held))
    if loose:
        given = f"forces on {loose} of {parts.count} parts that no prescribed displacement holds"
        raise MechanicsError(
            Mistake("forces", given, "must act on parts that are held: hold these parts or drop the forces")
        )


def _joined(labels: Labels, count: int) -> Parts:
    """Return parts that are one where they meet across opposite faces of the array."""
    pairs = np.unique(np.concatenate([_meeting(labels, axis) for axis in range(3)], axis=1), axis=1)
    graph = coo_array((np.ones(pairs.shape[1], np.bool_), (pairs[0], pairs[1])), (count + 1, count + 1))
    # Label 0, which nothing meets, stays a group of its own and the first one.
    groups, group = connected_components(graph, directed=False)
    return Parts(group.astype(labels.dtype)[labels], int(groups) - 1)


def _meeting(labels: Labels, axis: int) -> NDArray[np.int64]:
    """Return pairs of labels that meet across the two faces normal to an axis, (2, n)."""
    first = np.asarray(labels.take(0, axis))
    last = np.asarray(labels.take(-1, axis))
    found = []
    for j in (-1, 0, 1):
        for i in (-1, 0, 1):
            moved = np.roll(last, (j, i), (0, 1))
            both = (first > 0) & (moved > 0)
            found.append(np.unique(np.stack([first[both], moved[both]]).astype(np.int64), axis=1))
    return np.concatenate(found, axis=1)
