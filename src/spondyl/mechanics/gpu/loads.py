"""What holds and loads a model, as places in the vectors of its finest level."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.backend import Task
from spondyl.mechanics.element import SIGNS
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.numbering import Numbering
from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.rigid import node_positions

Double = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Loads:
    """Prescribed displacements and applied forces; a place is component · stride + node.

    Parameters
    ----------
    entries : place of each prescribed displacement of the conditions, −1 where overruled or of no node, (m,).
    held : places of the prescribed displacements that count, (h,).
    values : their displacement, mm; of periodic models beyond that of the mean strain, (h,).
    pushed : places of the applied forces, each once, (f,).
    forces : N, (f,).
    """

    entries: Index
    held: Index
    values: Double
    pushed: Index
    forces: Double


def locate(device: Device, numbering: Numbering, numbers: Index) -> Index:
    """Return the node that each node number of the voxel array stands for, −1 where there is none."""
    if not numbers.size:
        return np.empty(0, np.int64)
    found = device.empty(numbers.size, np.int32)
    given = device.upload(numbers.astype(np.int64))
    size = np.int64(numbers.size)
    device.launch("locate", numbers.size, numbering.record, numbering.box, given, found, size)
    return device.download(found).astype(np.int64)


def place_loads(device: Device, numbering: Numbering, task: Task) -> Loads:
    """Return the loads of a task on its numbered model."""
    conditions, stride = task.conditions, numbering.stride
    nodes = locate(device, numbering, conditions.nodes)
    entries = last_of_each(np.where(nodes >= 0, conditions.components.astype(np.int64) * stride + nodes, -1))
    counts = entries >= 0
    values = conditions.values[counts]
    if conditions.periodic:
        mean = strain_displacement_at(task.model, conditions, conditions.nodes[counts])
        values = values - mean[conditions.components[counts].astype(np.intp), np.arange(values.size)]
    nodes = locate(device, numbering, conditions.force_nodes)
    acts = (nodes >= 0) & (conditions.force_values != 0)
    places = conditions.force_components.astype(np.int64) * stride + nodes
    pushed, of = np.unique(places[acts], return_inverse=True)
    forces = np.bincount(of, conditions.force_values[acts], pushed.size).astype(np.float64)
    return Loads(entries, entries[counts], values, pushed, forces)


def last_of_each(places: Index) -> Index:
    """Return the places with all but the last of equal ones replaced by −1.

    Examples
    --------
    >>> last_of_each(np.array([3, 4, 3, -1])).tolist()
    [-1, 4, 3, -1]
    """
    _, last = np.unique(places[::-1], return_index=True)
    kept = np.full(places.size, -1, np.int64)
    at = places.size - 1 - last
    kept[at] = places[at]
    return kept


def mean_strain(conditions: Conditions) -> Double:
    """Return the mean strain as a tensor, (3, 3)."""
    xx, yy, zz, yz, xz, xy = conditions.strain
    return np.array([[xx, xy / 2, xz / 2], [xy / 2, yy, yz / 2], [xz / 2, yz / 2, zz]])


def strain_displacement_at(model: Model, conditions: Conditions, nodes: Index) -> Double:
    """Return the displacement of the mean strain at nodes of the voxel array, mm, (3, n)."""
    return np.asarray(mean_strain(conditions) @ node_positions(model, nodes))


def mean_strain_at_corners(model: Model, conditions: Conditions) -> Double:
    """Return the mean strain's displacement at the corners of an element, mm, (24,); zero unless periodic."""
    if not conditions.periodic:
        return np.zeros(24)
    corners = (SIGNS + 1) / 2 * np.array(model.grid.spacing_mm[::-1])
    return np.asarray(corners @ mean_strain(conditions)).ravel()
