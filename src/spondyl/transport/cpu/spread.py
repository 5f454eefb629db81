"""Implicit diffusion by sweeps along lines, all fields at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.threads import Team
from spondyl.transport.cpu.sweep import sweep
from spondyl.transport.cpu.writer import W
from spondyl.transport.task import Spread, Spreading

Array = NDArray[np.float64]
Pass = tuple[float, float, float, tuple[int, int, int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Round:
    """One walk through memory: one sweep, or one along y and one along x, plane by plane."""

    items: int
    passes: tuple[Pass, Pass]


def spread(task: Spread) -> Spreading:
    """Do all sweeps of a task."""
    k, size, shape = len(task.fields), task.domain.open.size, task.domain.shape
    given, fields = task.fields.reshape(k, size), np.empty((k, size))
    d, held, exchanged = task.diffusivity.reshape(k, -1), np.zeros((k, 1)), np.zeros(k)
    if task.held is not None and task.values is not None:
        mask, values = task.held.reshape(k, size), task.values.reshape(k, size)
        exchanged += ((values - given) * mask).sum(axis=1)
        given, held = np.where(mask, values, given), mask.astype(np.float64)
        d = np.broadcast_to(d, (k, size))
    source = np.zeros((k, 1)) if task.source is None else task.source.reshape(k, size)
    given, *rates = (
        np.require(a, requirements=["C", "W"]) for a in (given, d, task.decay.reshape(k, -1), source)
    )
    share, totals = task.domain.share.ravel(), np.zeros((k, 3))
    team = Team(task.threads)
    try:
        for walk in _rounds(task):
            sums = np.zeros((walk.items, k, 3))
            arguments = (given, fields, share, tuple(rates), held, task.order, walk.passes, sums)
            team.run(sweep, walk.items, k * size, *arguments)
            given = fields
            totals += sums.sum(axis=0)
    finally:
        team.close()
    return Spreading(fields.reshape(k, *shape), totals[:, 0], totals[:, 1], totals[:, 2] + exchanged)


def _rounds(task: Spread) -> list[Round]:
    """Return walks that take all sweeps in their order."""
    z, y, x = task.domain.shape
    layouts = ((1, y * x, z, y * x, 1, 0), (-(-x // W), x, y, x, 1, y * x), (-(-y // W), y, x, 1, x, y * x))
    items = (-(-(y * x) // W), z, z)
    passes = [(axis, _pass(task, at, layouts[axis])) for at, (axis, _) in enumerate(task.sweeps)]
    rounds, at = [], 0
    while at < len(passes):
        axis, this = passes[at]
        together = axis == 1 and at + 1 < len(passes) and passes[at + 1][0] == 2
        none = (0.0, 0.0, 0.0, (0, 0, 0, 0, 0, 0))
        rounds.append(Round(items[axis], (this, passes[at + 1][1] if together else none)))
        at += 2 if together else 1
    return rounds


def _pass(task: Spread, at: int, layout: tuple[int, int, int, int, int, int]) -> Pass:
    axis, days = task.sweeps[at]
    reacts = task.source is not None or bool(task.decay.any())
    before, after = (task.days / 2 if reacts and at == end else 0.0 for end in (0, len(task.sweeps) - 1))
    return days / task.domain.spacing_mm[axis] ** 2, before, after, layout
