"""Implicit diffusion by sweeps along z, y and x lines, with reactions half before and half after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.faces import conductance
from spondyl.transport.reference.lines import step_lines
from spondyl.transport.task import Spread, Spreading

Array = NDArray[np.float64]


def spread(task: Spread) -> Spreading:
    """Do all sweeps of a task."""
    domain, n = task.domain, task.fields.copy()
    k = len(n)
    supplied, removed, exchanged = np.zeros(k), np.zeros(k), np.zeros(k)
    if task.held is not None and task.values is not None:
        exchanged += ((task.values - n) * task.held).sum(axis=(1, 2, 3))
        n = np.where(task.held, task.values, n)
    d = task.diffusivity.reshape(k, *(task.diffusivity.shape[1:] or (1, 1, 1)))
    d = np.broadcast_to(d, n.shape)
    n = _react(task, n, supplied, removed)
    for axis, days in task.sweeps:
        to_front = [np.moveaxis(a, axis - 3, 0) for a in (n, np.broadcast_to(domain.capacity, n.shape))]
        g = np.moveaxis(conductance(domain, d, axis), axis - 3, 0) * days
        held = None if task.held is None else np.moveaxis(task.held, axis - 3, 0)
        after, flux = step_lines(to_front[0], to_front[1], g, held, task.order)
        if held is not None:
            exchanged += _from_held(flux, held)
        n = np.moveaxis(after, 0, axis - 3)
    n = _react(task, n, supplied, removed)
    return Spreading(np.ascontiguousarray(n), supplied, removed, exchanged)


def _react(task: Spread, n: Array, supplied: Array, removed: Array) -> Array:
    """Let source and decay work for half of the days: positive, of second order, exact at rest."""
    half = task.days / 2
    decay = task.decay.reshape(len(n), *(task.decay.shape[1:] or (1, 1, 1)))
    x = decay * half
    came = 0.0 if task.source is None else task.source * half
    after = (n + came * (1 + x / 2)) / (1 + x + x * x / 2)
    if task.held is not None:
        after = np.where(task.held, n, after)
        came = np.where(task.held, 0.0, came)
    supplied += np.broadcast_to(came, n.shape).sum(axis=(1, 2, 3))
    removed += (n + came - after).sum(axis=(1, 2, 3))
    return after


def _from_held(flux: Array, held: NDArray[np.bool_]) -> Array:
    """Return what left held voxels for others; fields lie along the second axis."""
    out = np.where(held[:-1], flux, 0.0) - np.where(held[1:], flux, 0.0)
    total: Array = out.sum(axis=(0, 2, 3))
    return total
