"""Advection up a potential on a CUDA device."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.gpu.device import Device
from spondyl.transport.task import Migration

Array = NDArray[np.float64]


def migrate(task: Migration, device: Device) -> Array:
    """Do all steps of a task."""
    shape, after = task.domain.shape, np.empty_like(task.fields)
    size, days, capacity = math.prod(shape), np.float64(task.days / task.steps), task.domain.capacity
    edges = tuple(np.int64(edge) for edge in shape)
    with device.working():
        share = device.upload(task.domain.share)
        stage, spare = (device.empty(size, np.float64) for _ in range(2))
        for i, n in enumerate(task.fields):
            u = device.upload(task.velocities[i])
            full, now = np.float64(1 / task.ceiling[i]), device.upload(n / capacity)
            for _ in range(task.steps):
                for second, (source, target) in enumerate(((now, stage), (stage, spare))):
                    device.launch(
                        "advect", size, source, now, target, share, u, full, days, *edges, np.int32(second)
                    )
                now, spare = spare, now
            after[i] = device.given_back(now, n) * capacity
    return after
