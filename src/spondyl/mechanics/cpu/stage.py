"""What compiled loops see of a level, and of all levels at once: a table of where their arrays lie.

Loops that go up and down between levels need them by number. Numba has no list of records that is made
quickly, so each level is a row of addresses and sizes, from which a loop makes the record again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numba
import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from spondyl.compiled import inner
from spondyl.mechanics.cpu.numbering import Packets, Rows
from spondyl.mechanics.cpu.strips import Strips
from spondyl.mechanics.cpu.supports import Held

Single = NDArray[np.float32]


class Stage(NamedTuple):
    """A level: the fields of :class:`spondyl.mechanics.cpu.level.Level` that loops need.

    ``width``: of a component of the forces of a plane in ``ring`` and ``rims``.
    """

    rows: Rows
    packets: Packets
    held: Held
    width: int
    products: Single
    diagonal: Single
    scale: Single
    x: Single
    d: Single
    b: Single
    ring: Single
    rims: Single


class Steps(NamedTuple):
    """What the steps of a coarse level work on: solution, direction, its product, sums of blocks."""

    x: Single
    p: Single
    q: Single
    sums: NDArray[np.float64]


class Direct(NamedTuple):
    """Places of the free degrees of freedom, int64 (n,), and their inverse stiffness, float32 (n, n)."""

    places: NDArray[np.int64]
    inverse: NDArray[np.float32]


def row_of(stage: Stage, strips: Strips | None, steps: Steps | None, direct: Direct | None) -> list[int]:
    """Return the row of a level: its stage, the way to the next, steps and inverse; 0 for what it lacks."""
    row = [0] * LENGTH
    for start, record in ((0, stage), (STRIPS, strips), (STEPS, steps), (DIRECT, direct)):
        if record is not None:
            entries = list(_entries(record))
            row[start : start + len(entries)] = entries
    return row


def _entries(record: Any) -> Iterator[int]:
    for value in record:
        if isinstance(value, tuple):
            yield from _entries(value)
        elif isinstance(value, np.ndarray):
            yield from (value.ctypes.data, value.size)
        else:
            yield int(value)


STRIPS = 13 + 8 + 11 + 1 + 16
"""Where the strips of a level begin in its row: after rows, packets, supports, width and eight vectors."""

STEPS = STRIPS + 8  # four arrays, as has what follows
DIRECT = STEPS + 8
LENGTH = DIRECT + 4


@intrinsic
def _pointer(typingctx, address):
    def codegen(context, builder, signature, args):
        return builder.inttoptr(args[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), codegen


@inner
def _wholes(row, k):
    return numba.carray(_pointer(row[k]), (row[k + 1],), np.int64)


@inner
def _halves(row, k):
    return numba.carray(_pointer(row[k]), (row[k + 1],), np.int32)


@inner
def _singles(row, k):
    return numba.carray(_pointer(row[k]), (row[k + 1],), np.float32)


@inner
def stage_at(table, depth):
    """Return the record of a level."""
    t = table[depth]
    rows = Rows(
        _wholes(t, 0), t[2], _wholes(t, 3), _wholes(t, 5), _halves(t, 7), _halves(t, 9), _halves(t, 11)
    )
    packets = Packets(_wholes(t, 13), _wholes(t, 15), _halves(t, 17), _singles(t, 19))
    held = Held(_wholes(t, 21), _wholes(t, 23), _wholes(t, 25), _wholes(t, 27), _wholes(t, 29), t[31] != 0)
    width = t[32]
    ring = numba.carray(_pointer(t[45]), (t[46] // (6 * width), 6 * width), np.float32)
    rims = numba.carray(_pointer(t[47]), (t[48] // (6 * width), 2, 3 * width), np.float32)
    return Stage(
        rows, packets, held, width, _singles(t, 33), _singles(t, 35), _singles(t, 37), _singles(t, 39),
        _singles(t, 41), _singles(t, 43), ring, rims,
    )  # fmt: skip


@inner
def strips_at(table, depth):
    """Return the strips between a level and the next coarser one."""
    t = table[depth, STRIPS:STEPS]
    kind = numba.carray(_pointer(t[4]), (t[5],), np.uint8)
    return Strips(_wholes(t, 0), _halves(t, 2), kind, _halves(t, 6))


@inner
def steps_at(table, depth):
    """Return what the steps of a coarse level work on."""
    t = table[depth, STEPS:DIRECT]
    sums = numba.carray(_pointer(t[6]), (t[7] // 2, 2), np.float64)
    return Steps(_singles(t, 0), _singles(t, 2), _singles(t, 4), sums)


@inner
def direct_at(table, depth):
    """Return the inverse of the coarsest level."""
    t = table[depth, DIRECT:LENGTH]
    inverse = numba.carray(_pointer(t[2]), (t[1], t[1]), np.float32)
    return Direct(_wholes(t, 0), inverse)
