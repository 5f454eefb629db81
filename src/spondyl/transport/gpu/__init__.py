"""The backend for a CUDA device, through CuPy: the steps of the reference, the solver of the processor."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.equilibrium import Steady
from spondyl.transport.gpu import fronts as _fronts
from spondyl.transport.gpu import migration as _migration
from spondyl.transport.gpu import rest as _rest
from spondyl.transport.gpu import spread as _spread
from spondyl.transport.gpu.device import Device
from spondyl.transport.task import Balance, Migration, Spread, Spreading

__all__ = ["migrate", "rest", "spread", "steepness"]


@cache
def device(module: Any = None) -> Device:
    """Return the current device with its kernels, compiled once."""
    return Device(module)


def spread(task: Spread, module: Any = None) -> Spreading:
    """Do all sweeps of a task."""
    return _spread.spread(task, device(module))


def migrate(task: Migration, module: Any = None) -> NDArray[np.float64]:
    """Do all steps of a task."""
    return _migration.migrate(task, device(module))


def rest(task: Balance, module: Any = None) -> Steady:
    """Bring a species to rest."""
    return _rest.rest(task, device(module))


def steepness(
    share: NDArray[np.float64],
    open_: NDArray[np.bool_],
    edges: tuple[float, float, float],
    sign: float,
    module: Any = None,
) -> NDArray[np.float64]:
    """Return the size of the one-sided gradient of every voxel of an array on the device."""
    return _fronts.steepness(share, open_, edges, sign, device(module))
