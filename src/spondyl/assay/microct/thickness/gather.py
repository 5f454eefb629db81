"""The faces near a brick of balls, side by side so that vector instructions take eight at a time.

They are gathered once for a brick, and narrowed down for each of its eight parts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import BRICK
from spondyl.assay.microct.thickness.faces import CELL, WHOLE, Faces
from spondyl.compiled import inner, quick

PAD = 32
"""Lists of faces are filled up to a multiple of this: loops over them have no rest."""

CHUNK = 480
"""Most faces decoded at a time; with their room in lines that do not share a place in the cache."""

NOTHING = np.float32(1e9)
"""Place of the faces that fill a list up: out of reach of every ball."""


class Decoded(NamedTuple):
    """Room for some faces.

    Parameters
    ----------
    face : as the rows of what `nearby` returns, but for the last two, shape (6, n).
    keep : whether a ball of the brick may touch it.
    which : of them are kept.
    """

    face: NDArray[np.float32]
    keep: NDArray[np.bool_]
    which: NDArray[np.int64]


@inner
def workspace() -> Any:
    """Return room for a list of faces, shape (8, n), and for decoding."""
    decoded = Decoded(
        np.empty((6, CHUNK + 16), np.float32), np.empty(CHUNK, np.bool_), np.empty(CHUNK + 1, np.int64)
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
    half = 0.5 * (BRICK - 1) * edges
    row = np.empty(12, np.float32)
    row[3:6], row[6:9], row[9], row[10] = 0.5 * edges, half, far * far, cut
    z0, z1 = _cells(middle[0], half[0] + far, edges[0], faces.cells[0])
    y0, y1 = _cells(middle[1], half[1] + far, edges[1], faces.cells[1])
    for k in range(z0, z1 + 1):
        dz = _gap(middle[0], half[0], k, edges[0])
        for j in range(y0, y1 + 1):
            dy = _gap(middle[1], half[1], j, edges[1])
            free = far * far - dz * dz - dy * dy
            if free < 0:
                continue
            x0, x1 = _cells(middle[2], half[2] + np.sqrt(free), edges[2], faces.cells[2])
            cell = (k * faces.cells[1] + j) * faces.cells[2]
            row[0] = (CELL * k - 0.5) * edges[0] - middle[0]
            row[1] = (CELL * j - 0.5) * edges[1] - middle[1]
            row[2] = -0.5 * edges[2] - middle[2]
            last = faces.start[cell + x1 + 1]
            for first in range(faces.start[cell + x0], last, CHUNK):
                count = min(CHUNK, last - first)
                if n + count + PAD > near.shape[1]:
                    near = _longer(near, n)
                _decode(first, count, row, faces, decoded.face, decoded.keep)
                n = _pick(first, count, edges, faces, decoded, near, n)
    return near, _filled(near, n)


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
    row = np.empty(7, np.float32)
    row[:3], row[3:6], row[6] = middle, half, far * far
    while n + last - first + PAD > some.shape[1]:
        some = _longer(some, n)
    for begin in range(first, last, CHUNK):
        count = min(CHUNK, last - begin)
        _test(near, begin, count, row, decoded.keep)
        kept = _kept(count, decoded)
        for k in range(kept):
            i = begin + decoded.which[k]
            for r in range(8):
                some[r, n + k] = near[r, i]
        n += kept
    return some, _filled(some, n)


@inner
def _cells(middle: float, far: float, edge: float, cells: int) -> Any:
    first = int(np.floor((middle - far) / edge - 0.5)) // CELL
    last = int(np.floor((middle + far) / edge + 0.5)) // CELL
    return max(0, first), min(cells - 1, last)


@inner
def _gap(middle: float, half: float, cell: int, edge: float) -> float:
    """Return the distance along one axis from the centres to the faces of the voxels in a cell."""
    low, high = (cell * CELL - 0.5) * edge, (cell * CELL + CELL - 0.5) * edge
    return max(0.0, max(low - middle - half, middle - half - high))


@inner
def _longer(near: Any, n: int) -> Any:
    more = np.empty((8, 2 * near.shape[1] - 16), np.float32)
    more[:, :n] = near[:, :n]
    return more


@inner
def _filled(near: Any, n: int) -> int:
    while n % PAD != 0:
        near[:, n] = 0.0
        near[0, n], near[3, n] = NOTHING, -1.0
        n += 1
    return n


@quick
def _decode(first: int, count: int, row: Any, faces: Faces, face: Any, keep: Any) -> None:
    """Write places and normals of faces, and which of them a ball of the brick may touch."""
    zs, ys, xs, ps, qs, ss = face[0], face[1], face[2], face[3], face[4], face[5]
    across, codes = faces.across[first : first + count], faces.code[first : first + count]
    ip = faces.normal[0, first : first + count]
    iq = faces.normal[1, first : first + count]
    ir = faces.normal[2, first : first + count]
    one, none = np.float32(1 / WHOLE), np.float32(0)
    for i in range(count):
        code = np.int32(codes[i])
        z = row[0] + row[3] * np.float32(np.int32(code & np.int32(15)))
        y = row[1] + row[4] * np.float32(np.int32((code >> np.int32(4)) & np.int32(15)))
        x = row[2] + row[5] * np.float32(across[i])
        p, q, s = np.float32(ip[i]) * one, np.float32(iq[i]) * one, np.float32(ir[i]) * one
        zs[i], ys[i], xs[i], ps[i], qs[i], ss[i] = z, y, x, p, q, s
        dz = max(none, abs(z) - row[6])
        dy = max(none, abs(y) - row[7])
        dx = max(none, abs(x) - row[8])
        along = z * p + y * q + x * s + abs(p) * row[6] + abs(q) * row[7] + abs(s) * row[8]
        wanted = np.float32(np.int32(code >> np.int32(10))) == row[10]
        keep[i] = (dz * dz + dy * dy + dx * dx <= row[9]) & (along > none) & wanted


@quick
def _test(near: Any, first: int, count: int, row: Any, keep: Any) -> None:
    """Write which faces of a list a ball of a part of the brick may touch."""
    end = first + count
    zs, ys, xs = near[0, first:end], near[1, first:end], near[2, first:end]
    ps, qs, ss = near[3, first:end], near[4, first:end], near[5, first:end]
    none = np.float32(0)
    for i in range(count):
        z, y, x, p, q, s = zs[i] - row[0], ys[i] - row[1], xs[i] - row[2], ps[i], qs[i], ss[i]
        dz, dy, dx = max(none, abs(z) - row[3]), max(none, abs(y) - row[4]), max(none, abs(x) - row[5])
        along = z * p + y * q + x * s + abs(p) * row[3] + abs(q) * row[4] + abs(s) * row[5]
        keep[i] = (dz * dz + dy * dy + dx * dx <= row[6]) & (along > none)


@inner
def _kept(count: int, decoded: Decoded) -> Any:
    """Write which of the faces are kept; return how many."""
    kept = 0
    for i in range(count):
        decoded.which[kept] = i
        kept += decoded.keep[i]  # no branch: which ones is chance
    return kept


@inner
def _pick(first: int, count: int, edges: Any, faces: Faces, decoded: Decoded, near: Any, n: int) -> Any:
    """Append the faces kept to the list; return its new length."""
    kept = _kept(count, decoded)
    for k in range(kept):
        i = decoded.which[k]
        axis = (faces.code[first + i] >> 8) & 3
        for row in range(6):
            near[row, n + k] = decoded.face[row, i]
        near[6, n + k] = abs(decoded.face[3 + axis, i]) / edges[axis]
        near[7, n + k] = edges[axis]
    return n + kept
