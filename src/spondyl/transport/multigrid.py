"""Conjugate gradients with one multigrid cycle as the preconditioner, the same for every backend.

Voxels are merged two by two by two, corrections are constant on what was merged, and what passes between
merged voxels is halved for the doubled distance. A level is smoothed by Chebyshev steps of the fourth kind
(Lottes 2023), which need no bound from below; the matrix bounds its own spectrum from above.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.norm import norm

Array = NDArray[np.float64]

STEPS = 2
"""Smoothing steps before and after the coarse correction."""

LAST = 12
"""Steps on the coarsest level."""

SMALLEST = 4
"""Voxels along an edge at which nothing is merged any more."""

LARGEST = 2.0
"""Of the eigenvalues of a matrix over its diagonal, where the diagonal is at least the sum of its row."""

MOST = 500
"""Steps of conjugate gradients after which round-off is all that is left."""


class Levels(Protocol):
    """A hierarchy of levels with their vectors, 0 the finest; numbers are kept where the backend works."""

    levels: int

    def smooth(self, level: int, keep: float, pull: float, *, start: bool) -> None:
        """z = keep z + pull (inverse diagonal · residual), x += z; with `start` from x = 0."""

    def restrict(self, level: int) -> None:
        """Add the residual up to the load of the next level."""

    def prolong(self, level: int) -> None:
        """Add the next level's x to this one's."""


class Equations(Protocol):
    """What conjugate gradients work on; z is the x of the finest level."""

    def cycle(self) -> None:
        """Replace z by a rough solution for the finest load."""

    def begin(self, load: Array, scale: float) -> None:
        """Set r to a load, x to zero and the finest load to scale · r."""

    def compare(self) -> tuple[float, float]:
        """Return z · r and z · q."""

    def follow(self, beta: float) -> float:
        """p = z + beta p and q = A p; return p · q."""

    def advance(self, alpha: float, scale: float) -> float:
        """x += alpha p, r −= alpha q and the finest load = scale · r; return r · r."""

    def answer(self) -> Array:
        """Return x."""


def sizes(shape: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """Return the shapes of all levels."""
    found = [shape]
    while max(found[-1]) > SMALLEST:
        z, y, x = ((edge + 1) // 2 for edge in found[-1])
        found.append((z, y, x))
    return found


def conjugate_gradients(equations: Equations, load: Array, tolerance: float) -> tuple[Array, int]:
    """Solve until the 2-norm of the residual is below the tolerance; say in how many steps."""
    size = norm(load)
    if size <= tolerance:
        return np.zeros_like(load), 0
    equations.begin(load, 1 / size)
    alpha = along = 0.0
    for step in range(1, MOST + 1):
        equations.cycle()
        down, turned = equations.compare()
        if not (down > 0 and math.isfinite(down)):
            break
        energy = equations.follow(-alpha * turned / along if step > 1 else 0.0)
        alpha, along = down / energy, down
        if math.sqrt(equations.advance(alpha, 1 / size)) <= tolerance:
            break
    return equations.answer(), step


def cycle(grids: Levels, level: int) -> None:
    """Replace a level's x by a rough solution for its load."""
    if level == grids.levels - 1:
        _smooth(grids, level, LAST, start=True)
        return
    _smooth(grids, level, STEPS, start=True)
    grids.restrict(level)
    cycle(grids, level + 1)
    grids.prolong(level)
    _smooth(grids, level, STEPS, start=False)


def _smooth(grids: Levels, level: int, steps: int, *, start: bool) -> None:
    for k in range(1, steps + 1):
        keep, pull = (2 * k - 3) / (2 * k + 1), (8 * k - 4) / (2 * k + 1) / LARGEST
        grids.smooth(level, keep if k > 1 else 0.0, pull, start=start and k == 1)
