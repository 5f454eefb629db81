"""Conjugate gradients in float64 around the float32 multigrid."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.cpu import ahead
from spondyl.mechanics.cpu.multigrid import Multigrid
from spondyl.mechanics.cpu.system import System, prepare
from spondyl.mechanics.cpu.vectors import Vectors
from spondyl.mechanics.rigid import remove_unheld_motion
from spondyl.mechanics.solution import Progress
from spondyl.threads import Team

Double = NDArray[np.float64]

RESTARTS = 8
"""How often the true residual may be found above the tolerance after the updated one was below it."""


def solve(task: Task) -> Answer:
    """Return the displacements of a model in equilibrium.

    Raises
    ------
    MechanicsError
        If the tolerance is not reached within the iterations allowed.
    """
    began = time.perf_counter()
    beside = ahead.compile_beside(task.threads)
    team = Team(task.threads)
    try:
        system = prepare(task, team)
        ready = time.perf_counter()
        load_norm, history = _iterate(system, system.multigrid, task, beside)
        return _answer(system, task, load_norm, history, (ready - began, time.perf_counter() - ready))
    finally:
        team.close()
        ahead.join(beside)


def _answer(
    system: System, task: Task, load_norm: float, history: list[float], seconds: tuple[float, float]
) -> Answer:
    reaction, residual = system.balance(load_norm)
    nodes, fluctuation = system.at_elements(system.x)
    settled = (
        remove_unheld_motion(task.model, task.conditions, nodes, fluctuation) if task.rigid else fluctuation
    )
    displacement = settled if system.mean is None else settled + system.at_elements(system.mean)[1]
    energy = system.energy()
    return Answer(nodes, displacement, reaction, residual, np.array(history), energy, *seconds)


def _iterate(
    system: System, multigrid: Multigrid, task: Task, beside: ahead.Beside
) -> tuple[float, list[float]]:
    """Bring the residual below the tolerance; return the norm of the load, and the residuals over it."""
    residual = np.zeros(system.x.size)
    size = system.load(residual)
    if size == 0:
        system.x[:] = system.prescribed
        return size, [0.0]
    history = [1.0 if task.start is None else system.residual(residual) / size]
    ahead.join(beside)
    for _ in range(RESTARTS):
        if history[-1] <= task.tolerance:
            return size, history
        _conjugate_gradients(system, multigrid, residual, size, history, task)
        history[-1] = system.residual(residual) / size
    if history[-1] <= task.tolerance:
        return size, history
    given = f"a relative residual of {history[-1]:.1e} that no longer falls"
    allowed = f"must reach {task.tolerance:.1e}: ask for a tolerance within what double precision can give"
    raise MechanicsError(Mistake("equilibrium", given, allowed))


def _conjugate_gradients(
    system: System, multigrid: Multigrid, r: Double, load_norm: float, history: list[float], task: Task
) -> None:
    """Improve x until the updated residual, r, is below the tolerance.

    The preconditioner is not quite the same at each call, so the flexible form of the direction is used.
    """
    finest = multigrid.levels[0]
    vectors = Vectors(finest.team, r.size)
    p, q = np.zeros(r.size), np.zeros(r.size)
    factor = 1 / load_norm
    np.multiply(r, factor, out=finest.b, casting="unsafe")
    along = alpha = 0.0
    clock = _Clock(task)
    while True:
        if len(history) > task.max_iterations:
            given = f"a relative residual of {history[-1]:.1e} after {task.max_iterations} iterations"
            allowed = f"must reach {task.tolerance:.1e}: allow more iterations, or hold the model better"
            raise MechanicsError(Mistake("equilibrium", given, allowed))
        multigrid.cycle()
        down, turned = vectors.dots(finest.x, r, q)
        vectors.follow(p, finest.x, -alpha * turned / along if along else 0.0)
        energy = system.operator.apply(p, q)
        if not (math.isfinite(energy) and down > 0 and energy > 0):
            return
        along, alpha = down, down / energy
        squares = vectors.advance(system.x, r, p, q, alpha, finest.b, factor)
        history.append(math.sqrt(squares) * factor)
        clock.tell(history)
        if history[-1] <= task.tolerance:
            return


class _Clock:
    """Tells how far a solve is and how long it will take."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.began = time.perf_counter()

    def tell(self, history: list[float]) -> None:
        if self.task.progress is None or history[-1] == 0:
            return
        done, left = math.log(history[0] / history[-1]), math.log(history[-1] / self.task.tolerance)
        seconds = (time.perf_counter() - self.began) * max(left, 0) / done if done > 0 else None
        self.task.progress(Progress(len(history) - 1, history[-1], self.task.tolerance, seconds))
