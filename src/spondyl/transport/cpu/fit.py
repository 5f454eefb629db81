"""Whether numbers are fit to be amounts or rates, in one walk through memory."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import bare_kernel
from spondyl.threads import Team

BLOCK = 2048
"""Numbers of a field looked at together."""

TOO_MUCH = np.array(np.inf).view(np.uint64)
"""The bits of infinity: those of no number, and of what is negative, are as large or larger."""


@bare_kernel
def _bits(part, first, last, bits, closed, found):
    """Find the largest bits, and bits where `closed` has them, of blocks first … last of all fields."""
    for block in range(first, last):
        begin, end = block * BLOCK, (block + 1) * BLOCK
        mask, most, there = closed[begin:end], np.uint64(0), np.uint64(0)
        for f in range(len(bits)):
            row = bits[f, begin:end]
            for i in range(len(row)):
                most = most if most > row[i] else row[i]
            for i in range(len(mask)):
                there |= row[i] & mask[i]
        found[block, 0], found[block, 1] = most, there


def fit(fields: NDArray[np.float64], closed: NDArray[np.bool_] | None, threads: int) -> bool:
    """Tell whether fields (k, …) hold finite numbers from 0 on and, where `closed` (…) is given, 0 there.

    False may be wrong of a negative zero; True never is.
    """
    bits = fields.reshape(len(fields), math.prod(fields.shape[1:])).view(np.uint64)
    mask = np.empty(0, np.uint64) if closed is None else -closed.ravel().astype(np.uint64)
    found = np.zeros((-(-bits.shape[1] // BLOCK), 2), np.uint64)
    team = Team(threads)
    try:
        team.run(_bits, len(found), bits.size, bits, mask, found)
    finally:
        team.close()
    return bool(found[:, 0].max(initial=0) < TOO_MUCH and not found[:, 1].any())
