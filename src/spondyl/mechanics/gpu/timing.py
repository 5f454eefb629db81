"""How long each kernel of the finest level takes, beside the bytes it has to move at the least.

Bytes over time, beside the same of a plain copy, is the share of the bandwidth that a kernel reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from spondyl.mechanics.backend import Task
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.numbering import NODE_BYTES
from spondyl.mechanics.gpu.sums import spread_threads
from spondyl.mechanics.gpu.system import System

VECTORS = {
    "smooth_first": 3 * 12,
    "smooth": 5 * 12,
    "residual": 3 * 12,
    "prolong": 2 * 12,
    "product_double": 2 * 24,
    "follow_double": 12 + 2 * 24,
    "advance_double": 6 * 24 + 12,
}
"""Bytes a node that the vectors of a kernel take, each read and written once."""

VECTOR_ONLY = ("follow_double", "advance_double")


class Timing(NamedTuple):
    """Time of a piece of work.

    Parameters
    ----------
    name : of the kernel; "copy" of a plain copy, "iteration" of one whole conjugate gradient step.
    milliseconds : on average.
    gigabytes_per_second : least bytes over time; None where they are not counted.
    dofs_per_second : degrees of freedom over time.
    """

    name: str
    milliseconds: float
    gigabytes_per_second: float | None
    dofs_per_second: float


def kernel_times(task: Task, *, repeats: int = 20, module: Any = None) -> list[Timing]:
    """Return the times of a copy, of the kernels of the finest level and of a whole iteration.

    Parameters
    ----------
    task : model and conditions; large enough that a launch is short beside a kernel.
    repeats : of each.
    module : array module; CuPy if None.
    """
    device = Device(module)
    with device.working():
        system = System(device, task)
        system.residual(1 / (system.load_norm or 1.0))
        system.restart()
        seconds = {name: device.seconds(work, repeats) for name, work in _works(system).items()}
    finest = system.finest
    tables = NODE_BYTES * finest.count + 4 * finest.numbering.element_count + 16 * finest.numbering.words
    moved = {name: count * finest.count for name, count in VECTORS.items()}
    moved |= {name: count + tables for name, count in moved.items() if name not in VECTOR_ONLY}
    moved["copy"] = 2 * 24 * finest.numbering.stride
    dofs = 3 * finest.count
    return [
        Timing(name, 1000 * time, moved[name] / time / 1e9 if name in moved else None, dofs / time)
        for name, time in seconds.items()
    ]


def _works(system: System) -> dict[str, Callable[[], None]]:
    device, finest, count = system.device, system.finest, np.int64(system.finest.size // 2)
    v, sums, state = finest.vectors, system.multigrid.sums.of(0), system.multigrid.sums.state(0)
    x, r, p, q, one = system.x, system.r, system.p, system.q, np.float64(1)
    pairs, few = int(count), spread_threads(int(count))
    works = {
        "iteration": system.iterate,  # first: a direction is needed by what follows
        "smooth_first": lambda: finest.smooth_first("x"),
        "smooth": lambda: finest.smooth(3, "x", "y", keep=True),
        "residual": lambda: finest.residual("y"),
        "product_double": lambda: system.product(everywhere=False, of=p),
        "follow_double": lambda: device.launch("follow_double", pairs, p, v["x"], state, count),
        "advance_double": lambda: device.launch("advance_double", few, x, r, p, q, v["b"], one, sums, count),
    }
    if len(system.multigrid.levels) > 1:
        coarse = system.multigrid.levels[1]
        works["prolong"] = lambda: device.launch(
            "prolong", finest.count, finest.record, coarse.record, coarse.vectors["x"], v["x"]
        )
    return works | {"copy": lambda: device.copy(p, q)}
