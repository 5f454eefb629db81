"""A fast species at rest, by Newton's method with a sparse matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.equilibrium import Steady
from spondyl.transport.newton import newton
from spondyl.transport.reference.whole import conjugate_gradients, stiffness
from spondyl.transport.task import Balance

Array = NDArray[np.float64]


def rest(task: Balance) -> Steady:
    """Bring a species to rest."""
    return newton(task, _Plain(task))


class _Plain:
    """The operator −∇·(D∇c) + p c and solves with it."""

    def __init__(self, task: Balance) -> None:
        from scipy.sparse import diags_array

        diagonal = np.where(task.domain.open, task.supply_rate, 1.0)
        self.shape = task.domain.shape
        self.matrix = stiffness(task.domain, task.diffusivity) + diags_array(diagonal.ravel())

    def apply(self, c: Array) -> Array:
        found: Array = (self.matrix @ c.ravel()).reshape(self.shape)
        return found

    def solve(self, slope: Array, load: Array, tolerance: float) -> tuple[Array, int]:
        from scipy.sparse import diags_array

        matrix = self.matrix + diags_array(slope.ravel())
        found = conjugate_gradients(matrix, load.ravel(), np.zeros(load.size), tolerance)
        return found.reshape(self.shape), 1
