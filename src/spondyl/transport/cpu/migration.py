"""Advection up a potential, on processors."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.threads import Team
from spondyl.transport.cpu.advection import advect
from spondyl.transport.task import Migration

Array = NDArray[np.float64]


def migrate(task: Migration) -> Array:
    """Do all steps of a task."""
    shape, k = task.domain.shape, len(task.fields)
    share, capacity = task.domain.share.ravel(), task.domain.capacity.ravel()
    days, size = task.days / task.steps, math.prod(shape)
    after, none = task.fields.reshape(k, size).copy(), np.empty(0)
    stage, other = np.empty(size), np.empty(size)
    team = Team(task.threads)
    try:
        for i, n in enumerate(after):
            u, full = task.velocities[i].reshape(3, size), 1 / task.ceiling[i]
            now, spare = n / capacity, other
            for _ in range(task.steps):
                team.run(advect, shape[0], size, shape, now, none, stage, share, u, full, days)
                team.run(advect, shape[0], size, shape, stage, now, spare, share, u, full, days)
                now, spare = spare, now
            n[...] = now * capacity
            other = spare
    finally:
        team.close()
    return after.reshape(k, *shape)
