"""The faces near a brick of balls, side by side so that vector instructions take eight at a time.

They are gathered once for a brick, and narrowed down for each of its eight parts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import BRICK
from spondyl.assay.microct.thickness.faces import CELL, WHOLE, Faces
from spondyl.compiled import bare, inner

PAD = 32
"""Lists of faces are filled up to a multiple of this: loops over them have no rest."""

CHUNK = 480
"""Most faces decoded at a time."""

LINE = CHUNK + 16
"""Numbers from one row of decoded faces to the next: rows do not share a place in the cache."""

FULL = -1
"""Instead of the length of a list that has no room for more."""

NOTHING = np.float32(1e9)
"""Place of the faces that fill a list up: out of reach of every ball."""


class Decoded(NamedTuple):
    """Room for some faces.

    Parameters
    ----------
    face : the rows of what `nearby` returns, one behind the other, shape (8 · LINE): loops over one array
        need not look whether rows overlap.
    row : where faces lie and how far they may, shape (16).
    keep : whether a ball of the brick may touch it.
    which : of them are kept.
    """

    face: NDArray[np.float32]
    row: NDArray[np.float32]
    keep: NDArray[np.bool_]
    which: NDArray[np.int64]


@inner
def workspace() -> Any:
    """Return room for a list of faces, shape (8, n), and for decoding."""
    decoded = Decoded(
        np.empty(8 * LINE, np.float32),
        np.empty(16, np.float32),
        np.empty(CHUNK, np.bool_),
        np.empty(CHUNK + 1, np.int64),
    )
    return np.empty((8, 2048 + 16), np.float32), decoded


@inner
def nearby(
    middle: Any, far: float, cut: int, edges: Any, faces: Faces, near: Any, n: int, decoded: Decoded
) -> Any:
    """Add the faces near a brick to a list.

    Parameters
    ----------
    middle : of the centres in the brick, unit of `edges`.
    far : distance from a centre up to which faces are wanted.
    cut : 1 for faces to what is unknown, 0 for all others.
    near : the list, shape (8, room): place from the middle (z, y, x), normal, area but for a factor, and step
        across; `n` are filled.

    Returns
    -------
    The list, a longer one if need be, and how many are filled.
    """
    filled = _in_cells(middle, far, edges, faces, near, n, decoded, cut)
    while filled == FULL:
        near = _longer(near, n)
        filled = _in_cells(middle, far, edges, faces, near, n, decoded, cut)
    return near, _filled(near, filled)


@bare
def _in_cells(
    middle: Any, far: float, edges: Any, faces: Faces, near: Any, n: int, decoded: Decoded, cut: int
) -> int:
    """Add the faces near a brick to a list; return its new length, or that it is full."""
    row, half = decoded.row, 0.5 * (BRICK - 1)
    for a in range(3):
        row[3 + a], row[6 + a], row[11 + a] = 0.5 * edges[a], half * edges[a], edges[a]
    row[9], row[10] = far * far, cut
    z0, z1 = _cells(middle[0], half * edges[0] + far, edges[0], faces.cells[0])
    y0, y1 = _cells(middle[1], half * edges[1] + far, edges[1], faces.cells[1])
    for k in range(z0, z1 + 1):
        dz = _gap(middle[0], half * edges[0], k, edges[0])
        for j in range(y0, y1 + 1):
            dy = _gap(middle[1], half * edges[1], j, edges[1])
            free = far * far - dz * dz - dy * dy
            if free < 0:
                continue
            x0, x1 = _cells(middle[2], half * edges[2] + np.sqrt(free), edges[2], faces.cells[2])
            cell = (k * faces.cells[1] + j) * faces.cells[2]
            last = faces.start[cell + x1 + 1]
            row[0] = (CELL * k - 0.5) * edges[0] - middle[0]
            row[1] = (CELL * j - 0.5) * edges[1] - middle[1]
            row[2] = -0.5 * edges[2] - middle[2]
            for first in range(faces.start[cell + x0], last, CHUNK):
                count = min(CHUNK, last - first)
                if n + count + PAD > near.shape[1]:
                    return FULL
                _decode(first, count, row, faces, decoded.face, decoded.keep)
                n = _pick(count, decoded, near, n)
    return n


@inner
def narrowed(
    near: Any, first: int, last: int, middle: Any, half: Any, far: float, some: Any, n: int, decoded: Decoded
) -> Any:
    """Add those faces of a list, from first to last, that are near a part of the brick to another list.

    Parameters
    ----------
    middle, half : of the centres in the part, from the middle of the brick, and half their extent.
    far : distance from a centre up to which faces are wanted.
    some : the other list, of which `n` are filled.
    """
    while n + last - first + PAD > some.shape[1]:
        some = _longer(some, n)
    return some, _filled(some, _in_part(near, first, last, middle, half, far, some, n, decoded))


@bare
def _in_part(
    near: Any, first: int, last: int, middle: Any, half: Any, far: float, some: Any, n: int, decoded: Decoded
) -> int:
    """Add faces near a part of the brick to a list that has room; return its new length."""
    row = decoded.row
    for a in range(3):
        row[a], row[3 + a] = middle[a], half[a]
    row[6] = far * far
    for begin in range(first, last, CHUNK):
        count = min(CHUNK, last - begin)
        _test(near, begin, count, row, decoded.keep)
        kept = _kept(count, decoded)
        for k in range(kept):
            i = begin + decoded.which[k]
            for r in range(8):
                some[r, n + k] = near[r, i]
        n += kept
    return n


@bare
def _cells(middle: float, far: float, edge: float, cells: int) -> Any:
    first = int(np.floor((middle - far) / edge - 0.5)) // CELL
    last = int(np.floor((middle + far) / edge + 0.5)) // CELL
    return max(0, first), min(cells - 1, last)


@bare
def _gap(middle: float, half: float, cell: int, edge: float) -> float:
    """Return the distance along one axis from the centres to the faces of the voxels in a cell."""
    low, high = (cell * CELL - 0.5) * edge, (cell * CELL + CELL - 0.5) * edge
    return max(0.0, max(low - middle - half, middle - half - high))


@inner
def _longer(near: Any, n: int) -> Any:
    more = np.empty((8, 2 * near.shape[1] - 16), np.float32)
    more[:, :n] = near[:, :n]
    return more


@bare
def _filled(near: Any, n: int) -> int:
    while n % PAD != 0:
        near[:, n] = 0.0
        near[0, n], near[3, n] = NOTHING, -1.0
        n += 1
    return n


@bare
def _decode(first: int, count: int, row: Any, faces: Faces, face: Any, keep: Any) -> None:
    """Write what `nearby` tells of faces, and which of them a ball of the brick may touch."""
    across, codes = faces.across[first : first + count], faces.code[first : first + count]
    ip = faces.normal[0, first : first + count]
    iq = faces.normal[1, first : first + count]
    ir = faces.normal[2, first : first + count]
    one, none = np.float32(1 / WHOLE), np.float32(0)
    # what is the same for all faces is read first: so loops use vectors though arrays might overlap
    z0, y0, x0, by_z, by_y, by_x = row[0], row[1], row[2], row[3], row[4], row[5]
    deep, wide, long, far, kind = row[6], row[7], row[8], row[9], row[10]
    ez, ey, ex = row[11], row[12], row[13]
    for i in range(count):
        code = np.int32(codes[i])
        z = z0 + by_z * np.float32(np.int32(code & np.int32(15)))
        y = y0 + by_y * np.float32(np.int32((code >> np.int32(4)) & np.int32(15)))
        x = x0 + by_x * np.float32(across[i])
        axis = np.int32((code >> np.int32(8)) & np.int32(3))
        p, q, s = np.float32(ip[i]) * one, np.float32(iq[i]) * one, np.float32(ir[i]) * one
        up, over, along = abs(p), abs(q), abs(s)
        edge = ez if axis == 0 else (ey if axis == 1 else ex)
        facing = up if axis == 0 else (over if axis == 1 else along)
        face[i], face[LINE + i], face[2 * LINE + i] = z, y, x
        face[3 * LINE + i], face[4 * LINE + i], face[5 * LINE + i] = p, q, s
        face[6 * LINE + i], face[7 * LINE + i] = facing / edge, edge
        dz, dy, dx = max(none, abs(z) - deep), max(none, abs(y) - wide), max(none, abs(x) - long)
        turned = z * p + y * q + x * s + up * deep + over * wide + along * long
        wanted = np.float32(np.int32(code >> np.int32(10))) == kind
        keep[i] = (dz * dz + dy * dy + dx * dx <= far) & (turned > none) & wanted


@bare
def _test(near: Any, first: int, count: int, row: Any, keep: Any) -> None:
    """Write which faces of a list a ball of a part of the brick may touch."""
    end = first + count
    zs, ys, xs = near[0, first:end], near[1, first:end], near[2, first:end]
    ps, qs, ss = near[3, first:end], near[4, first:end], near[5, first:end]
    none, far = np.float32(0), row[6]
    z0, y0, x0, deep, wide, long = row[0], row[1], row[2], row[3], row[4], row[5]
    for i in range(count):
        z, y, x, p, q, s = zs[i] - z0, ys[i] - y0, xs[i] - x0, ps[i], qs[i], ss[i]
        dz, dy, dx = max(none, abs(z) - deep), max(none, abs(y) - wide), max(none, abs(x) - long)
        turned = z * p + y * q + x * s + abs(p) * deep + abs(q) * wide + abs(s) * long
        keep[i] = (dz * dz + dy * dy + dx * dx <= far) & (turned > none)


@bare
def _kept(count: int, decoded: Decoded) -> Any:
    """Write which of the faces are kept; return how many."""
    kept = 0
    for i in range(count):
        decoded.which[kept] = i
        kept += decoded.keep[i]  # no branch: which ones is chance
    return kept


@bare
def _pick(count: int, decoded: Decoded, near: Any, n: int) -> Any:
    """Append the faces kept to the list; return its new length."""
    kept = _kept(count, decoded)
    for k in range(kept):
        i = decoded.which[k]
        for row in range(8):
            near[row, n + k] = decoded.face[row * LINE + i]
    return n + kept
