"""The preconditioner on the device: the K-cycle of :mod:`spondyl.mechanics.cpu.multigrid`.

Deep levels take no conjugate gradient steps of their own: what they would cost here is not what they compute
but the time to launch it, and they save no iterations.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.direct import inverse_stiffness
from spondyl.mechanics.gpu.level import Level, make_level
from spondyl.mechanics.gpu.numbering import FIRST, box_of, number, shape_of
from spondyl.mechanics.gpu.sums import Sums, spread_threads

DEGREES = (12, 4)
"""Smoothing steps before and after each coarse correction, at least two; the last for all deeper levels."""

STEPS = (1, 2, 2, 1)
"""Conjugate gradient steps on each level, the last for all deeper ones; one is a plain cycle."""

SMALLEST = 700
"""Degrees of freedom solved directly."""

SHARE_HELD = 0.1
"""A coarse degree of freedom is held when this share of the fine ones it moves is held."""

LANES = 16
"""Threads that share a row of the direct solution; SHARE in ``kernels/records.cu``."""


@dataclass(frozen=True, slots=True)
class Direct:
    """The inverse stiffness of the coarsest level and the places of its free degrees of freedom."""

    inverse: Any
    dofs: Any
    size: int


class Multigrid:
    """A hierarchy of levels, the finest first, ready but for its vectors.

    Parameters
    ----------
    device : where it lies.
    levels : as :func:`build_levels` returns them, with their supports.
    coarsest : modulus of the voxels of the last level, (z, y, x).
    """

    def __init__(self, device: Device, levels: list[Level], coarsest: NDArray[np.float32]) -> None:
        self.device = device
        self.levels = levels
        for depth, level in enumerate(levels):
            level.take(vectors_of(depth, len(levels)))
        self.sums = Sums(device, levels[0].count)
        self.direct = _direct(device, levels[-1], coarsest)

    def cycle(self, q: Any, scale: float) -> None:
        """Write to x of the finest level an approximate solution of K x = b, and choose the next direction.

        Parameters
        ----------
        q : K times the last direction, float64, on the device.
        scale : the residual that b stands for, over b.
        """
        finest, sums, unit = self.levels[0], self.sums.of(0), np.float64(scale)
        if len(self.levels) == 1:
            self.solve_directly()
            v, size = finest.vectors, finest.size
            self.device.launch("choose", spread_threads(size), v["x"], v["b"], q, sums, unit, np.int64(size))
            return
        self._descend(0)
        self._ascend(0, "smooth_last_double", q, sums, unit)

    def _descend(self, depth: int) -> None:
        """Smooth from zero, solve for the coarse correction, add it; the result is in x or y."""
        level, coarse = self.levels[depth], self.levels[depth + 1]
        here, there = "xy"
        level.smooth_first(here)
        degree = degree_of(depth)
        for k in range(3, degree + 1):
            level.smooth(k, here, there, keep=k < degree)
            here, there = there, here
        level.residual(here)
        self.device.launch(
            "restrict_forces",
            coarse.count,
            level.record,
            coarse.record,
            level.vectors["d"],
            coarse.vectors["b"],
        )
        found = self._solve_coarse(depth + 1)
        self.device.launch("prolong", level.count, level.record, coarse.record, found, level.vectors[here])

    def _ascend(self, depth: int, last: str, *arguments: Any) -> None:
        """Smooth what :meth:`_descend` left, the result in x; the last step by the given kernel."""
        level, degree = self.levels[depth], degree_of(depth)
        here, there = "xy" if degree % 2 == 0 else "yx"  # where so many steps, the first two as one, have led
        for k in range(1, degree):
            level.smooth(k, here, there, keep=True)
            here, there = there, here
        step = level.step(degree, here, there, keep=False)
        self.device.launch(last, level.count, level.record, step, *arguments)

    def _solve_coarse(self, depth: int) -> Any:
        """Return an approximate solution of K x = b of a coarse level, by conjugate gradient steps."""
        level, v = self.levels[depth], self.levels[depth].vectors
        if depth == len(self.levels) - 1:
            self.solve_directly()
            return v["x"]
        steps = steps_of(depth)
        if steps == 1:
            self._descend(depth)
            self._ascend(depth, "smooth")
            return v["x"]
        sums, state, pairs = self.sums.of(depth), self.sums.state(depth), np.int64(level.size // 2)
        launch = self.device.launch
        for step in range(steps):
            first, last = np.int32(step == 0), np.int32(step == steps - 1)
            self._descend(depth)
            self._ascend(depth, "smooth_last", v["q"], sums, first)
            launch("follow", level.size // 2, v["p"], v["x"], state, pairs)
            launch("product", level.count, level.record, v["p"], v["q"], sums)
            launch("advance", level.size // 2, v["s"], v["b"], v["p"], v["q"], state, first, last, pairs)
        return v["s"]

    def solve_directly(self) -> None:
        """Write the solution of K x = b of the coarsest level to its x."""
        level, direct = self.levels[-1], self.direct
        self.device.launch(
            "solve_directly", LANES * direct.size, direct.inverse, direct.dofs, np.int32(direct.size),
            level.vectors["b"], level.vectors["x"],
        )  # fmt: skip


def degree_of(depth: int) -> int:
    """Return how many smoothing steps a level takes before and after its coarse correction."""
    return DEGREES[min(depth, len(DEGREES) - 1)]


def steps_of(depth: int) -> int:
    """Return how many conjugate gradient steps a level takes."""
    return STEPS[min(depth, len(STEPS) - 1)]


def vectors_of(depth: int, levels: int) -> str:
    """Return the names of the float32 vectors of a level."""
    if depth == levels - 1:
        return "xb"
    return "xydb" if depth == 0 or steps_of(depth) == 1 else "xydbpqs"


def build_levels(
    device: Device, modulus: NDArray[np.float32], stiffness: NDArray[np.float64], *, wrap: bool
) -> tuple[list[Level], NDArray[np.float32]]:
    """Return the levels of a model, without supports and vectors, and the moduli of the last.

    Parameters
    ----------
    modulus : of each voxel, (z, y, x).
    stiffness : of its element of unit modulus, (24, 24), scaled so that forces suit float32.
    wrap : whether opposite faces are one set of nodes.
    """
    box, dense = box_of(modulus.shape), device.upload(modulus)
    levels: list[Level] = []
    while True:
        levels.append(make_level(device, number(device, box, dense, wrap=wrap), dense, stiffness))
        shape = shape_of(box)
        if 3 * levels[-1].count <= SMALLEST or max(shape) == 1:
            return levels, device.download(dense).reshape(shape)
        nz, ny, nx = (-(-n // 2) for n in shape)
        coarse_box, coarse = box_of((nz, ny, nx)), device.empty(nz * ny * nx, np.float32)
        device.launch("coarsen", nz * ny * nx, box, coarse_box, dense, coarse)
        box, dense, stiffness = coarse_box, coarse, 2 * stiffness  # an element twice as large


def hold_levels(device: Device, levels: list[Level]) -> None:
    """Hold the degrees of freedom of coarse levels that move held ones of the finest."""
    for fine, coarse in itertools.pairwise(levels):
        device.launch("hold_coarse", coarse.count, fine.record, coarse.record, np.float32(SHARE_HELD))


def _direct(device: Device, level: Level, modulus: NDArray[np.float32]) -> Direct:
    held = device.download(level.held, FIRST + level.count)[FIRST:]
    wrap = bool(level.record["wrap"][0])
    inverse, free = inverse_stiffness(modulus, level.stiffness, held, wrap=wrap)
    dofs = free // level.count * level.numbering.stride + FIRST + free % level.count
    return Direct(device.upload(inverse), device.upload(dofs.astype(np.int32)), free.size)
