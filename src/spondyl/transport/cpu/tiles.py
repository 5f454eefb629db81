"""Tiles of W lines: copied so that lines lie side by side, and back."""

from __future__ import annotations

from spondyl.compiled import bare
from spondyl.transport.cpu.vectors import turn_block
from spondyl.transport.cpu.writer import LANES, W


@bare
def tile_place(number, layout):
    """Return where a tile begins, whether it is W lines wide and they lie side by side, and its lines."""
    _, side, _, _, apart, block = layout
    tiles = (side + W - 1) // W
    begin = number % tiles * W
    width = min(W, side - begin)
    return number // tiles * block + begin * apart, width == W and apart == 1, width


@bare
def turn(source, target, place, layout):
    """Copy a tile so that row i of its lines lies at i · W; places without a line are zero."""
    start, _, width = place
    _, _, rows, step, apart, _ = layout
    if width < W:
        target[:] = 0.0
    if apart == 1:
        for i in range(rows):
            for j in range(width):
                target[i * W + j] = source[start + i * step + j]
        return
    whole, wide = rows // LANES * LANES, width // LANES * LANES
    for j in range(0, wide, LANES):
        for i in range(0, whole, LANES):
            turn_block(source, target, start + j * apart + i * step, apart, i * W + j, W)
    for j in range(width):
        for i in range(whole if j < wide else 0, rows):
            target[i * W + j] = source[start + j * apart + i * step]


@bare
def turn_back(source, target, place, layout):
    """Copy a tile back to its voxels."""
    start, _, width = place
    _, _, rows, step, apart, _ = layout
    if apart == 1:
        for i in range(rows):
            for j in range(width):
                target[start + i * step + j] = source[i * W + j]
        return
    whole, wide = rows // LANES * LANES, width // LANES * LANES
    for j in range(0, wide, LANES):
        for i in range(0, whole, LANES):
            turn_block(source, target, i * W + j, W, start + j * apart + i * step, apart)
    for j in range(width):
        for i in range(whole if j < wide else 0, rows):
            target[start + j * apart + i * step] = source[i * W + j]
