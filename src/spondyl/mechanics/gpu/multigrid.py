"""The preconditioner on the device: the K-cycle of :mod:`spondyl.mechanics.cpu.multigrid`.

Fewer conjugate gradient steps are taken on deep levels than on the processor: there a level costs what it
computes, here what it takes to launch, and the iterations saved are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.multigrid import DEGREE, SHARE_HELD, SMALLEST
from spondyl.mechanics.gpu.device import BLOCK, Device, pointer
from spondyl.mechanics.gpu.direct import inverse_stiffness
from spondyl.mechanics.gpu.layout import STATE, SUMS, Record, record
from spondyl.mechanics.gpu.level import Level, make_level
from spondyl.mechanics.gpu.numbering import box_of, number, shape_of

STEPS = (1, 3, 2, 1)
"""Conjugate gradient steps on each level, the last for all deeper ones; one is a plain cycle."""

LANES = 16
"""Threads that share a row of the direct solution; SHARE in ``kernels.cu``."""


@dataclass(frozen=True, slots=True)
class Direct:
    """The inverse stiffness of the coarsest level and the places of its free degrees of freedom."""

    inverse: Any
    dofs: Any
    size: int


class Sums:
    """Working memory of sums over all nodes, which launches take in turn, and states of conjugate gradients."""

    def __init__(self, device: Device, nodes: int) -> None:
        self.device = device
        self.part = device.empty(2 * max(-(-nodes // BLOCK), MOST_BLOCKS), np.float64)
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


MOST_BLOCKS = 4096
"""Blocks among which long vectors are shared; part of the order of sums, so the same on every device."""


def spread_threads(size: int) -> int:
    """Return the threads on which to run a kernel that takes several entries a thread."""
    return min(size, MOST_BLOCKS * BLOCK)


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

    def cycle(self, q: Any) -> None:
        """Write to x of the finest level an approximate solution of K x = b, and choose the next direction.

        Parameters
        ----------
        q : K times the last direction, float64, on the device.
        """
        finest, sums = self.levels[0], self.sums.of(0)
        if len(self.levels) == 1:
            self._solve_directly()
            v, size = finest.vectors, finest.size
            self.device.launch("choose", spread_threads(size), v["x"], v["b"], q, sums, np.int64(size))
            return
        self._descend(0)
        self._ascend(0, "smooth_last_double", q, sums, np.int32(0))

    def _descend(self, depth: int) -> None:
        """Smooth from zero, solve for the coarse correction, add it; the result is in x or y, by degree."""
        level, coarse = self.levels[depth], self.levels[depth + 1]
        here, there = "xy"
        level.smooth_first(here)
        for k in range(3, DEGREE + 1):
            level.smooth(k, here, there, keep=k < DEGREE)
            here, there = there, here
        level.residual(here)
        self.device.launch(
            "restrict_forces", coarse.count, level.record, coarse.record, level.vectors["d"], coarse.vectors["b"]
        )
        found = self._solve_coarse(depth + 1)
        self.device.launch("prolong", level.count, level.record, coarse.record, found, level.vectors[here])

    def _ascend(self, depth: int, last: str, *arguments: Any) -> None:
        """Smooth what :meth:`_descend` left, so that the result is in x; the last step by the given kernel."""
        level = self.levels[depth]
        # both halves end in x together if their steps after the first pair are even in number
        here, there = ("x", "y") if DEGREE % 2 == 0 else ("y", "x")
        for k in range(1, DEGREE):
            level.smooth(k, here, there, keep=True)
            here, there = there, here
        step = level.step(DEGREE, here, there, keep=False)
        self.device.launch(last, level.count, level.record, step, *arguments)

    def _solve_coarse(self, depth: int) -> Any:
        """Return an approximate solution of K x = b of a coarse level, by conjugate gradient steps."""
        level, v = self.levels[depth], self.levels[depth].vectors
        if depth == len(self.levels) - 1:
            self._solve_directly()
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
            launch(
                "advance", level.size // 2, v["s"], v["b"], v["p"], v["q"], state, first, last, pairs
            )
        return v["s"]

    def _solve_directly(self) -> None:
        level, direct = self.levels[-1], self.direct
        self.device.launch(
            "solve_directly", LANES * direct.size, direct.inverse, direct.dofs, np.int32(direct.size),
            level.vectors["b"], level.vectors["x"],
        )  # fmt: skip


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
    for fine, coarse in zip(levels, levels[1:], strict=False):
        device.launch("hold_coarse", coarse.count, fine.record, coarse.record, np.float32(SHARE_HELD))


def _direct(device: Device, level: Level, modulus: NDArray[np.float32]) -> Direct:
    held = device.download(level.held, level.count)
    wrap = bool(level.record["wrap"][0])
    inverse, free = inverse_stiffness(modulus, level.stiffness, held, wrap=wrap)
    dofs = free // level.count * level.numbering.stride + free % level.count
    return Direct(device.upload(inverse), device.upload(dofs.astype(np.int32)), free.size)
