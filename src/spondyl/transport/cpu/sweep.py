"""A sweep of implicit steps over all lines along one axis."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import inner, kernel
from spondyl.transport.cpu.correction import add_fluxes, from_held, limit
from spondyl.transport.cpu.tiles import copy_rows, react, tile_place, turn, turn_back, turned
from spondyl.transport.cpu.vectors import W, backward, forward


@kernel
def sweep(part, first, last, given, fields, share, rates, held, steps, outer, rows, lines, totals):
    """Take a step along the lines of tiles first … last, for all fields.

    Parameters
    ----------
    given, fields : before and after, (k, size); may be the same.
    share : open share of each voxel, (size).
    rates : diffusivity, decay and source, each (k, size), or (k, 1) where the same everywhere.
    held : 1 where held, (k, size), or (k, 1); where it is not, diffusivity is (k, size).
    steps : days over squared spacing, half of the days where reactions come first, and where they come last
        (0: not), order.
    outer, rows, lines : blocks, voxels along a line, and lines that lie side by side in a block.
    totals : supplied, removed, from held voxels: (tiles, k, 3), added to.
    """
    weight, before, after, order = steps
    kept, buffers = np.empty(rows * 2 * W), np.zeros((6, rows * W))
    work = np.zeros((4, rows * W if order > 1 or held.shape[1] > 1 else 0))
    for number in range(first, last):
        start, width, apart = tile_place(number, outer, rows, lines)
        direct = lines > 1 and width == W and order == 1 and held.shape[1] == 1
        if not direct:
            turn(share, buffers[1], rows, width, start, lines, apart)
        for f in range(len(fields)):
            d, decay, source, fixed = rates[0][f], rates[1][f], rates[2][f], held[f]
            sums = totals[number, f]
            if direct:
                n, room, begin, step = fields[f], share, start, lines
                if before > 0.0:
                    copy_rows(given[f], n, rows, start, lines)
            else:
                n, room, begin, step = buffers[0], buffers[1], 0, W
                turn(given[f], n, rows, width, start, lines, apart)
                d = turned(d, buffers[2], rows, width, start, lines, apart)
                fixed = turned(fixed, buffers[5], rows, width, start, lines, apart)
                if before + after > 0.0:
                    decay = turned(decay, buffers[3], rows, width, start, lines, apart)
                    source = turned(source, buffers[4], rows, width, start, lines, apart)
            react(n, decay, source, fixed, rows, begin, step, before, sums)
            if order == 1:
                unmoved = given[f] if direct and before == 0.0 else n
                forward(unmoved, room, d, fixed, kept, begin, step, rows, weight)
                backward(n, room, kept, begin, step, rows)
                if len(fixed) > 1:
                    work[0] = 0.0
                    add_fluxes(n, room, d, rows, weight, work[0])
            else:
                second_order(n, room, d, fixed, kept, rows, weight, work)
            if len(fixed) > 1:
                sums[2] += from_held(work[0], fixed, rows)
            react(n, decay, source, fixed, rows, begin, step, after, sums)
            if not direct:
                turn_back(n, fields[f], rows, width, start, lines, apart)


@inner
def second_order(n, share, d, held, kept, rows, weight, work):
    """Take two half steps and add twice their correction of the whole one, as far as voxels have it.

    What passed the faces is left in work[0].
    """
    flux, extra, whole, scale = work[0], work[1], work[2], work[3]
    flux[:] = 0.0
    extra[:] = 0.0
    forward(n, share, d, held, kept, 0, W, rows, weight)
    backward(whole, share, kept, 0, W, rows)
    add_fluxes(whole, share, d, rows, -weight, extra)
    for _ in range(2):
        forward(n, share, d, held, kept, 0, W, rows, weight / 2)
        backward(n, share, kept, 0, W, rows)
        add_fluxes(n, share, d, rows, weight / 2, flux)
    for at in range(rows * W):
        extra[at] += flux[at]
    limit(extra, n, held, rows, scale)
    for at in range(rows * W):
        flux[at] += extra[at]
