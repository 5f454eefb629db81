"""A fast species at rest, on a CUDA device."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import at_home, nothing
from spondyl.cuda import BLOCK
from spondyl.transport import multigrid
from spondyl.transport.equilibrium import Steady
from spondyl.transport.faces import both_sides, conductance
from spondyl.transport.gpu.device import LEVEL, SHAPE, Device, record
from spondyl.transport.newton import newton
from spondyl.transport.task import Balance

Array = NDArray[np.float64]

MOST_BLOCKS = 1024
"""Blocks among which sums are shared; part of the order of sums, so the same on every device."""


def rest(task: Balance, device: Device) -> Steady:
    """Bring a species to rest."""
    with device.working():
        return newton(task, Operator(task, device))


class Operator:
    """−∇·(D∇c) + p c of a task, and solves with more on the diagonal.

    Conjugate gradients work in double precision, multigrid below them in single.
    """

    def __init__(self, task: Balance, device: Device) -> None:
        self.domain, self.rate, self.device = task.domain, task.supply_rate, device
        self.shapes = multigrid.sizes(task.domain.shape)
        self.levels, self.counts = len(self.shapes), [math.prod(shape) for shape in self.shapes]
        self.records = [record(SHAPE, *shape) for shape in self.shapes]
        self.padded = [math.prod(edge + 2 for edge in shape) for shape in self.shapes]
        faces = [self._faces(task, axis) for axis in range(3)]
        up, zeros, size = device.upload, device.zeros, self.padded[0]
        double = [up(face) for face in faces]
        self._held: list[Any] = [double, [up(face.astype(np.float32)) for face in faces]]
        self.finest = [*double, *(zeros(size, np.float64) for _ in range(3))]
        self.plain = [*double, *(zeros(size, np.float64) for _ in range(3))]
        self.single = [[*self._held[1], *(zeros(size, np.float32) for _ in range(3))]]
        self.single += [[zeros(size, np.float32) for _ in range(6)] for size in self.padded[1:]]
        self.vectors = [[zeros(size, np.float32) for _ in range(4)] for size in self.padded]
        self.x, self.r, self.p, self.q = (zeros(size, np.float64) for _ in range(4))
        self.sums = device.empty(2 * MOST_BLOCKS, np.float64)
        self._react(self.plain, self.rate)

    def apply(self, c: Array) -> Array:
        """Return the operator times a field."""
        self.p = self.device.upload(self._padded(c))
        self._product(self.plain)
        return self._inside(self.q)

    def solve(self, slope: Array, load: Array, tolerance: float) -> tuple[Array, int]:
        """Solve with `slope` added to the diagonal; say in how many steps."""
        self._react(self.finest, self.rate + slope)
        reaction = self._padded(self.rate + slope).astype(np.float32)
        self.single[0][5] = self.device.upload(reaction)
        self._launch("settle", 0, self._level(0), self.records[0])
        for at in range(self.levels - 1):
            fine, coarse = self._level(at), self._level(at + 1)
            self._launch("merge", at + 1, fine, self.records[at], coarse, self.records[at + 1])
            self._launch("settle", at + 1, coarse, self.records[at + 1])
        return multigrid.conjugate_gradients(self, load, tolerance)

    def smooth(self, level: int, keep: float, pull: float, *, start: bool) -> None:
        """Take a smoothing step."""
        b, x, z, out = self.vectors[level]
        factors = (np.float32(keep), np.float32(pull), np.int32(start))
        self._launch("smooth", level, self._level(level), self.records[level], b, x, z, out, *factors)
        self.vectors[level][1], self.vectors[level][3] = out, x

    def restrict(self, level: int) -> None:
        """Add the residual up to the load of the next level."""
        b, x, _, _ = self.vectors[level]
        coarse = self.vectors[level + 1][0]
        records = self.records[level : level + 2]
        self._launch("restrict_to", level + 1, self._level(level), records[0], b, x, records[1], coarse)

    def prolong(self, level: int) -> None:
        """Add the next level's x to this one's."""
        x, above = self.vectors[level][1], self.vectors[level + 1][1]
        records = self.records[level : level + 2]
        self._launch("prolong", level, self._level(level), records[0], x, records[1], above)

    def begin(self, load: Array, scale: float) -> None:
        """Start from nothing."""
        for vector in (self.x, self.p, self.q):
            vector.fill(0)
        padded = self._padded(load)
        self.r = self.device.upload(padded)
        self.vectors[0][0] = self.device.upload((padded * scale).astype(np.float32))

    def compare(self) -> tuple[float, float]:
        """Return z · r and z · q."""
        down, turned = self._summed("compare", self.vectors[0][1], self.r, self.q, self.sums, self._size())
        return down, turned

    def follow(self, beta: float) -> float:
        """Choose the next direction."""
        z, size = self.vectors[0][1], self._size()
        self.device.launch("follow", self.padded[0], self.p, z, np.float64(beta), size)
        return self._product(self.finest)

    def advance(self, alpha: float, scale: float) -> float:
        """Go along the direction."""
        vectors = (self.p, self.q, self.x, self.r, self.vectors[0][0])
        factors = (np.float64(alpha), np.float64(scale))
        return self._summed("advance", factors[0], *vectors, factors[1], self.sums, self._size())[0]

    def answer(self) -> Array:
        """Return x."""
        return self._inside(self.x)

    def _faces(self, task: Balance, axis: int) -> Array:
        padded = nothing(task.domain.share, tuple(edge + 2 for edge in self.shapes[0]))
        both_sides(padded[1:-1, 1:-1, 1:-1], axis)[0][...] = conductance(task.domain, task.diffusivity, axis)
        return padded.ravel()

    def _level(self, level: int) -> NDArray[np.void]:
        return record(LEVEL, *self.single[level])

    def _react(self, level: list[Any], reaction: Array) -> None:
        level[5] = self.device.upload(self._padded(reaction))
        self._launch("settle_double", 0, record(LEVEL, *level), self.records[0])

    def _product(self, level: list[Any]) -> float:
        return self._summed("product", record(LEVEL, *level), self.records[0], self.p, self.q, self.sums)[0]

    def _summed(self, name: str, *arguments: Any) -> tuple[float, float]:
        threads = min(self.padded[0], MOST_BLOCKS * BLOCK)
        self.device.launch(name, threads, *arguments)
        a, b = self.device.download(self.sums, 2 * -(-threads // BLOCK)).reshape(-1, 2).sum(axis=0)
        return float(a), float(b)

    def _launch(self, name: str, level: int, *arguments: Any) -> None:
        self.device.launch(name, self.counts[level], *arguments)

    def _size(self) -> np.int64:
        return np.int64(self.padded[0])

    def _padded(self, field: Array) -> Array:
        return np.pad(field, 1).ravel()

    def _inside(self, vector: Any) -> Array:
        if at_home(self.rate):
            vector = self.device.download(vector)
        found: Array = vector.reshape([edge + 2 for edge in self.shapes[0]])[1:-1, 1:-1, 1:-1].copy()
        return found
