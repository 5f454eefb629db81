"""What every backend is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.model import Conditions, Model
from spondyl.mechanics.solution import Report


@dataclass(frozen=True, slots=True)
class Task:
    """A model whose every part is held, ready to be solved.

    Parameters
    ----------
    model, conditions : what to solve; entries at nodes of no element do not count.
    tolerance : relative residual at which to stop.
    max_iterations : after which the solve fails.
    start_nodes, start : displacement to begin from, mm, float64 (3, n), at these node numbers; None for rest.
    threads : how many threads may be used.
    progress : called now and then.
    rigid : whether some part may be left a rigid motion that nothing holds.
    """

    model: Model
    conditions: Conditions
    tolerance: float
    max_iterations: int
    start_nodes: NDArray[np.int64] | None = None
    start: NDArray[np.float64] | None = None
    threads: int = 1
    progress: Report | None = None
    rigid: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend returns; the fields are those of :class:`spondyl.mechanics.Solution`."""

    nodes: NDArray[np.int64]
    displacement: NDArray[np.float64]
    reaction: NDArray[np.float64]
    relative_residual: float
    history: NDArray[np.float64]
    energy: float
    setup_seconds: float
    solve_seconds: float
