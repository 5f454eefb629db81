"""Fronts on a CUDA device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import contiguous
from spondyl.transport.gpu.device import Device

Array = NDArray[np.float64]


def steepness(
    share: Array, open_: NDArray[np.bool_], edges: tuple[float, float, float], sign: float, device: Device
) -> Array:
    """Return the size of the one-sided gradient of every voxel of an array on the device."""
    out: Array = np.empty_like(share)
    numbers = (*(np.float64(1 / edge) for edge in edges), np.float64(sign))
    sizes = tuple(np.int64(edge) for edge in share.shape)
    with device.working():
        device.launch("steepness", share.size, contiguous(share), contiguous(open_), out, *numbers, *sizes)
    return out
