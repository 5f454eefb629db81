"""Cells crawl: each gives itself a velocity that forgets its direction over the persistence time.

The velocity is an Ornstein–Uhlenbeck process (Uhlenbeck and Ornstein 1930). Velocity and distance gone are
drawn together from their exact joint distribution, so free cells spread rightly however long the step.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.agents.chance import MOVE, normals

Array = NDArray[np.float64]


def crawled(
    crawl: Array, cell: NDArray[np.int64], seed: int, step: int, days: float, speed: float, persistence: float
) -> tuple[Array, Array]:
    """Return the velocity after a time, mm/day, and the way a free cell went, mm, both (n, 3).

    Parameters
    ----------
    crawl : velocity before, mm/day, (n, 3).
    cell, seed, step : of the random numbers.
    days : length of the step.
    speed : root mean square speed, mm/day.
    persistence : time the direction lasts, day.
    """
    gone, kept = days / persistence, math.exp(-days / persistence)
    one = speed**2 / 3
    turn = one * -math.expm1(-2 * gone)
    cross = one * persistence * (1 - kept) ** 2
    way = one * persistence**2 * max(2 * gone - 3 + 4 * kept - kept**2, 0.0)
    drawn = np.concatenate([normals(seed, step, cell, MOVE + part) for part in range(2)], axis=1)
    first, second = drawn[:, :3], drawn[:, 3:6]
    after = kept * crawl + math.sqrt(turn) * first
    along = cross / math.sqrt(turn) if turn > 0 else 0.0
    rest = math.sqrt(max(way - along**2, 0.0))
    return after, persistence * (1 - kept) * crawl + along * first + rest * second


def first_crawl(cell: NDArray[np.int64], seed: int, step: int, speed: float) -> Array:
    """Return a velocity for cells that begin to crawl, mm/day, (n, 3)."""
    return normals(seed, step, cell, MOVE + 2)[:, :3] * (speed / math.sqrt(3))
