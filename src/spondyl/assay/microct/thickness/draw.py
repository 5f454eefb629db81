"""One ball drawn into one block of voxels, line by line."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.assay.microct.kernel import kernel

BLOCK = 16
"""Edge of a block, voxels."""

ROUNDING = 1e-6
"""Relative error of a squared distance that counts as rounding."""


@kernel
def draw(
    block: Any,
    rows: Any,
    box: Any,
    ny: int,
    nx: int,
    edges: Any,
    ball: int,
    squared: float,
    value: float,
    tie: bool,
) -> Any:
    """Give the open voxels inside a ball its value; return how many, and whether any has it now.

    A tie is a ball as large as the one drawn last: its value may be there already.
    A voxel as far from the centre as the nearest one outside is not inside, whatever rounding says.
    """
    z, y, x = ball // (ny * nx), (ball // nx) % ny, ball % nx
    size = squared * (1 - ROUNDING)
    reach = np.sqrt(squared)
    z0, z1 = max(box[0, 0], z - int(reach / edges[0])), min(box[0, 1], z + int(reach / edges[0]) + 1)
    y0, y1 = max(box[1, 0], y - int(reach / edges[1])), min(box[1, 1], y + int(reach / edges[1]) + 1)
    near = (1 << max(0, y1 - box[1, 0])) - (1 << max(0, y0 - box[1, 0]))
    drawn, met = 0, False
    for k in range(z0, z1):
        if rows[k - box[0, 0], BLOCK] & near == 0 and not tie:
            continue
        for j in range(y0, y1):
            bits = rows[k - box[0, 0], j - box[1, 0]]
            if bits == 0 and not tie:
                continue
            room = size - ((k - z) * edges[0]) ** 2 - ((j - y) * edges[1]) ** 2
            low, high = _reach(room, x, edges[2], box[2])
            if low >= high:
                continue
            line = block[k - box[0, 0], j - box[1, 0]]
            hit = bits & ((1 << high) - (1 << low))
            if hit != 0:
                rows[k - box[0, 0], j - box[1, 0]] = bits & ~hit
                if bits == hit:
                    rows[k - box[0, 0], BLOCK] &= ~(1 << (j - box[1, 0]))
                drawn += _fill(line, hit, low, high, value)
            elif tie and not met:
                met = _has(line, low, high, value)
    return drawn, met or drawn > 0


@kernel
def _reach(room: float, centre: int, edge: float, bound: Any) -> Any:
    """Return which places of a line in a block lie inside a ball, whose square leaves `room` along it."""
    if room <= 0:
        return 0, 0
    half = int(np.sqrt(room) / edge)
    if (half * edge) ** 2 >= room:
        half -= 1
    return max(bound[0], centre - half) - bound[0], min(bound[1], centre + half + 1) - bound[0]


@kernel
def _has(line: Any, low: int, high: int, value: float) -> bool:
    found = False
    for i in range(low, high):
        found = found or line[i] == value
    return found


@kernel
def _fill(line: Any, hit: int, low: int, high: int, value: float) -> int:
    drawn = 0
    for i in range(low, high):
        if (hit >> i) & 1:
            line[i] = value
            drawn += 1
    return drawn
