"""Exact derivatives of formulas, by the rules of calculus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spondyl.network.expression import Graph, Node, needed

Slopes = dict[str, int]
"""Node of the derivative by each symbol; a symbol that is missing has none."""


def derivatives(graph: Graph, wanted: Sequence[int]) -> list[Slopes]:
    """Return the derivatives of the wanted nodes by every symbol they rest on, as nodes of the same graph.

    A jump (floor, a condition) has derivative zero on both sides; so the derivative of a piecewise formula is
    that of the piece which holds.

    Examples
    --------
    >>> graph = Graph()
    >>> x = graph.symbol("x")
    >>> slopes, = derivatives(graph, [graph.mul(x, x)])
    >>> slopes["x"] == graph.add(x, x)
    True
    """
    zero = graph.number(0.0)
    slopes: dict[int, Slopes] = {}
    for place in needed(graph.nodes, wanted):
        node = graph.nodes[place]
        if node.kind == "symbol":
            slopes[place] = {node.symbol: graph.number(1.0)}
            continue
        inner = [slopes[argument] for argument in node.arguments]
        found = {
            name: _slope(graph, node, place, [each.get(name, zero) for each in inner])
            for name in sorted({name for each in inner for name in each})
        }
        slopes[place] = {name: slope for name, slope in found.items() if slope != zero}
    return [slopes[place] for place in wanted]


def _slope(graph: Graph, node: Node, place: int, inner: list[int]) -> int:
    if node.kind in _RULES:
        return _RULES[node.kind](graph, node.arguments, place, inner)
    if node.kind in _OUTER:
        return graph.mul(_OUTER[node.kind](graph, node.arguments[0], place), inner[0])
    return graph.number(0.0)  # lt, le, eq, floor, ceil, trunc


def _product(graph: Graph, arguments: tuple[int, ...], place: int, inner: list[int]) -> int:
    a, b = arguments
    return graph.add(graph.mul(inner[0], b), graph.mul(a, inner[1]))


def _quotient(graph: Graph, arguments: tuple[int, ...], place: int, inner: list[int]) -> int:
    return graph.div(graph.sub(inner[0], graph.mul(place, inner[1])), arguments[1])


def _power(graph: Graph, arguments: tuple[int, ...], place: int, inner: list[int]) -> int:
    base, exponent = arguments
    zero = graph.number(0.0)
    result = zero
    if inner[0] != zero:
        lower = graph.power(base, graph.sub(exponent, graph.number(1.0)))
        result = graph.mul(graph.mul(exponent, lower), inner[0])
    if inner[1] != zero:
        # At the base zero the power does not move with its exponent, while the logarithm has no value.
        grows = graph.mul(place, graph.function("log", base))
        grows = graph.select(graph.compare("eq", base, zero), zero, grows)
        result = graph.add(result, graph.mul(grows, inner[1]))
    return result


def _chosen(graph: Graph, arguments: tuple[int, ...], place: int, inner: list[int]) -> int:
    return graph.select(arguments[0], inner[1], inner[2])


_RULES: dict[str, Callable[[Graph, tuple[int, ...], int, list[int]], int]] = {
    "add": lambda graph, arguments, place, inner: graph.add(*inner),
    "mul": _product,
    "div": _quotient,
    "pow": _power,
    "select": _chosen,
}


def _over(graph: Graph, below: int) -> int:
    return graph.div(graph.number(1.0), below)


def _square_off(graph: Graph, sign: float, a: int, shift: float) -> int:
    """Return shift + sign a²."""
    return graph.add(graph.number(shift), graph.mul(graph.number(sign), graph.mul(a, a)))


def _root_of(graph: Graph, a: int) -> int:
    return graph.function("sqrt", a)


_OUTER: dict[str, Callable[[Graph, int, int], int]] = {
    "exp": lambda g, a, f: f,
    "log": lambda g, a, f: _over(g, a),
    "sqrt": lambda g, a, f: g.div(g.number(0.5), f),
    "fabs": lambda g, a, f: g.select(g.compare("lt", a, g.number(0.0)), g.number(-1.0), g.number(1.0)),
    "sin": lambda g, a, f: g.function("cos", a),
    "cos": lambda g, a, f: g.neg(g.function("sin", a)),
    "tan": lambda g, a, f: _square_off(g, 1.0, f, 1.0),
    "asin": lambda g, a, f: _over(g, _root_of(g, _square_off(g, -1.0, a, 1.0))),
    "acos": lambda g, a, f: g.neg(_over(g, _root_of(g, _square_off(g, -1.0, a, 1.0)))),
    "atan": lambda g, a, f: _over(g, _square_off(g, 1.0, a, 1.0)),
    "sinh": lambda g, a, f: g.function("cosh", a),
    "cosh": lambda g, a, f: g.function("sinh", a),
    "tanh": lambda g, a, f: _square_off(g, -1.0, f, 1.0),
    "asinh": lambda g, a, f: _over(g, _root_of(g, _square_off(g, 1.0, a, 1.0))),
    "acosh": lambda g, a, f: _over(g, _root_of(g, _square_off(g, 1.0, a, -1.0))),
    "atanh": lambda g, a, f: _over(g, _square_off(g, -1.0, a, 1.0)),
}
"""Derivative of each function by its argument a; f is the function's own value."""
