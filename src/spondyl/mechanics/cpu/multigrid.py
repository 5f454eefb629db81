"""The preconditioner: geometric multigrid on the voxels, each coarse problem solved by steps of its own.

Coarse voxels take the mean modulus of their eight children. Thin structure is then too stiff, or stiff in the
wrong place, on coarse levels; instead of one correction factor for all of it, each level below the finest is
solved by a few conjugate gradient steps that are themselves preconditioned by the next coarser level (a
K-cycle, Notay and Vassilevski 2008): each step finds its own best length.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.cycle import SHARED, Ladder, cycle
from spondyl.mechanics.cpu.direct import make_direct
from spondyl.mechanics.cpu.hierarchy import Split, Welded
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level, Single
from spondyl.mechanics.cpu.stage import Direct, Steps, row_of
from spondyl.mechanics.cpu.strips import MASKS, WEIGHTS, Strips
from spondyl.mechanics.cpu.supports import held
from spondyl.mechanics.cpu.transfer import prolong_once, restrict_once
from spondyl.mechanics.cpu.vectors import blocks

SMALLEST = 700
"""Degrees of freedom solved directly."""

SHARE_HELD = 0.1
"""A coarse degree of freedom is held when this share of the fine ones it moves is held."""


class Multigrid:
    """A hierarchy of levels; the finest first.

    Parameters
    ----------
    finest : level with its supports.
    modulus : of its voxels, (z, y, x).
    stiffness : of its element of unit modulus, (24, 24), scaled so that forces suit float32.
    """

    def __init__(
        self, finest: Level, modulus: NDArray[np.float32], stiffness: NDArray[np.float64], *, periodic: bool
    ) -> None:
        self.levels = [finest]
        self.strips: list[Strips] = []
        self.periodic = periodic
        products = coefficients(stiffness)
        hierarchy = Welded(finest, modulus) if periodic else Split(finest, modulus)
        while 3 * self.levels[-1].nodes > SMALLEST and max(self.levels[-1].rows.shape) > 1:
            stiffness, products = 2 * stiffness, 2 * products  # an element twice as large
            level, strips = hierarchy.next(stiffness, products)
            self.strips.append(strips)
            self.levels.append(level)
        self.coarsest = stiffness

    def hold(self) -> None:
        """Hold the coarse levels where the finest is held; only then is there anything to solve."""
        for depth in range(1, len(self.levels)):
            self.levels[depth] = self._supported(depth)
        self.direct = make_direct(self.levels[-1], self.coarsest)
        self.steps = [make_steps(level) for level in self.levels[1:-1]]
        self.ladder = make_ladder(self.levels, self.strips, self.steps, self.direct)

    def _supported(self, depth: int) -> Level:
        """Return a level whose degrees of freedom are held that move held ones of the finer level."""
        fine, coarse, strips = self.levels[depth - 1], self.levels[depth], self.strips[depth - 1]
        if not fine.held.fixed.size:
            return coarse
        fine.d[:] = 0
        fine.d[fine.held.fixed] = 1
        restrict(fine, coarse, strips, fine.d, coarse.d)
        ones = fine.d.reshape(3, -1)
        ones[:, : fine.nodes] = 1
        ones[:, fine.held.ghosts] = 0
        restrict(fine, coarse, strips, fine.d, coarse.b)
        fixed = np.flatnonzero((coarse.d > SHARE_HELD * coarse.b) & (coarse.b > 0))
        for vector in (fine.d, coarse.d, coarse.b):
            vector[:] = 0
        twins = coarse.held.masters, coarse.held.ghosts
        supports = held(coarse.rows, fixed, periodic=self.periodic, twins=twins)
        return replace(coarse, held=supports)

    def cycle(self) -> None:
        """Write to x of the finest level an approximate solution of K x = b."""
        self.levels[0].team.together(cycle, self.levels[0].nodes, self.ladder, 0)


def make_steps(level: Level) -> Steps:
    """Return what the steps of a coarse level work on."""
    x, p, q = (np.zeros(level.x.size, level.x.dtype) for _ in range(3))
    return Steps(x, p, q, np.zeros((blocks(level.x.size), 2)))


def make_ladder(levels: list[Level], strips: list[Strips], steps: list[Steps], direct: Direct) -> Ladder:
    """Return what the compiled cycle needs of all levels; it holds on to none of their arrays.

    Parameters
    ----------
    strips : between each level and the next.
    steps : of all levels but the finest and the coarsest.
    direct : of the coarsest.
    """
    deep = len(levels) - 1
    rows = [
        row_of(
            level.stage(),
            strips[depth] if depth < deep else None,
            steps[depth - 1] if 0 < depth < deep else None,
            direct if depth == deep else None,
        )
        for depth, level in enumerate(levels)
    ]
    bounds = np.array([level.bound for level in levels])
    shared = sum(level.nodes >= SHARED for level in levels[:-1])
    return Ladder(np.array(rows), bounds, np.zeros(deep + 1, np.bool_), shared, WEIGHTS.ravel(), MASKS)


def restrict(fine: Level, coarse: Level, strips: Strips, forces: Single, out: Single) -> None:
    """Write the transpose of interpolation of fine forces to a coarse vector."""
    coarse.team.together(
        restrict_once, fine.nodes, forces, out, fine.rows, strips, coarse.rows, coarse.held,
        WEIGHTS.ravel(), MASKS,
    )  # fmt: skip


def prolong(fine: Level, coarse: Level, strips: Strips, displacement: Single) -> None:
    """Add the interpolation of coarse displacements to the fine ones."""
    fine.team.together(
        prolong_once, fine.nodes, displacement, fine.x, fine.rows, strips, fine.held, coarse.rows,
        WEIGHTS.ravel(), MASKS,
    )  # fmt: skip
