"""The records that the kernels take by value; the structs of ``kernels/records.cu``, field by field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Record = NDArray[np.void]
"""One record, as an array of one element: how CuPy passes a struct."""

POINTER = np.uint64

LEVEL = np.dtype(
    [(name, POINTER) for name in ("nodes", "elements", "modulus", "places", "weight", "held")]
    + [("stiffness", np.float32, (72,)), ("inverse", np.float32, (3,))]
    + [(name, np.int32) for name in ("nx", "ny", "nz", "words")]
    + [(name, np.int32) for name in ("count", "stride", "shift_y", "shift_z", "wrap")],
    align=True,
)
BOX = np.dtype([(name, np.int32) for name in ("nz", "ny", "nx", "brick_z", "brick_y", "brick_x")], align=True)
STIFFNESS = np.dtype([("k", np.float64, (72,))], align=True)
STEP = np.dtype(
    [(name, POINTER) for name in ("x", "b", "d", "out", "moved")]
    + [("momentum", np.float32), ("step", np.float32)],
    align=True,
)
SUMS = np.dtype([(name, POINTER) for name in ("part", "ticket", "state")], align=True)
STATE = np.dtype(
    [(name, np.float64) for name in ("down", "energy", "squares", "along", "alpha", "beta", "live", "spare")]
)


def record(kind: np.dtype[np.void], **fields: object) -> Record:
    """Return a record with the given fields, the others zero."""
    made = np.zeros(1, kind)
    for name, value in fields.items():
        made[name] = value
    return made


def first_corner(stiffness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what tells the whole (24, 24) stiffness of a box: the rows of its first corner, (72,).

    Mirroring the box along an axis swaps corners and turns the sign of that component, so that the entry of
    corners i, j and components a, b is that of corners 0, i xor j, negated where bits a and b of i differ.
    """
    return np.asarray(stiffness[:3].ravel(), np.float64)
