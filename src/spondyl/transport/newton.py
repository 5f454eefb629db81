"""Newton's method for uptake after Michaelis and Menten, the same for every backend."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, TransportError
from spondyl.transport.equilibrium import Steady
from spondyl.transport.norm import norm
from spondyl.transport.task import Balance

Array = NDArray[np.float64]

MOST = 100
"""Steps after which a species is given up; ten are many."""

LOOSEST = 0.01
"""Residual of a linear solve over that before it."""

SHARE = 0.3
"""Of the tolerance, to which the last linear solve goes at most."""


class Operator(Protocol):
    """−∇·(D∇c) + p c of a task, as a backend has it; arrays are (z, y, x)."""

    def apply(self, c: Array) -> Array:
        """Return the operator times a field."""

    def solve(self, slope: Array, load: Array, tolerance: float) -> tuple[Array, int]:
        """Solve with `slope` added to the diagonal to a 2-norm of the residual; say in how many steps."""


def newton(task: Balance, operator: Operator) -> Steady:
    """Bring a species to rest.

    Uptake is concave, so that each step ends below the solution, and still does where it is cut at zero: from
    any start the second step and all later ones rise towards it (Ortega & Rheinboldt 1970, 13.3).

    Raises
    ------
    TransportError
        If the tolerance is not reached.
    """
    c = np.where(task.domain.open, task.start, 0.0)
    size = norm(task.supply)
    goal, before, linear = task.tolerance * size, np.inf, 0
    for iteration in range(MOST):
        room = task.half_saturation + c
        rest = operator.apply(c) + task.uptake_max * c / room - task.supply
        rest[~task.domain.open] = 0.0
        left = norm(rest)
        if left <= goal:
            return Steady(c, iteration, left / size if size else 0.0, linear)
        share = LOOSEST if iteration == 0 else min(LOOSEST, (left / before) ** 2)
        slope = task.uptake_max * task.half_saturation / room**2
        change, steps = operator.solve(slope, -rest, max(share * left, SHARE * goal))
        c, before, linear = np.maximum(c + change, 0.0), left, linear + steps
    found = f"a residual of {left / size if size else left:.1e} after {MOST} steps"
    raise TransportError(
        Mistake("steady", found, f"must reach the tolerance of {task.tolerance:g}: use a larger one")
    )
