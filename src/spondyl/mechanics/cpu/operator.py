"""The stiffness of a model as a product with a vector, float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.level import Level
from spondyl.mechanics.cpu.product import product
from spondyl.mechanics.cpu.supports import Held

Double = NDArray[np.float64]


class Operator:
    """K of the finest level.

    Parameters
    ----------
    level : numbering and threads.
    products : of an element of unit modulus, see :func:`spondyl.mechanics.cpu.lanes.coefficients`, N/mm.
    """

    def __init__(self, level: Level, products: Double) -> None:
        self.level = level
        self.products = products
        self.ring = np.zeros(level.ring.shape)
        self.rims = np.zeros(level.rims.shape)
        self.sums = np.zeros(int(level.rows.shape[0]) + 1)
        none, empty = np.zeros_like(level.held.fixed_start), np.empty(0, np.int64)
        self.loose = level.held._replace(fixed_start=none, fixed=empty)
        self.open = Held(none, empty, none, empty, empty, wrap=False)

    def apply(self, p: Double, out: Double, *, everywhere: bool = False) -> float:
        """Write K p to out, N, and return p · K p over what is written.

        Parameters
        ----------
        everywhere : also at held degrees of freedom; otherwise zero there.
        """
        return self._apply(p, out, self.loose if everywhere else self.level.held)

    def energy(self, p: Double) -> float:
        """Return ½ p · K p, N mm; p need not be periodic."""
        return self._apply(p, np.zeros_like(p), self.open) / 2

    def _apply(self, p: Double, out: Double, supports: Held) -> float:
        level = self.level
        level.team.together(
            product, level.nodes, p, out, self.sums, level.rows, level.packets, supports, self.products,
            self.ring, self.rims,
        )  # fmt: skip
        return float(self.sums.sum())
