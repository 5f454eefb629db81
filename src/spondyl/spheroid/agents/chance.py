"""Random numbers that depend only on what they are for: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011).

The counter is the cell, the step and the purpose, the key is the seed. So no number depends on the order of
the cells, on the number of threads or on what was drawn before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel

Array = NDArray[np.float64]

MOVE, PLACE, FATE, AXIS = 0, 16, 32, 48
"""Purposes; each has sixteen counters of four words."""

_LOW = np.uint64(0xFFFFFFFF)
_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_HALF = np.uint64(32)


@kernel
def philox(counter: Any, key: Any) -> Any:
    """Replace each row of four 32-bit words (as uint64) by four random words; `key` holds two words."""
    for row in range(counter.shape[0]):
        a, b, c, d = counter[row, 0], counter[row, 1], counter[row, 2], counter[row, 3]
        k0, k1 = key[0], key[1]
        for _ in range(10):
            first, second = _M0 * a, _M1 * c
            a, b, c, d = (
                (second >> _HALF) ^ b ^ k0,
                second & _LOW,
                (first >> _HALF) ^ d ^ k1,
                first & _LOW,
            )
            k0, k1 = (k0 + _W0) & _LOW, (k1 + _W1) & _LOW
        counter[row, 0], counter[row, 1], counter[row, 2], counter[row, 3] = a, b, c, d


def uniforms(seed: int, step: int, cells: NDArray[np.int64], purpose: int) -> Array:
    """Return four numbers between 0 and 1, both excluded, for each cell, shape (n, 4).

    Examples
    --------
    >>> import numpy as np
    >>> both = uniforms(1, 0, np.array([7, 8]), FATE)
    >>> bool((both[1] == uniforms(1, 0, np.array([8]), FATE)[0]).all())
    True
    """
    counter = np.empty((len(cells), 4), np.uint64)
    wide = cells.astype(np.uint64)
    counter[:, 0], counter[:, 1] = wide & _LOW, wide >> _HALF
    counter[:, 2], counter[:, 3] = np.uint64(step), np.uint64(purpose)
    philox(counter, np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], np.uint64))
    return (counter.astype(np.float64) + 0.5) / 2.0**32


def normals(seed: int, step: int, cells: NDArray[np.int64], purpose: int) -> Array:
    """Return four standard normal numbers for each cell, shape (n, 4), after Box and Muller."""
    drawn = uniforms(seed, step, cells, purpose)
    length = np.sqrt(-2 * np.log(drawn[:, ::2]))
    angle = 2 * np.pi * drawn[:, 1::2]
    return np.concatenate((length * np.cos(angle), length * np.sin(angle)), axis=1)


def directions(seed: int, step: int, cells: NDArray[np.int64], purpose: int) -> Array:
    """Return a unit vector for each cell, even over the sphere, shape (n, 3)."""
    drawn = uniforms(seed, step, cells, purpose)
    height = 2 * drawn[:, 0] - 1
    across, angle = np.sqrt(1 - height**2), 2 * np.pi * drawn[:, 1]
    return np.stack((across * np.cos(angle), across * np.sin(angle), height), axis=1)
