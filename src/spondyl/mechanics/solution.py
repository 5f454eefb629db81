"""What a solve returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.model import Conditions, Model


class Progress(NamedTuple):
    """How far a solve is; seconds left are None at first."""

    iteration: int
    relative_residual: float
    tolerance: float
    seconds_left: float | None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Solution:
    """Displacements at the nodes of the elements, and how they were found.

    Parameters
    ----------
    model, conditions : what was solved; parts that nothing holds have been removed from the model.
    nodes : numbers of the nodes that belong to an element, ascending, int64 (n,).
    displacement : mm, float64 (3, n): components x, y, z. Periodic models: total displacement, mean strain
        included, so that element strains follow from it directly.
    reaction : N, float64 (m,): force the support exerts at each prescribed degree of freedom, in the order of
        ``conditions.nodes``; zero where the node belongs to no element.
    elements : number of elements solved.
    dofs : number of unknowns and prescribed displacements, three per node.
    removed_elements, removed_parts : what was not connected to any support and left out.
    iterations : of conjugate gradients.
    relative_residual : 2-norm of the residual at free degrees of freedom over that of the load (the residual
        with all free displacements zero), both in float64.
    history : relative residual after each iteration, (iterations + 1,).
    energy : strain energy ½ u · K u, N mm. It is least at equilibrium, so its error is the square of that of
        u: twice the energy over the displacement of a platen is a far better force than the sum of reactions.
    setup_seconds, solve_seconds : wall-clock time.
    backend : "reference", "cpu" or "cuda".
    """

    model: Model
    conditions: Conditions
    nodes: NDArray[np.int64]
    displacement: NDArray[np.float64]
    reaction: NDArray[np.float64]
    elements: int
    dofs: int
    removed_elements: int
    removed_parts: int
    iterations: int
    relative_residual: float
    history: NDArray[np.float64]
    energy: float
    setup_seconds: float
    solve_seconds: float
    backend: str
