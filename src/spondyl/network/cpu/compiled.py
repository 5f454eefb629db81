"""A network's formulas compiled, for a given set of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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
    """

    inputs: tuple[str, ...]
    rates: Any
    slopes: Any
    values: Any


@lru_cache(maxsize=32)
def compiled(system: System, inputs: tuple[str, ...]) -> Compiled:
    """Compile a system; constants that are not among the inputs become part of the code."""
    from spondyl.network.cpu.native import native

    graph = Graph()
    fixed = {name: graph.number(value) for name, value in system.defaults.items() if name not in inputs}
    rates = graph.taken(system.nodes, system.rates, fixed)
    values = graph.taken(system.nodes, system.values, fixed)
    by_state = [derivatives(graph, rates, name) for name in system.states]
    slopes = [column[row] for row in range(len(rates)) for column in by_state]
    slopes += derivatives(graph, rates, TIME)
    made = [native(graph.nodes, wanted, system.states, inputs) for wanted in (rates, slopes, values)]
    return Compiled(inputs, *made)
