"""The matrix of a step taken apart once for all, as formulas: only entries that are ever other than zero.

A network's Jacobian is mostly empty, since a gene has few regulators. So I/(hγ) − J is factored
symbolically, in an order that fills little in (Markowitz 1957) and without exchanging rows. That is safe
while no multiplier is large; the greatest is among the results, and the caller falls back on
:mod:`spondyl.network.cpu.linear`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spondyl.network.expression import Graph

SHIFT = "1/(h γ)"
"""Symbol of what stands on the diagonal besides the Jacobian."""

MOST_OPERATIONS = 20_000
"""Beyond this, compiling the formulas would take longer than they save."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Formulas of the triangular factors and of a solution with them.

    Parameters
    ----------
    packed : nodes of the factors: multipliers below the diagonal, inverse pivots, entries above it.
    largest : node of the largest multiplier.
    solution : nodes of the solution, over the symbols of `names` and of `right`.
    names, right : symbols that stand for the factors and for the right-hand side.
    """

    packed: tuple[int, ...]
    largest: int
    solution: tuple[int, ...]
    names: tuple[str, ...]
    right: tuple[str, ...]


def factored(graph: Graph, jacobian: Sequence[Sequence[int]]) -> Factors | None:
    """Return the factors of a Jacobian given as nodes, row by row; None when there are too many
    operations."""
    rows = _shifted(graph, jacobian)
    order = _order([set(row) for row in rows])
    if order is None:
        return None
    largest = graph.number(0.0)
    for place, pivot in enumerate(order):
        below = [row for row in order[place + 1 :] if pivot in rows[row]]
        inverse = graph.div(graph.number(1.0), rows[pivot][pivot])
        for row in below:
            share = rows[row][pivot] = graph.mul(rows[row][pivot], inverse)
            size = graph.function("fabs", share)
            largest = graph.select(graph.compare("le", size, largest), largest, size)  # NaN is kept
            for column in order[place + 1 :]:
                if column in rows[pivot]:
                    less = graph.mul(share, rows[pivot][column])
                    rows[row][column] = graph.sub(rows[row].get(column, graph.number(0.0)), less)
        rows[pivot][pivot] = inverse
    entries = [(row, column) for row in order for column in sorted(rows[row])]
    names = {entry: f"factor {entry}" for entry in entries}
    right = [f"right {row}" for row in range(len(rows))]
    return Factors(
        packed=tuple(rows[row][column] for row, column in entries),
        largest=largest,
        solution=tuple(_solution(graph, rows, order, names, right)),
        names=tuple(names.values()),
        right=tuple(right),
    )


def _shifted(graph: Graph, jacobian: Sequence[Sequence[int]]) -> list[dict[int, int]]:
    """Return I/(hγ) − J, each row by column, zeros left out."""
    zero, shift = graph.number(0.0), graph.symbol(SHIFT)
    rows = []
    for number, row in enumerate(jacobian):
        kept = {column: graph.neg(node) for column, node in enumerate(row) if node != zero}
        kept[number] = graph.add(shift, kept[number]) if number in kept else shift
        rows.append(kept)
    return rows


def _order(rows: list[set[int]]) -> list[int] | None:
    """Return the order of pivots on the diagonal that fills in least at every step."""
    rows = [set(row) for row in rows]
    left, order, operations = set(range(len(rows))), [], 0
    while left:
        columns = {pivot: {row for row in left if row != pivot and pivot in rows[row]} for pivot in left}
        cost = {pivot: len(columns[pivot]) * (len(rows[pivot] & left) - 1) for pivot in left}
        pivot = min(left, key=lambda each: (cost[each], each))
        operations += cost[pivot]
        if operations > MOST_OPERATIONS:
            return None
        for row in columns[pivot]:
            rows[row] |= rows[pivot] & left
        left.remove(pivot)
        order.append(pivot)
    return order


def _solution(
    graph: Graph,
    rows: list[dict[int, int]],
    order: list[int],
    names: dict[tuple[int, int], str],
    right: list[str],
) -> list[int]:
    solved = [graph.symbol(name) for name in right]
    rank = {row: place for place, row in enumerate(order)}
    for row in order:
        for column in sorted(rows[row], key=rank.__getitem__):
            if rank[column] < rank[row]:
                share = graph.mul(graph.symbol(names[row, column]), solved[column])
                solved[row] = graph.sub(solved[row], share)
    for row in reversed(order):
        for column in sorted(rows[row], key=rank.__getitem__):
            if rank[column] > rank[row]:
                share = graph.mul(graph.symbol(names[row, column]), solved[column])
                solved[row] = graph.sub(solved[row], share)
        solved[row] = graph.mul(graph.symbol(names[row, row]), solved[row])
    return solved
