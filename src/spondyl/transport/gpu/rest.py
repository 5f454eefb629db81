"""A fast species at rest, on a CUDA device."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home, nothing
from spondyl.cuda import BLOCK
from spondyl.transport import multigrid
from spondyl.transport.equilibrium import Steady
from spondyl.transport.faces import both_sides, conductance
from spondyl.transport.gpu.device import Device
from spondyl.transport.gpu.grids import MOST_BLOCKS, Grids
from spondyl.transport.newton import newton
from spondyl.transport.task import Balance

Array = NDArray[np.float64]


def rest(task: Balance, device: Device) -> Steady:
    """Bring a species to rest."""
    with device.working():
        if device.grids is None or device.grids.shapes[0] != task.domain.shape:
            device.grids = None  # its memory first
            device.grids = Grids(device, task.domain.shape)
        return newton(task, Operator(task, device, device.grids))


class Operator:
    """−∇·(D∇c) + p c of a task, and solves with more on the diagonal.

    Conjugate gradients work in double precision, multigrid below them in single.
    """

    def __init__(self, task: Balance, device: Device, grids: Grids) -> None:
        self.rate, self.device, self.grids = task.supply_rate, device, grids
        for axis in range(3):
            faces = nothing(task.domain.share)
            both_sides(faces, axis)[0][...] = conductance(task.domain, task.diffusivity, axis)
            self._fill(grids.plain[axis], faces)
            self._fill(grids.single[0][axis], faces)
        self._fill(grids.plain[5], self.rate)
        grids.settle(grids.plain_record)

    def apply(self, c: Array) -> Array:
        """Return the operator times a field."""
        self._fill(self.grids.p, c)
        self._product(self.grids.plain_record)
        return self._inside(self.grids.q)

    def solve(self, slope: Array, load: Array, tolerance: float) -> tuple[Array, int]:
        """Solve with `slope` added to the diagonal; say in how many steps."""
        grids, reaction = self.grids, self.rate + slope
        self._fill(grids.finest[5], reaction)
        self._fill(grids.single[0][5], reaction)
        grids.settle(grids.finest_record)
        grids.prepare()
        return multigrid.conjugate_gradients(self, load, tolerance)

    def cycle(self) -> None:
        """Replace the finest level's x by a rough solution for its load."""
        self.grids.cycle()

    def begin(self, load: Array, scale: float) -> None:
        """Start from nothing."""
        for vector in (self.grids.x, self.grids.p, self.grids.q):
            vector.fill(0)
        self._fill(self.grids.r, load)
        self._fill(self.grids.vectors[0][0], load * scale)

    def compare(self) -> tuple[float, float]:
        """Return z · r and z · q."""
        grids = self.grids
        down, turned = self._summed(
            "compare", grids.vectors[0][1], grids.r, grids.q, grids.sums, self._size()
        )
        return down, turned

    def follow(self, beta: float) -> float:
        """Choose the next direction."""
        grids = self.grids
        self.device.launch(
            "follow", grids.padded[0], grids.p, grids.vectors[0][1], np.float64(beta), self._size()
        )
        return self._product(grids.finest_record)

    def advance(self, alpha: float, scale: float) -> float:
        """Go along the direction."""
        grids = self.grids
        vectors = (grids.p, grids.q, grids.x, grids.r, grids.vectors[0][0])
        factors = (np.float64(alpha), np.float64(scale))
        return self._summed("advance", factors[0], *vectors, factors[1], grids.sums, self._size())[0]

    def answer(self) -> Array:
        """Return x."""
        return self._inside(self.grids.x)

    def _product(self, level: NDArray[np.void]) -> float:
        grids = self.grids
        return self._summed("product", level, grids.records[0], grids.p, grids.q, grids.sums)[0]

    def _summed(self, name: str, *arguments: Any) -> tuple[float, float]:
        threads = min(self.grids.padded[0], MOST_BLOCKS * BLOCK)
        self.device.launch(name, threads, *arguments)
        found = self.device.download(self.grids.sums, 2 * -(-threads // BLOCK))
        a, b = found.reshape(-1, 2).sum(axis=0)
        return float(a), float(b)

    def _size(self) -> np.int64:
        return np.int64(self.grids.padded[0])

    def _fill(self, target: Any, field: Array) -> None:
        """Write a field within the border of zeros of an array on the device."""
        if at_home(field):
            target.set(np.pad(field, 1).astype(target.dtype).ravel())
        else:
            self._within(target)[...] = field

    def _inside(self, vector: Any) -> Array:
        found = self.device.download(vector) if at_home(self.rate) else vector
        inside: Array = self._within(found).copy()
        return inside

    def _within(self, vector: Any) -> Any:
        return vector.reshape([edge + 2 for edge in self.grids.shapes[0]])[1:-1, 1:-1, 1:-1]
