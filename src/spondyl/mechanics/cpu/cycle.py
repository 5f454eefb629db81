"""One cycle of the multigrid, down through all levels and up again, in one compiled loop.

Deep levels are visited hundreds of times a solve and take microseconds each, less than it takes to call them
from Python. All threads walk the same way and meet after every piece of work; levels too small
to share are the first thread's alone, while the others wait for it at the level above.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.direct import solve_directly
from spondyl.mechanics.cpu.stage import direct_at, stage_at, steps_at, strips_at
from spondyl.mechanics.cpu.sweep import ORIGIN, PRODUCT, RESIDUAL, smooth, sweep
from spondyl.mechanics.cpu.transfer import prolong, restrict
from spondyl.mechanics.cpu.vectors import add_blocks, dots_blocks, follow_blocks, scale_blocks
from spondyl.meeting import meet, share

DEGREES = (12, 3)
"""Smoothing steps before and after each coarse correction, on the finest level and on all others."""

STEPS = 2
"""Conjugate gradient steps on each coarse level; the finest takes its own outside."""

SHARED = 1_500
"""Nodes from which a level is shared between threads."""

ALONE = np.int64(1)
NONE = np.float32(0)


class Ladder(NamedTuple):
    """All levels.

    ``table``: see :mod:`spondyl.mechanics.cpu.stage`, int64 (levels, n). ``bounds``: of the eigenvalues of
    each level. ``summed``: whether a level's solution is the sum of its steps, or what its last cycle left
    in x. ``shared``: how many levels, from the finest on, are shared between threads. ``weights``,
    ``masks``: of interpolation.
    """

    table: NDArray[np.int64]
    bounds: NDArray[np.float64]
    summed: NDArray[np.bool_]
    shared: int
    weights: NDArray[np.float32]
    masks: NDArray[np.float32]


@kernel
def cycle(part, parts, meeting, ladder):
    """Write to x of the finest level an approximate solution of K x = b."""
    _solve(part, parts, meeting, ladder, ORIGIN)


@inner
def _solve(part, parts, meeting, ladder, depth):
    """Solve K x = b of a level by as many steps as it has; b is left as the residual."""
    if depth == ladder.table.shape[0] - 1:
        solve_directly(stage_at(ladder.table, depth), direct_at(ladder.table, depth))
        return
    along = alpha = 0.0
    for step in range(STEPS if depth else 1):
        _correct(part, parts, meeting, ladder, depth, True)
        if parts == 1 or depth + 1 < ladder.shared:
            _solve(part, parts, meeting, ladder, depth + 1)
        else:
            if part == 0:
                _solve(part, ALONE, meeting, ladder, depth + 1)
            meet(parts, meeting)
        _correct(part, parts, meeting, ladder, depth, False)
        if depth:
            along, alpha = _step(part, parts, meeting, ladder, depth, step, along, alpha)
            if alpha == 0:
                return


@inner
def _correct(part, parts, meeting, ladder, depth, down):
    """Smooth and give the residual to the next coarser level; or take its solution and smooth."""
    table, weights, masks = ladder.table, ladder.weights, ladder.masks
    fine, coarse, strips = stage_at(table, depth), stage_at(table, depth + 1), strips_at(table, depth)
    degree, bound = DEGREES[min(depth, 1)], ladder.bounds[depth]
    if down:
        smooth(part, parts, meeting, fine, degree, bound, True)
        sweep(part, parts, meeting, RESIDUAL, fine.x, fine.d, fine.b, fine, NONE, NONE)
        restrict(part, parts, meeting, fine.d, coarse.b, fine, strips, coarse, weights, masks)
        return
    found = steps_at(table, depth + 1).x if ladder.summed[depth + 1] else coarse.x
    prolong(part, parts, meeting, found, fine, strips, coarse, weights, masks)
    smooth(part, parts, meeting, fine, degree, bound, False)


@inner
def _step(part, parts, meeting, ladder, depth, step, along, alpha):
    """Go along what the cycle left in x as far as is best; return x · b and how far, zero to stop.

    Each step is preconditioned by a cycle that is not quite the same at each call, so the flexible form of
    the direction is used.
    """
    at = stage_at(ladder.table, depth)
    x, p, q, sums = steps_at(ladder.table, depth)
    first, last = share(sums.shape[0], part, parts)
    dots_blocks(first, last, at.x, at.b, q, sums)
    meet(parts, meeting)
    down, turned = _totals(sums)
    follow_blocks(first, last, p, at.x, np.float32(-alpha * turned / along if step else 0.0))
    meet(parts, meeting)
    sweep(part, parts, meeting, PRODUCT, p, q, at.b, at, NONE, NONE)
    dots_blocks(first, last, p, q, q, sums)
    meet(parts, meeting)
    energy = _totals(sums)[0]
    good = down > 0 and energy > 0
    if part == 0:
        ladder.summed[depth] = good or step > 0
    if good:
        alpha = down / energy
        if step == 0:
            scale_blocks(first, last, x, p, np.float32(alpha))
            add_blocks(first, last, at.x, at.b, p, q, np.float32(alpha))
        else:
            add_blocks(first, last, x, at.b, p, q, np.float32(alpha))
    meet(parts, meeting)
    return down, alpha if good else 0.0


@inner
def _totals(sums):
    """Return the sums over all blocks."""
    one = other = 0.0
    for block in range(sums.shape[0]):
        one += sums[block, 0]
        other += sums[block, 1]
    return one, other
