"""Displacements prescribed and forces applied at chosen nodes.

Each function returns :class:`~spondyl.mechanics.model.Conditions`; :func:`combine` puts several together.
Nodes are chosen by a mask over all nodes, (nz + 1, ny + 1, nx + 1), or by their numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.model import Conditions, Model

AXES = ("x", "y", "z")

Nodes = NDArray[np.int64]


def component_of(axis: str) -> int:
    """Return the component along an axis: 0 for x, 1 for y, 2 for z.

    Examples
    --------
    >>> component_of("z")
    2
    """
    if axis not in AXES:
        lower = str(axis).lower()
        near = lower if lower in AXES else nearest_word(lower, AXES)
        raise MechanicsError(Mistake("axis", repr(axis), "must be 'x', 'y' or 'z'", near))
    return AXES.index(axis)


def hold(model: Model, where: NDArray[np.generic], axes: str = "xyz") -> Conditions:
    """Return conditions that keep nodes where they are along the given axes.

    Parameters
    ----------
    where : mask over all nodes, or node numbers.
    axes : which components are held, such as ``"z"`` or ``"xy"``.
    """
    if not axes:
        raise MechanicsError(Mistake("axes", "none", "must name at least one of 'x', 'y' and 'z'"))
    components = sorted({component_of(axis) for axis in axes})
    nodes = _chosen(model, where)
    return _moved([(nodes, component, np.zeros(nodes.size)) for component in components])


def move(
    model: Model,
    where: NDArray[np.generic],
    *,
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    z: ArrayLike | None = None,
) -> Conditions:
    """Return conditions that move nodes by given lengths, mm.

    Parameters
    ----------
    where : mask over all nodes, or node numbers.
    x, y, z : displacement, one for all nodes or one for each, in the order of `where`; None leaves it free.
    """
    nodes = _chosen(model, where)
    given = {0: x, 1: y, 2: z}
    entries = [
        (nodes, component, _values(value, nodes.size, "displacement"))
        for component, value in given.items()
        if value is not None
    ]
    if not entries:
        raise MechanicsError(Mistake("displacement", "none", "must be given along x, y or z, in mm"))
    return _moved(entries)


def push(
    model: Model, where: NDArray[np.generic], *, x: ArrayLike = 0.0, y: ArrayLike = 0.0, z: ArrayLike = 0.0
) -> Conditions:
    """Return conditions that push nodes with given forces, N.

    Parameters
    ----------
    where : mask over all nodes, or node numbers.
    x, y, z : one number is the total force, shared equally by those of the nodes that belong to an element;
        an array gives the force on each node, in the order of `where`.
    """
    nodes = _chosen(model, where)
    loaded = on_elements(model, nodes)
    numbers, components, values = [], [], []
    for component, value in enumerate((x, y, z)):
        force = _values(value, nodes.size, "force")
        if np.ndim(value) == 0:
            force = np.where(loaded, force / np.count_nonzero(loaded), 0.0)
        acts = force != 0
        numbers.append(nodes[acts])
        components.append(np.full(np.count_nonzero(acts), component, np.int8))
        values.append(force[acts])
    if not any(number.size for number in numbers):
        raise MechanicsError(Mistake("force", "zero", "must not be zero along every axis; in N"))
    return Conditions(
        force_nodes=np.concatenate(numbers),
        force_components=np.concatenate(components),
        force_values=np.concatenate(values),
    )


def combine(*conditions: Conditions) -> Conditions:
    """Return all conditions as one; where two prescribe one displacement the later wins, forces add up.

    Raises
    ------
    MechanicsError
        If two of them are periodic with different mean strains.
    """
    strains = {c.strain for c in conditions if c.periodic}
    if len(strains) > 1:
        given = f"{len(strains)} different mean strains"
        allowed = "must have one mean strain: solve for one after the other"
        raise MechanicsError(Mistake("periodic conditions", given, allowed))
    names = ("nodes", "components", "values", "force_nodes", "force_components", "force_values")
    empty = Conditions()
    joined = {name: np.concatenate([getattr(c, name) for c in (empty, *conditions)]) for name in names}
    return Conditions(**joined, periodic=bool(strains), strain=strains.pop() if strains else empty.strain)


def on_elements(model: Model, nodes: Nodes) -> NDArray[np.bool_]:
    """Tell which nodes belong to an element."""
    shape = model.grid.shape
    place = np.unravel_index(nodes, model.nodes_shape)
    found = np.zeros(nodes.shape, np.bool_)
    for corner in np.ndindex(2, 2, 2):
        voxel = [p - c for p, c in zip(place, corner, strict=True)]
        inside = np.logical_and.reduce([(v >= 0) & (v < n) for v, n in zip(voxel, shape, strict=True)])
        found[inside] |= model.modulus[tuple(v[inside] for v in voxel)] > 0
    return found


def _chosen(model: Model, where: NDArray[np.generic]) -> Nodes:
    """Return the node numbers of a mask or a list."""
    where = np.asarray(where)
    if where.dtype == np.bool_:
        if where.shape != model.nodes_shape:
            allowed = f"must have the shape of the nodes, {model.nodes_shape}"
            raise MechanicsError(Mistake("nodes", f"a mask of shape {where.shape}", allowed))
        nodes = np.flatnonzero(where).astype(np.int64)
    elif np.issubdtype(where.dtype, np.integer) and where.ndim == 1:
        nodes = where.astype(np.int64)
    else:
        given = f"an array of {where.dtype} with {where.ndim} dimensions"
        raise MechanicsError(
            Mistake("nodes", given, "must be a mask over all nodes or a list of node numbers")
        )
    count = int(np.prod(model.nodes_shape))
    if nodes.size and (nodes.min() < 0 or nodes.max() >= count):
        given = f"numbers from {nodes.min()} to {nodes.max()}"
        raise MechanicsError(Mistake("nodes", given, f"must lie between 0 and {count - 1}"))
    if not on_elements(model, nodes).any():
        given = f"{nodes.size} nodes, none of which belongs to an element"
        raise MechanicsError(Mistake("nodes", given, "must touch a voxel that carries stiffness"))
    return nodes


def _values(value: ArrayLike, count: int, what: str) -> NDArray[np.float64]:
    values = np.asarray(value, np.float64)
    if values.ndim and values.shape != (count,):
        given = f"values of shape {values.shape}"
        raise MechanicsError(Mistake(what, given, f"must be one number, or one for each of {count} nodes"))
    if not np.isfinite(values).all():
        raise MechanicsError(Mistake(what, "a value that is not a finite number", "must be finite"))
    return np.broadcast_to(values, (count,)).copy()


def _moved(entries: list[tuple[Nodes, int, NDArray[np.float64]]]) -> Conditions:
    return Conditions(
        nodes=np.concatenate([nodes for nodes, _, _ in entries]),
        components=np.concatenate([np.full(nodes.size, c, np.int8) for nodes, c, _ in entries]),
        values=np.concatenate([values for _, _, values in entries]),
    )
