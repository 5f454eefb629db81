"""Conjugate gradients in float64 around the float32 multigrid, both on the device."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.backend import Answer, Task
from spondyl.mechanics.gpu.device import Device
from spondyl.mechanics.gpu.loads import strain_displacement_at
from spondyl.mechanics.gpu.system import System
from spondyl.mechanics.rigid import remove_unheld_motion
from spondyl.mechanics.solution import Progress

RESTARTS = 8
"""How often the true residual may be found above the tolerance after the updated one was below it."""


def solve(task: Task, module: Any = None) -> Answer:
    """Return the displacements of a model in equilibrium, found on the current CUDA device.

    The answer has the same bits at every run on one kind of device.

    Parameters
    ----------
    task : what to solve; the number of threads does not matter.
    module : array module; CuPy if None.

    Raises
    ------
    MechanicsError
        If there is no CuPy or no device, the model does not fit on it, or the tolerance is not reached within
        the iterations allowed.
    """
    began = time.perf_counter()
    device = Device(module)
    with device.working():
        system = System(device, task)
        ready = time.perf_counter()
        history, residual = _iterate(system, task)
        solved = time.perf_counter()
        reaction, energy = system.balance()
        nodes, fluctuation = system.at_elements()
    settled = (
        remove_unheld_motion(task.model, task.conditions, nodes, fluctuation) if task.rigid else fluctuation
    )
    if task.conditions.periodic:
        settled = settled + strain_displacement_at(task.model, task.conditions, nodes)
    times = (ready - began, solved - ready)
    return Answer(nodes, settled, reaction, residual, np.array(history), energy, *times)


def _iterate(system: System, task: Task) -> tuple[list[float], float]:
    """Bring the residual below the tolerance; return all relative residuals, and the last."""
    size = system.load_norm
    if size == 0:
        system.rest()
        return [0.0], 0.0
    factor = 1 / size
    history = [system.residual(factor) * factor]
    for _ in range(RESTARTS):
        if history[-1] <= task.tolerance:
            return history, history[-1]
        _conjugate_gradients(system, history, task)
        history[-1] = system.residual(factor) * factor
    if history[-1] <= task.tolerance:
        return history, history[-1]
    given = f"a relative residual of {history[-1]:.1e} that no longer falls"
    allowed = f"must reach {task.tolerance:.1e}: ask for a tolerance within what double precision can give"
    raise MechanicsError(Mistake("equilibrium", given, allowed))


def _conjugate_gradients(system: System, history: list[float], task: Task) -> None:
    """Improve x until the updated residual is below the tolerance, or no direction leads down."""
    clock = _Clock(task)
    system.restart()
    while True:
        if len(history) > task.max_iterations:
            given = f"a relative residual of {history[-1]:.1e} after {task.max_iterations} iterations"
            allowed = f"must reach {task.tolerance:.1e}: allow more iterations, or hold the model better"
            raise MechanicsError(Mistake("equilibrium", given, allowed))
        system.iterate()
        state = system.state()
        if not state["live"]:
            return
        history.append(math.sqrt(state["squares"]) / system.load_norm)
        clock.tell(history)
        if history[-1] <= task.tolerance:
            return


class _Clock:
    """Tells how far a solve is and how long it will take."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.began = time.perf_counter()

    def tell(self, history: list[float]) -> None:
        if self.task.progress is None:
            return
        done, left = math.log(history[0] / history[-1]), math.log(history[-1] / self.task.tolerance)
        seconds = (time.perf_counter() - self.began) * max(left, 0) / done if done > 0 else None
        self.task.progress(Progress(len(history) - 1, history[-1], self.task.tolerance, seconds))
