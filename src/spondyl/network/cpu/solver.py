"""A request carried out by compiled code, shared among threads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.network.cpu.compiled import compiled
from spondyl.network.cpu.rosenbrock import carry
from spondyl.network.request import Request
from spondyl.network.system import System
from spondyl.threads import available_threads, in_threads

Array = NDArray[np.float64]


def integrate(system: System, asked: Request) -> tuple[Array, NDArray[np.int64], Array]:
    """Return what is followed (times, cells, followed), each cell's outcome, and where it stopped."""
    code = compiled(system, asked.names)
    cells, states = asked.start.shape
    out = np.full((asked.times.size, cells, len(system.followed)), np.nan)
    outcome, stopped = np.zeros(cells, np.int64), np.zeros((cells, states + 1))
    owners = [number for number, event in enumerate(system.events) for _ in event.targets]
    targets = [target for event in system.events for target in event.targets]
    initially = [float(event.initially) for event in system.events]
    events = (np.array(owners, np.int64), np.array(targets, np.int64), np.array(initially))
    arrays = (np.ascontiguousarray(asked.start), asked.inputs, asked.times, asked.rtol, asked.atol)

    def share(bounds: tuple[int, int]) -> None:
        carry(*bounds, code.addresses, code.packed, *events, *arrays, (out, outcome, stopped))

    threads = min(asked.threads or available_threads(), cells)
    pieces = 1 if threads == 1 else min(cells, 8 * threads)  # cells differ in cost
    edges = np.linspace(0, cells, pieces + 1).astype(int).tolist()
    in_threads(share, list(pairwise(edges)), threads)
    return out, outcome, stopped
