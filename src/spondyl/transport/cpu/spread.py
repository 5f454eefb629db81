"""Implicit diffusion by sweeps along lines, all fields at once."""

from __future__ import annotations

import math

import numpy as np

from spondyl.threads import Team
from spondyl.transport.cpu.sweep import sweep
from spondyl.transport.cpu.vectors import W
from spondyl.transport.task import Spread, Spreading


def spread(task: Spread) -> Spreading:
    """Do all sweeps of a task."""
    k, size, shape = len(task.fields), task.domain.open.size, task.domain.shape
    given, fields = task.fields.reshape(k, size), np.empty((k, size))
    exchanged = np.zeros(k)
    if task.held is not None and task.values is not None:
        mask, values = task.held.reshape(k, size), task.values.reshape(k, size)
        exchanged += ((values - given) * mask).sum(axis=1)
        given = np.where(mask, values, given)
    nothing = np.zeros((k, 1))
    source = nothing if task.source is None else task.source.reshape(k, size)
    d = task.diffusivity.reshape(k, -1)
    if task.held is not None:
        d = np.ascontiguousarray(np.broadcast_to(d, (k, size)))
    rates = (d, task.decay.reshape(k, -1), source)
    held = nothing if task.held is None else mask.astype(np.float64)
    reacts = bool(task.decay.any()) or task.source is not None
    share = task.domain.share.ravel()
    totals, count = np.zeros((k, 3)), len(task.sweeps)
    team = Team(task.threads)
    try:
        for at, (axis, days) in enumerate(task.sweeps):
            outer, rows, lines = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
            before, after = (task.days / 2 * (reacts and at == end) for end in (0, count - 1))
            steps = (days / task.domain.spacing_mm[axis] ** 2, before, after, task.order)
            tiles = -(-outer // W) if lines == 1 else outer * -(-lines // W)
            sums = np.zeros((tiles, k, 3))
            team.run(sweep, tiles, k * size, given, fields, share, rates, held, steps, outer, rows, lines, sums)
            given = fields
            totals += sums.sum(axis=0)
    finally:
        team.close()
    return Spreading(fields.reshape(k, *shape), totals[:, 0], totals[:, 1], totals[:, 2] + exchanged)
