"""Sweeps of implicit steps over lines of voxels; those along y and x go together, plane by plane."""

from __future__ import annotations

import numpy as np

from spondyl.compiled import bare, inlined, kernel
from spondyl.transport.cpu.correction import add_fluxes, from_held, limit
from spondyl.transport.cpu.reacting import react
from spondyl.transport.cpu.tiles import tile_place, turn, turn_back
from spondyl.transport.cpu.vectors import backward, forward, forward_reacting
from spondyl.transport.cpu.writer import W


@kernel
def sweep(part, first, last, given, fields, share, rates, held, order, passes, totals):
    """Take a step along lines for items first … last, for all fields.

    Parameters
    ----------
    given, fields : before and after, (k, size); may be the same.
    share : open share of each voxel, (size).
    rates : diffusivity, decay and source, each (k, size), or (k, 1) where the same everywhere.
    held : 1 where held, (k, size), or (k, 1); where it is not, diffusivity is (k, size).
    order : in time.
    passes : two sweeps that an item takes one after the other: days over squared spacing, half of the days
        where reactions come first, and where they come last (0: not); and (tiles of an item, lines of a
        block, voxels of a line, distance between those, between lines, between blocks). No tiles: no second.
    totals : supplied, removed, from held voxels: (items, k, 3), added to.
    """
    rows = max(passes[0][3][2], passes[1][3][2])
    tiles = max(passes[0][3][0], passes[1][3][0])
    kept, buffers = np.empty(rows * 2 * W), np.zeros((3, rows * W))
    work = np.zeros((4, rows * W if order > 1 or held.shape[1] > 1 else 1))
    plain = order == 1 and held.shape[1] == 1
    rooms = np.empty((2, tiles, rows * W))
    spaces = (kept, buffers, work, rooms)
    _walk(first, last, given, fields, share, rates, held, order, passes, totals, plain, spaces)


@bare
def _walk(first, last, given, fields, share, rates, held, order, passes, totals, plain, spaces):
    """Work through the items with room for lines; `plain` says that lines may be worked on where they lie."""
    kept, buffers, work, rooms = spaces
    for item in range(first, last):
        for at in range(2):
            layout = passes[at][3]
            for tile in range(layout[0]):
                place = tile_place(item * layout[0] + tile, layout)
                if not (plain and place[1]):
                    turn(share, rooms[at, tile], place, layout)
        for f in range(len(fields)):
            rate = (rates[0][f], rates[1][f], rates[2][f], held[f])
            for at in range(2):
                weight, before, after, layout = passes[at]
                times, sums = (weight, before), totals[item, f]
                for tile in range(layout[0]):
                    place = tile_place(item * layout[0] + tile, layout)
                    source = fields[f] if at else given[f]
                    if plain and place[1]:
                        in_place(source, fields[f], share, rate, place[0], layout, times, kept, sums)
                    else:
                        room = (buffers, rooms[at, tile], kept, work)
                        beside(source, fields[f], rate, place, layout, times, order, room, sums)
                    react(fields[f], fields[f], rate[1:], place, layout, after, sums)


@inlined
def in_place(given, n, share, rate, start, layout, times, kept, sums):
    """Step W lines that lie side by side in the fields; first order, nothing held."""
    rows, step = layout[2], layout[3]
    weight, before = times
    if before > 0.0:
        forward_reacting(
            given, share, rate[0], rate[1], rate[2], kept, start, step, rows, weight, before, sums
        )
    else:
        forward(given, share, rate[0], rate[3], kept, start, step, rows, weight)
    backward(n, share, kept, start, step, rows)


@inlined
def beside(given, fields, rate, place, layout, times, order, spaces, sums):
    """Step lines that are copied side by side, and back."""
    buffers, room, kept, work = spaces
    rows, n = layout[2], buffers[0]
    weight, before = times
    if before > 0.0:
        react(given, fields, rate[1:], place, layout, before, sums)
        given = fields
    turn(given, n, place, layout)
    if len(rate[0]) > 1:
        turn(rate[0], buffers[1], place, layout)
    if len(rate[3]) > 1:
        turn(rate[3], buffers[2], place, layout)
    d = buffers[1] if len(rate[0]) > 1 else rate[0]
    held = buffers[2] if len(rate[3]) > 1 else rate[3]
    if order == 1:
        forward(n, room, d, held, kept, 0, W, rows, weight)
        backward(n, room, kept, 0, W, rows)
        if len(held) > 1:
            work[0] = 0.0
            add_fluxes(n, room, d, rows, weight, work[0])
    else:
        second_order(n, room, d, held, kept, rows, weight, work)
    if len(held) > 1:
        sums[2] += from_held(work[0], held, rows)
    turn_back(n, fields, place, layout)


@inlined
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
