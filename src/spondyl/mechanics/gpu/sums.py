"""Sums over all nodes, and the numbers of conjugate gradients that follow from them, kept on the device."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.cuda import BLOCK, pointer
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.layout import STATE, SUMS, Record, record

MOST_BLOCKS = 4096
"""Blocks among which long vectors are shared; part of the order of sums, so the same on every device."""


class Sums:
    """Working memory of sums over all nodes, taken in turn, and states of conjugate gradients."""

    def __init__(self, device: Device, nodes: int) -> None:
        self.device = device
        self.part = device.empty(sums_bytes(nodes) // 8, np.float64)
        self.ticket = device.zeros(1, np.uint32)
        self.states: dict[int, Any] = {}

    def state(self, depth: int) -> Any:
        """Return the state of the conjugate gradients of a level."""
        if depth not in self.states:
            self.states[depth] = self.device.zeros(len(STATE.names or ()), np.float64)
        return self.states[depth]

    def of(self, depth: int) -> Record:
        """Return what kernels take."""
        return record(
            SUMS, part=pointer(self.part), ticket=pointer(self.ticket), state=pointer(self.state(depth))
        )


def sums_bytes(nodes: int) -> int:
    """Return the memory that the sums of all blocks take: two numbers of double precision each."""
    return 16 * max(-(-nodes // BLOCK), MOST_BLOCKS)


def spread_threads(size: int) -> int:
    """Return the threads on which to run a kernel that takes several entries a thread."""
    return min(size, MOST_BLOCKS * BLOCK)
