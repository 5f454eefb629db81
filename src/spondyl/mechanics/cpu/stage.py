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
    places = ((0, STRIPS), (STRIPS, STEPS), (STEPS, DIRECT), (DIRECT, LENGTH))
    for (first, last), record in zip(places, (stage, strips, steps, direct), strict=True):
        if record is not None:
            for k, entry in zip(range(first, last), _entries(record), strict=True):
                row[k] = entry
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
def _wholes(address, size):
    return numba.carray(_pointer(address), (size,), np.int64)


@inner
def _halves(address, size):
    return numba.carray(_pointer(address), (size,), np.int32)


@inner
def _singles(address, size):
    return numba.carray(_pointer(address), (size,), np.float32)


@inner
def rows_at(table, depth):
    """Return the rows of a level."""
    t = table[depth]
    return Rows(
        _wholes(t[0], t[1]),
        t[2],
        _wholes(t[3], t[4]),
        _wholes(t[5], t[6]),
        _halves(t[7], t[8]),
        _halves(t[9], t[10]),
        _halves(t[11], t[12]),
    )


@inner
def held_at(table, depth):
    """Return the supports of a level."""
    t = table[depth]
    return Held(
        _wholes(t[21], t[22]),
        _wholes(t[23], t[24]),
        _wholes(t[25], t[26]),
        _wholes(t[27], t[28]),
        _wholes(t[29], t[30]),
        t[31] != 0,
    )


@inner
def x_at(table, depth):
    """Return the solution of a level."""
    return _singles(table[depth, 39], table[depth, 40])


@inner
def b_at(table, depth):
    """Return the load of a level."""
    return _singles(table[depth, 43], table[depth, 44])


@inner
def stage_at(table, depth):
    """Return the record of a level."""
    t = table[depth]
    width = t[32]
    packets = Packets(
        _wholes(t[13], t[14]), _wholes(t[15], t[16]), _halves(t[17], t[18]), _singles(t[19], t[20])
    )
    return Stage(
        rows_at(table, depth),
        packets,
        held_at(table, depth),
        width,
        _singles(t[33], t[34]),
        _singles(t[35], t[36]),
        _singles(t[37], t[38]),
        x_at(table, depth),
        _singles(t[41], t[42]),
        b_at(table, depth),
        numba.carray(_pointer(t[45]), (t[46] // (6 * width), 6 * width), np.float32),
        numba.carray(_pointer(t[47]), (t[48] // (6 * width), 2, 3 * width), np.float32),
    )


@inner
def strips_at(table, depth):
    """Return the strips between a level and the next coarser one."""
    t = table[depth, STRIPS:STEPS]
    kind = numba.carray(_pointer(t[4]), (t[5],), np.uint8)
    return Strips(_wholes(t[0], t[1]), _halves(t[2], t[3]), kind, _halves(t[6], t[7]))


@inner
def steps_at(table, depth):
    """Return what the steps of a coarse level work on."""
    t = table[depth, STEPS:DIRECT]
    sums = numba.carray(_pointer(t[6]), (t[7] // 2, 2), np.float64)
    return Steps(_singles(t[0], t[1]), _singles(t[2], t[3]), _singles(t[4], t[5]), sums)


@inner
def direct_at(table, depth):
    """Return the inverse of the coarsest level."""
    t = table[depth, DIRECT:LENGTH]
    inverse = numba.carray(_pointer(t[2]), (t[1], t[1]), np.float32)
    return Direct(_wholes(t[0], t[1]), inverse)
