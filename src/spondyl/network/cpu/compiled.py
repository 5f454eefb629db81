"""A network's formulas compiled, for a given set of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from spondyl.network.cpu.native import native
from spondyl.network.cpu.sparse import SHIFT, Factors, factored
from spondyl.network.cpu.stages import known, stages
from spondyl.network.derivative import derivatives
from spondyl.network.expression import Graph
from spondyl.network.mathml import TIME
from spondyl.network.system import System


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """Functions of machine code; addresses hold as long as this does.

    Parameters
    ----------
    inputs : names, in order, of what the functions take as inputs.
    rates : rate of change of each state.
    slopes : derivative of each rate by each state, row by row, then by time.
    values : what is followed.
    factors : derivatives by time, the largest multiplier, and the factors of the matrix of a step; its last
        input is 1/(h γ). None where the network is too large to be factored by formulas.
    stages : a step with those factors, see :mod:`spondyl.network.cpu.stages`. None as above.
    packed : how many numbers the factors are.
    triggers, changes : conditions of the events, and what they set, event by event. None where there are
    none.
    """

    inputs: tuple[str, ...]
    rates: Any
    slopes: Any
    values: Any
    factors: Any
    stages: Any
    packed: int
    triggers: Any
    changes: Any

    @property
    def addresses(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Addresses of the functions, those of events last; 0 for what is None."""
        own = (self.rates, self.slopes, self.values, self.factors, self.stages)
        functions = (*own, self.triggers, self.changes)
        return np.array([function.address if function else 0 for function in functions], np.int64)


@lru_cache(maxsize=32)
def compiled(system: System, inputs: tuple[str, ...]) -> Compiled:
    """Compile a system; constants that are not among the inputs become part of the code."""
    graph = Graph()
    fixed = {name: graph.number(value) for name, value in system.defaults.items() if name not in inputs}
    rates = graph.taken(system.nodes, system.rates, fixed)
    values = graph.taken(system.nodes, system.values, fixed)
    zero, found = graph.number(0.0), derivatives(graph, rates)
    jacobian = [[slopes.get(name, zero) for name in system.states] for slopes in found]
    by_time = [slopes.get(TIME, zero) for slopes in found]
    made = factored(graph, jacobian)
    flat = [node for row in jacobian for node in row]
    return Compiled(
        inputs,
        native(graph.nodes, rates, system.states, inputs),
        native(graph.nodes, [*flat, *by_time], system.states, inputs),
        native(graph.nodes, values, system.states, inputs),
        *_step(graph, system, inputs, rates, by_time, made),
        *_events(graph, system, inputs, fixed),
    )


def _events(graph: Graph, system: System, inputs: tuple[str, ...], fixed: dict[str, int]) -> tuple[Any, Any]:
    if not system.events:
        return None, None
    triggers = graph.taken(system.nodes, [event.trigger for event in system.events], fixed)
    values = [value for event in system.events for value in event.values]
    changes = graph.taken(system.nodes, values, fixed)
    return (
        native(graph.nodes, triggers, system.states, inputs),
        native(graph.nodes, changes, system.states, inputs),
    )


def _step(
    graph: Graph,
    system: System,
    inputs: tuple[str, ...],
    rates: list[int],
    by_time: list[int],
    made: Factors | None,
) -> tuple[Any, Any, int]:
    if made is None:
        return None, None, 0
    wanted = [*by_time, made.largest, *made.packed]
    moving = [node != graph.number(0.0) for node in by_time]
    whole = stages(graph, system.states, rates, moving, made)
    return (
        native(graph.nodes, wanted, system.states, (*inputs, SHIFT)),
        native(graph.nodes, whole, system.states, (*inputs, *known(len(rates), made))),
        len(made.packed),
    )
