"""All stages of a step as one formula: no loops, nothing stored in between.

This is the plain step of :mod:`spondyl.network.cpu.rosenbrock`, whose loops over stages and species cost
more than the network itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from spondyl.network.cpu.sparse import SHIFT, Factors
from spondyl.network.expression import Graph
from spondyl.network.mathml import TIME
from spondyl.network.tableau import SLOPES, STAGES, TIMES, A, C

LENGTH, OVER = "h", "1/h"


def known(states: int, made: Factors) -> tuple[str, ...]:
    """Return what the formula takes after the inputs: the step, the rates before it, and what `factors`
    gives."""
    rates = (f"rate {number}" for number in range(states))
    by_time = (f"by time {number}" for number in range(states))
    return (SHIFT, LENGTH, OVER, *rates, *by_time, "largest multiplier", *made.names)


def stages(
    graph: Graph, states: Sequence[str], rates: Sequence[int], moving: Sequence[bool], made: Factors
) -> list[int]:
    """Return the nodes of the state after a step, then of its error.

    Parameters
    ----------
    states, rates : names of the states, nodes of their rates.
    moving : which rates depend on time by themselves.
    made : factors of the matrix of a step.
    """
    length, over = graph.symbol(LENGTH), graph.symbol(OVER)
    before = [graph.symbol(name) for name in states]
    new, found = before, [graph.symbol(f"rate {number}") for number in range(len(rates))]
    done: list[list[int]] = []
    for stage in range(STAGES):
        if stage:
            new = [_plus(graph, start, A[stage], k) for start, k in zip(before, _each(done), strict=True)]
            when = graph.add(graph.symbol(TIME), graph.mul(graph.number(TIMES[stage]), length))
            found = graph.taken(graph.nodes, rates, {**dict(zip(states, new, strict=True)), TIME: when})
        right = []
        for number, node in enumerate(found):
            if stage:
                earlier = _plus(graph, graph.number(0.0), C[stage], [each[number] for each in done])
                node = graph.add(node, graph.mul(earlier, over))
            if moving[number]:
                share = graph.mul(graph.number(SLOPES[stage]), length)
                node = graph.add(node, graph.mul(share, graph.symbol(f"by time {number}")))
            right.append(node)
        values = dict(zip(made.right, right, strict=True))
        done.append(graph.taken(graph.nodes, made.solution, values))
    after = [graph.add(node, error) for node, error in zip(new, done[-1], strict=True)]
    return [*after, *done[-1]]


def _each(done: list[list[int]]) -> list[tuple[int, ...]]:
    """Return the stages of each state."""
    return list(zip(*done, strict=True))


def _plus(graph: Graph, start: int, shares: Sequence[float], stages: Sequence[int]) -> int:
    for share, node in zip(shares, stages, strict=False):
        start = graph.add(start, graph.mul(graph.number(share), node))
    return start
