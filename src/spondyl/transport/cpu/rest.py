"""A fast species at rest, on processors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.threads import Team
from spondyl.transport import multigrid
from spondyl.transport.cpu import grids as loops
from spondyl.transport.equilibrium import Steady
from spondyl.transport.faces import both_sides, conductance
from spondyl.transport.newton import newton
from spondyl.transport.task import Balance

Array = NDArray[np.float64]
Level = tuple[NDArray[Any], ...]


def rest(task: Balance) -> Steady:
    """Bring a species to rest."""
    team = Team(task.threads)
    try:
        return newton(task, Operator(task, team))
    finally:
        team.close()


class Operator:
    """−∇·(D∇c) + p c of a task, and solves with more on the diagonal.

    Conjugate gradients work in double precision, multigrid below them in single.
    """

    def __init__(self, task: Balance, team: Team) -> None:
        self.domain, self.rate, self.team = task.domain, task.supply_rate, team
        self.shapes = multigrid.sizes(task.domain.shape)
        self.levels = len(self.shapes)
        edges = [tuple(edge + 2 for edge in shape) for shape in self.shapes]
        self.finest = tuple(np.zeros(edges[0]) for _ in range(6))
        for axis in range(3):
            inside = self.finest[axis][1:-1, 1:-1, 1:-1]
            both_sides(inside, axis)[0][...] = conductance(task.domain, task.diffusivity, axis)
        self.finest = tuple(a.ravel() for a in self.finest)
        self.plain = (*self.finest[:3], *(np.zeros(math.prod(edges[0])) for _ in range(3)))
        self._react(self.plain, self.rate)
        single = [tuple(np.zeros(math.prod(edge), np.float32) for _ in range(6)) for edge in edges]
        self.single: list[Level] = [
            (*(a.astype(np.float32) for a in self.finest[:3]), *single[0][3:]),
            *single[1:],
        ]
        self.vectors = [[np.zeros(math.prod(edge), np.float32) for _ in range(4)] for edge in edges]
        self.x, self.r, self.p, self.q = (np.zeros(math.prod(edges[0])) for _ in range(4))
        width = task.domain.shape[2]
        self.rows = {kind: np.zeros((team.threads, width), kind) for kind in (np.float32, np.float64)}
        self.planes, self.plane = edges[0][0], edges[0][1] * edges[0][2]

    def apply(self, c: Array) -> Array:
        """Return the operator times a field."""
        inside = self._inside(self.p)
        inside[...] = c
        self._product(self.plain)
        return self._inside(self.q).copy()

    def solve(self, slope: Array, load: Array, tolerance: float) -> tuple[Array, int]:
        """Solve with `slope` added to the diagonal; say in how many steps."""
        self._react(self.finest, self.rate + slope)
        for target, source in zip(self.single[0][3:], self.finest[3:], strict=True):
            target[...] = source
        for at in range(self.levels - 1):
            coarse = self.shapes[at + 1]
            self._run(loops.merge, coarse, self.shapes[at], self.single[at], coarse, self.single[at + 1])
            self._run(loops.settle, coarse, coarse, self.single[at + 1])
        return multigrid.conjugate_gradients(self, load, tolerance)

    def smooth(self, level: int, keep: float, pull: float, *, start: bool) -> None:
        """Take a smoothing step."""
        b, x, z, out = self.vectors[level]
        shape, sums = self.shapes[level], self.rows[np.float32]
        self._run(
            loops.smooth,
            shape,
            shape,
            self.single[level],
            b,
            x,
            z,
            out,
            sums,
            np.float32(keep),
            np.float32(pull),
            start,
        )
        self.vectors[level][1], self.vectors[level][3] = out, x

    def restrict(self, level: int) -> None:
        """Add the residual up to the load of the next level."""
        b, x, _, _ = self.vectors[level]
        coarse, sums = self.shapes[level + 1], self.rows[np.float32]
        self._run(
            loops.restrict, coarse, self.shapes[level], self.single[level], b, x, sums, coarse,
            self.vectors[level + 1][0],
        )  # fmt: skip

    def prolong(self, level: int) -> None:
        """Add the next level's x to this one's."""
        shape, coarse = self.shapes[level], self.shapes[level + 1]
        x, above = self.vectors[level][1], self.vectors[level + 1][1]
        self._run(loops.prolong, shape, shape, self.single[level], x, coarse, above)

    def cycle(self) -> None:
        """Replace the finest level's x by a rough solution for its load."""
        multigrid.cycle(self, 0)

    def begin(self, load: Array, scale: float) -> None:
        """Start from nothing."""
        self.x[...] = self.p[...] = self.q[...] = 0.0
        self._inside(self.r)[...] = load
        np.multiply(self.r, scale, out=self.vectors[0][0], casting="same_kind")

    def compare(self) -> tuple[float, float]:
        """Return z · r and z · q."""
        totals = np.zeros((self.planes, 2))
        self._all(loops.compare, self.plane, self.vectors[0][1], self.r, self.q, totals)
        down, turned = totals.sum(axis=0)
        return float(down), float(turned)

    def follow(self, beta: float) -> float:
        """Choose the next direction."""
        self._all(loops.follow, self.plane, self.p, self.vectors[0][1], beta)
        return self._product(self.finest)

    def advance(self, alpha: float, scale: float) -> float:
        """Go along the direction."""
        totals = np.zeros(self.planes)
        self._all(
            loops.advance,
            self.plane,
            alpha,
            self.p,
            self.q,
            self.x,
            self.r,
            self.vectors[0][0],
            scale,
            totals,
        )
        return float(totals.sum())

    def answer(self) -> Array:
        """Return x."""
        return self._inside(self.x).copy()

    def _product(self, level: Level) -> float:
        shape, totals = self.shapes[0], np.zeros(self.planes)
        self._run(loops.product, shape, shape, level, self.p, self.q, self.rows[np.float64], totals)
        return float(totals.sum())

    def _react(self, level: Level, reaction: Array) -> None:
        self._inside(level[5])[...] = reaction
        self._run(loops.settle, self.shapes[0], self.shapes[0], level)

    def _inside(self, vector: Array) -> Array:
        edges = [edge + 2 for edge in self.shapes[0]]
        return vector.reshape(edges)[1:-1, 1:-1, 1:-1]

    def _run(self, kernel: Callable[..., None], shape: tuple[int, int, int], *arguments: Any) -> None:
        self.team.run(kernel, shape[0], math.prod(shape), *arguments)

    def _all(self, kernel: Callable[..., None], *arguments: Any) -> None:
        self.team.run(kernel, self.planes, self.planes * self.plane, *arguments)
