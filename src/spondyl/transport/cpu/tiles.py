"""Tiles of W lines: copied so that lines lie side by side, and back; reactions along them."""

from __future__ import annotations

from spondyl.compiled import inner, quick
from spondyl.transport.cpu.vectors import LANES, W, turn_block


@inner
def tile_place(number, layout):
    """Return where a tile begins, whether it is W lines wide and they lie side by side, and its lines."""
    _, side, _, _, apart, block = layout
    tiles = (side + W - 1) // W
    begin = number % tiles * W
    width = min(W, side - begin)
    return number // tiles * block + begin * apart, width == W and apart == 1, width


@inner
def copy_rows(source, target, rows, start, step):
    """Copy a tile to the same place of another array."""
    for i in range(rows):
        for j in range(start + i * step, start + i * step + W):
            target[j] = source[j]


@inner
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


@inner
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


@quick
def react(n, decay, source, held, rows, start, step, half, sums):
    """Let decay and source work for some days on W lines, as ``reference/spread.py`` does; add up."""
    came = went = 0.0
    for i in range(rows if half > 0.0 else 0):
        at = start + i * step
        for j in range(at, at + W):
            x = half * decay[j if len(decay) > 1 else 0]
            new = half * source[j if len(source) > 1 else 0]
            if len(held) > 1 and held[j] > 0.0:
                x = new = 0.0
            left = (n[j] + new * (1.0 + 0.5 * x)) / (1.0 + x + 0.5 * x * x)
            came += new
            went += n[j] + new - left
            n[j] = left
    sums[0] += came
    sums[1] += went
