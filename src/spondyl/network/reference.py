"""The integrator in plain NumPy: the definition that the compiled one is held to, cell by cell, slow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.network.derivative import derivatives
from spondyl.network.evaluate import evaluate
from spondyl.network.expression import Graph
from spondyl.network.mathml import TIME
from spondyl.network.request import Request
from spondyl.network.system import System
from spondyl.network.tableau import (
    GAMMA,
    GROW,
    MOST_STEPS,
    ORDER,
    SAFETY,
    SHRINK,
    SLOPES,
    SMALLEST,
    STAGES,
    TIMES,
    A,
    C,
)

Array = NDArray[np.float64]

DONE, RAN_AWAY, TOO_MANY = 0, 1, 2

MOST_ROUNDS = 100
"""Events that set off one another at the same time; more never end."""


@dataclass(frozen=True, slots=True)
class Formulas:
    """A system's formulas with one cell's inputs.

    Parameters
    ----------
    system : the equations.
    graph : their nodes, and those of the derivatives.
    slopes : nodes of the Jacobian row by row, then of the derivatives by time.
    known : values of constants and inputs.
    """

    system: System
    graph: Graph
    slopes: tuple[int, ...]
    known: dict[str, float]

    def at(self, y: Array, t: float, nodes: tuple[int, ...]) -> Array:
        """Return the values of nodes."""
        symbols = self.known | {TIME: t} | dict(zip(self.system.states, y.tolist(), strict=True))
        return evaluate(self.graph.nodes, nodes, symbols)


def formulas(system: System, known: dict[str, float]) -> Formulas:
    """Return a system's formulas with their derivatives."""
    graph = Graph(list(system.nodes))
    zero, found = graph.number(0.0), derivatives(graph, system.rates)
    slopes = [each.get(name, zero) for each in found for name in system.states]
    return Formulas(system, graph, (*slopes, *(each.get(TIME, zero) for each in found)), known)


def integrate(system: System, asked: Request) -> tuple[Array, NDArray[np.int64], Array]:
    """Return what is followed (times, cells, followed), each cell's outcome, and where it stopped."""
    cells, states = asked.start.shape
    out = np.full((asked.times.size, cells, len(system.followed)), np.nan)
    outcome, stopped = np.zeros(cells, np.int64), np.zeros((cells, states + 1))
    for cell in range(cells):
        own = asked.inputs[min(cell, asked.inputs.shape[0] - 1)]
        outcome[cell], stopped[cell] = _cell(system, asked, asked.start[cell], own, out[:, cell])
    return out, outcome, stopped


@dataclass(slots=True)
class Events:
    """Which conditions of a cell's events are true.

    Parameters
    ----------
    found : the formulas.
    was : by event.
    """

    found: Formulas
    was: NDArray[np.bool_]

    def now(self, y: Array, t: float) -> NDArray[np.bool_]:
        """Return which conditions are true in a state."""
        triggers = tuple(event.trigger for event in self.found.system.events)
        return np.asarray(self.found.at(y, t, triggers) != 0.0)

    def newly(self, y: Array, t: float) -> bool:
        """Tell whether a condition is true that was not before."""
        return bool(np.any(self.now(y, t) & ~self.was)) if self.was.size else False

    def happen(self, y: Array, t: float) -> Array:
        """Return the state after all events whose conditions have become true, and those they set off."""
        for _ in range(MOST_ROUNDS):
            now = self.now(y, t) if self.was.size else self.was
            fired = now & ~self.was
            self.was = now
            if not fired.any():
                break
            after = y.copy()
            for event in (event for event, one in zip(self.found.system.events, fired, strict=True) if one):
                after[list(event.targets)] = self.found.at(y, t, event.values)
            y = after
        return y


def _cell(system: System, asked: Request, y: Array, inputs: Array, out: Array) -> tuple[int, Array]:
    h, done, t = 0.0, DONE, float(asked.times[0])
    was = np.array([event.initially for event in system.events], bool)
    for place in range(asked.times.size):
        row = inputs[min(max(place - 1, 0), inputs.shape[0] - 1)]
        found = formulas(system, {**system.defaults, **dict(zip(asked.names, row.tolist(), strict=True))})
        events = Events(found, was)
        y = events.happen(y, t)
        if place:
            done, t, h, y = _cross(found, events, asked, y, t, float(asked.times[place]), h)
        was = events.was
        if done != DONE:
            break
        out[place] = found.at(y, t, system.values)
    return done, np.array([t, *y])


def _cross(
    found: Formulas, events: Events, asked: Request, y: Array, t: float, end: float, h: float
) -> tuple[int, float, float, Array]:
    """Carry one cell over one interval; return the outcome, time, next step and state."""
    begin, steps = t, 0
    if h <= 0.0:
        h = _first_step(found, asked, y, t, end - t)
    while t < end:
        steps += 1
        if steps > MOST_STEPS:
            return TOO_MANY, t, h, y
        last = t + 1.0001 * h >= end
        taken = end - t if last else h
        new, wrong = step(found, y, t, taken)
        error = _scaled(wrong, y, new, asked)
        if not error < np.inf:
            h = taken * SHRINK
        else:
            wanted = taken * min(GROW, max(SHRINK, SAFETY * max(error, 1e-12) ** (-1.0 / ORDER)))
            if error <= 1.0:
                if events.newly(new, t + taken):
                    taken, last = _moment(found, events, y, t, taken), False
                    new = events.happen(step(found, y, t, taken)[0], t + taken)
                elif events.was.size:
                    events.was = events.now(new, t + taken)
                t, y = (end if last else t + taken), new
            h = max(h, wanted) if error <= 1.0 and last else wanted
        if h < SMALLEST * max(abs(t), end - begin) and t < end:
            return RAN_AWAY, t, h, y
    return DONE, t, h, y


def _moment(found: Formulas, events: Events, y: Array, t: float, taken: float) -> float:
    """Return the shortest step after which an event's condition has become true."""
    before, after = 0.0, taken
    while after - before > 4 * SMALLEST * max(abs(t), taken):
        middle = 0.5 * (before + after)
        if events.newly(step(found, y, t, middle)[0], t + middle):
            after = middle
        else:
            before = middle
    return after


def step(found: Formulas, y: Array, t: float, h: float) -> tuple[Array, Array]:
    """Return the state after a step and the error of the embedded method; NaN where there is no solution."""
    n = y.size
    slopes = found.at(y, t, found.slopes)
    jacobian, by_time = slopes[: n * n].reshape(n, n), slopes[n * n :]
    k = np.zeros((STAGES, n))
    new = y
    with np.errstate(all="ignore"):
        for stage in range(STAGES):
            new = y + A[stage, :stage] @ k[:stage]
            right = found.at(new, t + TIMES[stage] * h, found.system.rates)
            right = right + C[stage, :stage] @ k[:stage] / h + h * SLOPES[stage] * by_time
            try:
                k[stage] = np.linalg.solve(np.eye(n) / (h * GAMMA) - jacobian, right)
            except np.linalg.LinAlgError:
                k[stage] = np.nan
        return new + k[-1], k[-1]


def _scaled(vector: Array, y: Array, new: Array, asked: Request) -> float:
    with np.errstate(all="ignore"):
        ratio = vector / (asked.atol + asked.rtol * np.maximum(np.abs(y), np.abs(new)))
        return float(np.sqrt(np.mean(ratio**2))) if vector.size else 0.0


def _first_step(found: Formulas, asked: Request, y: Array, t: float, length: float) -> float:
    rates = found.at(y, t, found.system.rates)
    size, speed = _scaled(y, y, y, asked), _scaled(rates, y, y, asked)
    if size < 1e-5 or not speed > 1e-5:
        return 1e-4 * length
    return min(length, 0.01 * size / speed)
