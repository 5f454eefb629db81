"""The preconditioner: geometric multigrid on the voxels, each coarse problem solved by steps of its own.

Coarse voxels take the mean modulus of their eight children. Thin structure is then too stiff, or stiff in the
wrong place, on coarse levels; instead of one correction factor for all of it, each level below the finest is
solved by a few conjugate gradient steps that are themselves preconditioned by the next coarser level (a
K-cycle, Notay and Vassilevski 2008): each step finds its own best length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.direct import make_direct, solve_directly
from spondyl.mechanics.cpu.hierarchy import Split, Welded
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level, Single
from spondyl.mechanics.cpu.strips import MASKS, WEIGHTS, Strips
from spondyl.mechanics.cpu.supports import held
from spondyl.mechanics.cpu.sweep import PRODUCT
from spondyl.mechanics.cpu.transfer import copy_first_plane, fold_last_plane, prolong_planes, restrict_planes
from spondyl.mechanics.cpu.vectors import Vectors

DEGREES = (12, 3)
"""Smoothing steps before and after each coarse correction, by level; the last for all deeper ones."""

STEPS = (1, 2)
"""Conjugate gradient steps on each level, the last for all deeper ones; the finest takes its own outside."""

SMALLEST = 700
"""Degrees of freedom solved directly."""

SHARE_HELD = 0.1
"""A coarse degree of freedom is held when this share of the fine ones it moves is held."""


@dataclass(frozen=True, slots=True)
class Inner:
    """Vectors of the conjugate gradient steps of one coarse level: solution, direction and its product."""

    x: Single
    p: Single
    q: Single
    vectors: Vectors


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
        self.inner = [self._inner(level) for level in self.levels[1:-1]]

    def hold(self) -> None:
        """Hold the coarse levels where the finest is held; only then is there anything to solve."""
        for depth in range(1, len(self.levels)):
            self.levels[depth] = self._supported(depth)
        self.direct = make_direct(self.levels[-1])

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

    @staticmethod
    def _inner(level: Level) -> Inner:
        x, p, q = (np.zeros(level.x.size, level.x.dtype) for _ in range(3))
        return Inner(x, p, q, Vectors(level.team, level.x.size))

    def cycle(self, depth: int = 0) -> None:
        """Write to x of a level an approximate solution of K x = b."""
        level = self.levels[depth]
        if depth == len(self.levels) - 1:
            solve_directly(level, self.direct)
            return
        coarse = self.levels[depth + 1]
        level.smooth(DEGREES[min(depth, len(DEGREES) - 1)], from_zero=True)
        level.residual()
        strips = self.strips[depth]
        restrict(level, coarse, strips, level.d, coarse.b)
        prolong(level, coarse, strips, self._solve_coarse(depth + 1))
        level.smooth(DEGREES[min(depth, len(DEGREES) - 1)], from_zero=False)

    def _solve_coarse(self, depth: int) -> Single:
        """Return an approximate solution of K x = b of a coarse level; b is left as the residual."""
        level = self.levels[depth]
        steps = STEPS[min(depth, len(STEPS) - 1)]
        if depth == len(self.levels) - 1 or steps == 1:
            self.cycle(depth)
            return level.x
        inner = self.inner[depth - 1]
        vectors, along, alpha = inner.vectors, 0.0, 0.0
        for step in range(steps):
            self.cycle(depth)
            down, turned = vectors.dots(level.x, level.b, inner.q)
            vectors.follow(inner.p, level.x, -alpha * turned / along if step else 0.0)
            level.sweep(PRODUCT, inner.p, inner.q, level.b)
            energy, _ = vectors.dots(inner.p, inner.q, inner.q)
            if not (down > 0 and energy > 0):
                return inner.x if step else level.x
            along, alpha = down, down / energy
            if step == 0:
                vectors.scale(inner.x, inner.p, alpha)
                vectors.add(level.x, level.b, inner.p, inner.q, alpha)
            else:
                vectors.add(inner.x, level.b, inner.p, inner.q, alpha)
        return inner.x


def restrict(fine: Level, coarse: Level, strips: Strips, forces: Single, out: Single) -> None:
    """Write the transpose of interpolation of fine forces to a coarse vector."""
    coarse.team.run(
        restrict_planes, int(coarse.rows.shape[0]) + 1, fine.nodes, forces, out, fine.rows, strips,
        coarse.rows, coarse.held, WEIGHTS.ravel(), MASKS,
    )  # fmt: skip
    if coarse.held.wrap:
        fold_last_plane(out, coarse.rows)


def prolong(fine: Level, coarse: Level, strips: Strips, displacement: Single) -> None:
    """Add the interpolation of coarse displacements to the fine ones."""
    fine.team.run(
        prolong_planes, int(fine.rows.shape[0]) + 1, fine.nodes, fine.x, displacement, fine.rows, strips,
        fine.held, coarse.rows, WEIGHTS.ravel(), MASKS,
    )  # fmt: skip
    if fine.held.wrap:
        copy_first_plane(fine.x, fine.rows)
