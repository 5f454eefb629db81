"""What the tests of the cpu backend share: levels, and the stiffness as plain sums over elements."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level, make_level
from spondyl.mechanics.cpu.places import node_numbers
from spondyl.mechanics.element import stiffness
from spondyl.mechanics.model import Model
from spondyl.mechanics.reference import element_nodes
from spondyl.threads import Team

shapes = array_shapes(min_dims=3, max_dims=3, max_side=11)

seeds = st.integers(0, 2**32 - 1)


def _scattered(shape: tuple[int, int, int], share: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(shape) < share


masks = st.one_of(
    arrays(np.bool_, shapes), st.builds(_scattered, shapes, st.sampled_from([0.1, 0.3, 0.7, 1.0]), seeds)
).filter(np.any)
"""Bone of any shape: solid blocks, sponges, single voxels and odd edges among them."""

LARGE = (40, 38, 50)
"""Voxels of a box that is cut into several slabs and is worth a second thread."""


def moduli(bone: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return a modulus of its own for every voxel, 1 to 2 MPa."""
    return np.where(bone, 1 + np.random.default_rng(seed).random(bone.shape), 0).astype(np.float32)


def level_of(model: Model, team: Team, fixed: np.ndarray | None = None, *, periodic: bool = False) -> Level:
    """Return the finest level of a model, its forces in N."""
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    return make_level(model.modulus, unit, coefficients(unit), fixed, team, periodic=periodic)


def filled(level: Level, field: np.ndarray, kind: type) -> np.ndarray:
    """Return a vector of a level that holds a field on all nodes of the box, (nodes, 3)."""
    vector = np.zeros((3, level.rows.stride), kind)
    vector[:, : level.nodes] = field[node_numbers(level.rows)].T
    return vector.ravel()


def spread(level: Level, vector: np.ndarray) -> np.ndarray:
    """Return a vector of a level as a field on all nodes of the box, (nodes, 3)."""
    z, y, x = (int(n) + 1 for n in level.rows.shape)
    field = np.zeros((z * y * x, 3))
    field[node_numbers(level.rows)] = vector.reshape(3, -1)[:, : level.nodes].T
    return field


def forces(model: Model, field: np.ndarray) -> np.ndarray:
    """Return the forces of all elements under a displacement of the nodes of the box, (nodes, 3), N."""
    nodes = element_nodes(model)
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    moduli = model.modulus[model.modulus > 0].astype(np.float64)
    each = (field[nodes].reshape(-1, 24) @ unit) * moduli[:, None]
    out = np.empty_like(field)
    for c in range(3):
        out[:, c] = np.bincount(nodes.ravel(), each[:, c::3].ravel(), field.shape[0])
    return out


def wrapped(model: Model, field: np.ndarray) -> np.ndarray:
    """Return a field whose values on the high faces are those of the low ones."""
    box = field.reshape(*model.nodes_shape, 3).copy()
    box[-1], box[:, -1], box[:, :, -1] = box[0], box[:, 0], box[:, :, 0]
    box[-1], box[:, -1] = box[0], box[:, 0]
    return box.reshape(-1, 3)


def folded(model: Model, field: np.ndarray) -> np.ndarray:
    """Return forces with those of the high faces given to the low ones."""
    box = field.reshape(*model.nodes_shape, 3).copy()
    for axis in range(3):
        moved = np.moveaxis(box, axis, 0)
        moved[0] += moved[-1]
        moved[-1] = 0
    return box.reshape(-1, 3)
