"""Implicit diffusion by sweeps along lines on a CUDA device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.gpu.device import LINE, RATES, Device, record
from spondyl.transport.task import Spread, Spreading

Array = NDArray[np.float64]


def spread(task: Spread, device: Device) -> Spreading:
    """Do all sweeps of a task."""
    k, size, (z, y, x) = len(task.fields), task.domain.open.size, task.domain.shape
    given, exchanged = task.fields.reshape(k, size), np.zeros(k)
    if task.held is not None and task.values is not None:
        mask, values = task.held.reshape(k, size), task.values.reshape(k, size)
        exchanged += ((values - given) * mask).sum(axis=1)
        given = np.where(mask, values, given)
    layouts = ((y * x, z, y * x, 1, 0), (x, y, x, 1, y * x), (y, x, 1, x, y * x))
    plain = task.order == 1 and task.held is None
    totals, reacts = np.zeros((k, 3)), bool(task.decay.any()) or task.source is not None
    with device.working():
        n, work = device.upload(given), device.empty(k * size * (1 if plain else 5), np.float64)
        share, d, decay = (device.upload(a) for a in (task.domain.share, task.diffusivity, task.decay))
        source = None if task.source is None else device.upload(task.source)
        held = None if task.held is None else device.upload(task.held.astype(np.float64))
        for at, (axis, days) in enumerate(task.sweeps):
            side, rows, step, apart, block = layouts[axis]
            lines = size // rows
            before, after = (
                task.days / 2 if reacts and at == end else 0.0 for end in (0, len(task.sweeps) - 1)
            )
            weight = days / task.domain.spacing_mm[axis] ** 2
            varies = (int(task.diffusivity.ndim > 1), int(task.decay.ndim > 1))
            rates = record(RATES, share, d, decay, source, held, weight, before, after, *varies)
            line = record(LINE, side, rows, step, apart, block, size, lines)
            sums = device.empty(3 * k * lines, np.float64)
            device.launch(
                "step_lines", k * lines, n, work, rates, line, sums, np.int64(k), np.int32(task.order)
            )
            if before or after or held is not None:
                totals += device.download(sums).reshape(k, lines, 3).sum(axis=1)
        fields = device.given_back(n, task.fields)
    return Spreading(fields, totals[:, 0], totals[:, 1], totals[:, 2] + exchanged)
