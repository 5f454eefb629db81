"""Which species runs away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spondyl.network.evaluate import evaluate
from spondyl.network.mathml import TIME
from spondyl.network.system import System

if TYPE_CHECKING:
    from spondyl.network.request import Request


def fastest(system: System, asked: Request, cell: int, stopped: NDArray[np.float64]) -> str:
    """Return the state whose rate has no value or is largest for its size where a cell stopped."""
    time, y = stopped[0], stopped[1:]
    interval = max(int(np.searchsorted(asked.times, time, side="right")) - 1, 0)
    inputs = asked.inputs[min(cell, asked.inputs.shape[0] - 1), min(interval, asked.inputs.shape[1] - 1)]
    symbols = {**system.defaults, **dict(zip(asked.names, inputs, strict=True)), TIME: time}
    rates = evaluate(system.nodes, system.rates, symbols | dict(zip(system.states, y, strict=True)))
    speed = np.abs(rates) / np.maximum(np.abs(y), asked.atol)
    return system.states[int(np.argmax(np.where(np.isfinite(speed), speed, np.inf)))]
