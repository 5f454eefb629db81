"""One cycle of the multigrid, down through all levels and up again, in one compiled loop.

Deep levels are visited hundreds of times a solve and take microseconds each, less than it takes to call them
from Python. All threads walk the same way and meet after every piece of work; levels too small
to share are the first thread's alone, while the others wait for it at the level above.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inlined, inner, kernel
from spondyl.mechanics.cpu.direct import solve_directly
from spondyl.mechanics.cpu.stage import b_at, direct_at, held_at, rows_at, stage_at, steps_at, strips_at, x_at
from spondyl.mechanics.cpu.sweep import PRODUCT, RESIDUAL, smooth, sweep
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
YES, NO = np.bool_(True), np.bool_(False)


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
def cycle(part, parts, meeting, ladder, depth):
    """Write to x of a level an approximate solution of K x = b.

    Coarse levels take as many steps as they have; their solution is the sum of these, and b the residual.
    """
    at = stage_at(ladder.table, depth)
    if depth == ladder.table.shape[0] - 1:
        solve_directly(at, direct_at(ladder.table, depth))
        return
    along = alpha = 0.0
    for step in range(STEPS if depth else 1):
        _descend(part, parts, meeting, ladder, depth, at)
        if parts == 1 or depth + 1 < ladder.shared:
            cycle(part, parts, meeting, ladder, depth + 1)
        else:
            if part == 0:
                cycle(part, ALONE, meeting, ladder, depth + 1)
            meet(parts, meeting)
        _ascend(part, parts, meeting, ladder, depth, at)
        if depth:
            along, alpha = _step(part, parts, meeting, ladder, depth, at, step, along, alpha)
            if alpha == 0:
                return


@inlined
def _descend(part, parts, meeting, ladder, depth, at):
    """Smooth from zero and give the residual to the next coarser level."""
    smooth(part, parts, meeting, at, DEGREES[min(depth, 1)], ladder.bounds[depth], YES)
    sweep(part, parts, meeting, RESIDUAL, at.x, at.d, at.b, at, NONE, NONE)
    strips = strips_at(ladder.table, depth)
    rows, held = rows_at(ladder.table, depth + 1), held_at(ladder.table, depth + 1)
    load = b_at(ladder.table, depth + 1)
    restrict(part, parts, meeting, at.d, load, at.rows, strips, rows, held, ladder.weights, ladder.masks)


@inlined
def _ascend(part, parts, meeting, ladder, depth, at):
    """Take the solution of the next coarser level and smooth."""
    below = depth + 1
    found = steps_at(ladder.table, below).x if ladder.summed[below] else x_at(ladder.table, below)
    strips, rows = strips_at(ladder.table, depth), rows_at(ladder.table, below)
    prolong(part, parts, meeting, found, at.x, at.rows, strips, at.held, rows, ladder.weights, ladder.masks)
    smooth(part, parts, meeting, at, DEGREES[min(depth, 1)], ladder.bounds[depth], NO)


@inlined
def _step(part, parts, meeting, ladder, depth, at, step, along, alpha):
    """Go along what the cycle left in x as far as is best; return x · b and how far, zero to stop.

    Each step is preconditioned by a cycle that is not quite the same at each call, so the flexible form of
    the direction is used.
    """
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
