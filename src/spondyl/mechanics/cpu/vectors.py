"""Operations on whole vectors, in fixed blocks, so that sums do not depend on the number of threads."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.threads import Team

BLOCK = 1 << 14


def blocks(length: int) -> int:
    """Return how many blocks a vector has."""
    return -(-length // BLOCK)


@numba.njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _sum(a, b):
    """Return a · b in float64; the order within a block is the compiler's, and always the same."""
    total = 0.0
    for i in range(a.size):
        total += np.float64(a[i]) * np.float64(b[i])
    return total


@kernel
def _dots(part, first, last, a, b, c, sums):
    dots_blocks(first, last, a, b, c, sums)


@inner
def dots_blocks(first, last, a, b, c, sums):
    """Write a · b and a · c of each block."""
    for block in range(first, last):
        at = slice(block * BLOCK, (block + 1) * BLOCK)
        sums[block, 0] = _sum(a[at], b[at])
        sums[block, 1] = _sum(a[at], c[at])


@kernel
def _follow(part, first, last, p, z, beta):
    follow_blocks(first, last, p, z, beta)


@inner
def follow_blocks(first, last, p, z, beta):
    """Write p = z + beta p."""
    for block in range(first, last):
        at = slice(block * BLOCK, (block + 1) * BLOCK)
        ps, zs = p[at], z[at]
        for i in range(ps.size):
            ps[i] = zs[i] + beta * ps[i]


@inner
def add_blocks(first, last, x, r, p, q, alpha):
    """Write x += alpha p, r -= alpha q."""
    for block in range(first, last):
        at = slice(block * BLOCK, (block + 1) * BLOCK)
        xs, rs, ps, qs = x[at], r[at], p[at], q[at]
        for i in range(xs.size):
            xs[i] += alpha * ps[i]
            rs[i] -= alpha * qs[i]


@kernel
def _advance(part, first, last, x, r, p, q, alpha, b, factor, sums):
    """Write x += alpha p, r -= alpha q, b = factor r; leave r · r in sums."""
    for block in range(first, last):
        add_blocks(block, block + 1, x, r, p, q, alpha)
        at = slice(block * BLOCK, (block + 1) * BLOCK)
        rs, bs = r[at], b[at]
        for i in range(rs.size):
            bs[i] = factor * rs[i]
        sums[block, 0] = _sum(rs, rs)


@inner
def scale_blocks(first, last, x, p, alpha):
    """Write x = alpha p."""
    for block in range(first, last):
        at = slice(block * BLOCK, (block + 1) * BLOCK)
        xs, ps = x[at], p[at]
        for i in range(xs.size):
            xs[i] = alpha * ps[i]


class Vectors:
    """Vector operations of one length on a team's threads."""

    def __init__(self, team: Team, length: int) -> None:
        self.team = team
        self.count = blocks(length)
        self.sums = np.zeros((self.count, 2))
        self.nodes = length // 3

    def dots(self, a: NDArray, b: NDArray, c: NDArray) -> tuple[float, float]:
        """Return a · b and a · c."""
        self.team.run(_dots, self.count, self.nodes, a, b, c, self.sums)
        one, other = self.sums.sum(axis=0)
        return float(one), float(other)

    def follow(self, p: NDArray, z: NDArray, beta: float) -> None:
        """Write p = z + beta p."""
        self.team.run(_follow, self.count, self.nodes, p, z, p.dtype.type(beta))

    def advance(
        self, x: NDArray, r: NDArray, p: NDArray, q: NDArray, alpha: float, b: NDArray, factor: float
    ) -> float:
        """Write x += alpha p, r −= alpha q and b = factor r; return r · r."""
        kind = x.dtype.type
        self.team.run(_advance, self.count, self.nodes, x, r, p, q, kind(alpha), b, kind(factor), self.sums)
        return float(self.sums[:, 0].sum())
