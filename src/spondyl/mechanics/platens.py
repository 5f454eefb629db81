"""Compression between two platens, and the soft layers that may lie between platen and bone.

The platens are the two faces of the array normal to the axis. They hold the nodes of the elements that touch
the face and nothing else: the nodes of the first and of the last plane, not those inside the end layers.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake, nearest_word
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.parts import Labels, Parts, label_parts
from spondyl.mechanics.supports import component_of
from spondyl.volume import Grid

KINDS = ("bonded", "frictionless")


def platens(model: Model, axis: str = "z", strain: float = 0.01, kind: str = "bonded") -> Conditions:
    """Return the conditions of compression along an axis.

    The low face is held along the axis, the high face moved by −strain × the length of the array. Entries
    come low face first, then high face, each component by component; ``values != 0`` marks those that drive
    the high platen, so that ``solution.reaction[conditions.values != 0].sum()`` is its force.

    Parameters
    ----------
    axis : "x", "y" or "z".
    strain : shortening over the length of the array; negative stretches.
    kind : "bonded" holds the two displacements across the axis on both faces as well; "frictionless" leaves
        them free, and what rigid motion is left is removed from the solution.

    Raises
    ------
    MechanicsError
        If the strain is zero, not a number or 1 and more, the axis or kind is unknown, or a face has no bone.
    """
    component = component_of(axis)
    if kind not in KINDS:
        near = nearest_word(str(kind), KINDS)
        raise MechanicsError(Mistake("platens", repr(kind), f"must be {' or '.join(KINDS)}", near))
    if not (math.isfinite(strain) and 0 < abs(strain) < 1):
        allowed = "must be a number above 0 and below 1 (0.01 is 1 %); negative stretches"
        raise MechanicsError(Mistake("strain", f"{strain:g}", allowed))
    low, high = _end_nodes(model, component, axis)
    length = model.grid.size_mm[2 - component]
    components = (0, 1, 2) if kind == "bonded" else (component,)
    nodes, numbers, values = [], [], []
    for end, displacement in ((low, 0.0), (high, -strain * length)):
        for c in components:
            nodes.append(end)
            numbers.append(np.full(end.size, c, np.int8))
            values.append(np.full(end.size, displacement if c == component else 0.0))
    return Conditions(np.concatenate(nodes), np.concatenate(numbers), np.concatenate(values))


def _end_nodes(model: Model, component: int, axis: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of the nodes on the low and on the high face that belong to an element."""
    along = 2 - component
    ends, empty = [], []
    for name, layer, plane in (("low", 0, 0), ("high", -1, model.grid.shape[along])):
        voxels = np.moveaxis(model.modulus, along, 0)[layer] > 0
        rows, columns = voxels.shape
        touched = np.zeros((rows + 1, columns + 1), np.bool_)
        for j, i in np.ndindex(2, 2):
            touched[j : j + rows, i : i + columns] |= voxels
        place = list(np.nonzero(touched))
        place.insert(along, np.full(place[0].size, plane))
        ends.append(np.ravel_multi_index(tuple(place), model.nodes_shape).astype(np.int64))
        empty += [] if voxels.any() else [name]
    if empty:
        raise _no_contact(model, component, axis, empty)
    return ends[0], ends[1]


def check_contact(model: Model, axis: str = "z", parts: Parts | None = None) -> None:
    """Raise unless one connected part of the model touches both faces normal to the axis.

    Parameters
    ----------
    parts : of this model, where they are known already.

    Raises
    ------
    MechanicsError
        If bone touches no face, or one only, or both but with parts that are not connected.
    """
    component = component_of(axis)
    _end_nodes(model, component, axis)
    parts = parts or label_parts(model)
    along = 2 - component
    low, high = (np.unique(parts.labels.take(layer, along)) for layer in (0, -1))
    if np.intersect1d(low[low > 0], high[high > 0]).size:
        return
    raise _no_bridge(model, axis, along, parts, low[low > 0], high[high > 0])


def _no_contact(model: Model, component: int, axis: str, empty: list[str]) -> MechanicsError:
    along = 2 - component
    across = tuple(a for a in range(3) if a != along)
    filled = np.flatnonzero((model.modulus > 0).any(axis=across))
    size = model.grid.spacing_mm[along]
    gaps = {"low": filled[0], "high": model.grid.shape[along] - 1 - filled[-1]}
    tell = " and ".join(
        f"{gaps[end]} empty layer{'s' * int(gaps[end] > 1)} ({gaps[end] * size:.3g} mm) before the {end} face"
        for end in empty
    )
    elements = int(np.count_nonzero(model.modulus))
    given = f"{tell} along {axis}, with {elements} elements between"
    allowed = "must reach both faces: crop the volume to the bone along this axis, or choose another axis"
    return MechanicsError(Mistake("bone at the platens", given, allowed))


def _no_bridge(
    model: Model, axis: str, along: int, parts: Parts, low: Labels, high: Labels
) -> MechanicsError:
    size = model.grid.spacing_mm[along]
    across = tuple(a for a in range(3) if a != along)
    below, above = (np.isin(parts.labels, end) for end in (low, high))
    reach = int(np.flatnonzero(below.any(axis=across))[-1]) + 1
    begin = int(np.flatnonzero(above.any(axis=across))[0])
    given = (
        f"{parts.count} parts, none from face to face along {axis}: from the low face {low.size} of "
        f"{np.count_nonzero(below)} elements up to {reach * size:.3g} mm, from the high face {high.size} of "
        f"{np.count_nonzero(above)} elements down to {begin * size:.3g} mm"
    )
    allowed = "must be connected between the platens: lower the threshold, or crop the volume to whole bone"
    return MechanicsError(Mistake("bone between the platens", given, allowed))


def with_end_layers(model: Model, axis: str, thickness_mm: float, modulus_mpa: float) -> Model:
    """Return the model with a soft layer added at each end of the axis, such as discs or embedding.

    Each layer covers the bounding box of the model across the axis, so that empty voxels round a scan change
    nothing; its thickness is rounded to whole voxels. It has the model's Poisson's ratio. The origin of the
    grid moves so that the bone stays where it was.

    Raises
    ------
    MechanicsError
        If the axis is unknown, the layer thinner than half a voxel, or the modulus not above zero.
    """
    along = 2 - component_of(axis)
    size = model.grid.spacing_mm[along]
    wrong = []
    if not (math.isfinite(thickness_mm) and thickness_mm >= size / 2):
        allowed = f"must be at least one voxel, {size:g} mm"
        wrong.append(Mistake("end layer thickness", f"{thickness_mm:g} mm", allowed))
    if not (math.isfinite(modulus_mpa) and modulus_mpa > 0):
        wrong.append(Mistake("end layer modulus", f"{modulus_mpa:g} MPa", "must be finite and above zero"))
    if wrong:
        raise MechanicsError(wrong)
    layers = max(1, round(thickness_mm / size))
    modulus = np.pad(model.modulus, [(layers, layers) if a == along else (0, 0) for a in range(3)])
    disc: list[slice] = [_extent(model.modulus, a) for a in range(3)]
    for end in (slice(None, layers), slice(-layers, None)):
        disc[along] = end
        modulus[tuple(disc)] = modulus_mpa
    return replace(model, grid=_longer(model.grid, along, layers), modulus=modulus)


def _extent(modulus: NDArray[np.float32], axis: int) -> slice:
    filled = np.flatnonzero((modulus > 0).any(axis=tuple(a for a in range(3) if a != axis)))
    return slice(int(filled[0]), int(filled[-1]) + 1)


def _longer(grid: Grid, along: int, layers: int) -> Grid:
    """Return the grid with layers added at both ends of an array axis."""
    shape = list(grid.shape)
    shape[along] += 2 * layers
    shift = layers * grid.spacing_mm[along]
    z, y, x = (o - grid.axes[i][along] * shift for i, o in enumerate(grid.origin_mm))
    return replace(grid, shape=(shape[0], shape[1], shape[2]), origin_mm=(z, y, x))
