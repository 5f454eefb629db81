"""Domains and fields shared by the tests of the transport engine."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from spondyl.transport import Budget, Domain

SPACING = (0.3, 0.2, 0.1)
"""Voxels no two edges of which are equal (z, y, x)."""


def porous(seed: int, shape=(7, 8, 9), spacing=SPACING, share: float = 0.7, *, rooms: bool = True) -> Domain:
    """Return a random domain some of whose voxels are closed, others partly open."""
    rng = np.random.default_rng(seed)
    noise = gaussian_filter(rng.normal(size=shape), 0.8)
    room = rng.uniform(0.2, 1.0, shape) if rooms else None
    return Domain(noise <= np.quantile(noise, share), spacing, room)


def box(shape, spacing=SPACING) -> Domain:
    """Return a domain with every voxel open."""
    return Domain(np.ones(shape, np.bool_), spacing)


def amounts(domain: Domain, k: int, seed: int = 0) -> np.ndarray:
    """Return fields between 0 and 1 with values over many decades and zeros."""
    rng = np.random.default_rng(seed)
    n = rng.random((k, *domain.shape)) ** 8
    n[rng.random(n.shape) < 0.2] = 0.0
    return np.where(domain.open, n, 0.0)


def rates(domain: Domain, k: int, largest: float = 2.0, seed: int = 1) -> np.ndarray:
    """Return positive fields, some of them zero in places."""
    rng = np.random.default_rng(seed)
    d = rng.uniform(0, largest, (k, *domain.shape))
    d[rng.random(d.shape) < 0.1] = 0.0
    return d


class Kept:
    """Keeps the budgets that steps report."""

    def __init__(self) -> None:
        self.budgets: list[Budget] = []

    def __call__(self, budget: Budget) -> None:
        self.budgets.append(budget)

    @property
    def last(self) -> Budget:
        return self.budgets[-1]


def order_of(errors: list[float]) -> float:
    """Return the order of convergence between the last two errors, each step half of the one before."""
    return float(np.log2(errors[-2] / errors[-1]))
