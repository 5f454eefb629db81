"""Formulas as one straight line of operations, each made once however often it is used.

A node is an operation on nodes made before it, so the list of nodes is a program: run from the front, every
argument is known when it is needed. Truth is 1.0, falsehood 0.0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spondyl.errors import Mistake, NetworkError

FUNCTIONS = (
    *("exp", "log", "sqrt", "fabs", "floor", "ceil", "trunc", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
)
"""Functions of one number."""

MOST_NODES = 50_000
"""Beyond this, formulas that call one another have multiplied into a bomb."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    Parameters
    ----------
    kind : "number", "symbol", "add", "mul", "div", "pow", "lt", "le", "eq", "select" or one of `FUNCTIONS`.
    arguments : nodes it works on; "select" takes a condition and what it is when true and when false.
    value : of a number.
    symbol : name of a symbol.
    """

    kind: str
    arguments: tuple[int, ...] = ()
    value: float = 0.0
    symbol: str = ""


@dataclass(slots=True)
class Graph:
    """Nodes under construction; equal operations become one node.

    Examples
    --------
    >>> graph = Graph()
    >>> x = graph.symbol("x")
    >>> graph.add(x, graph.number(0.0)) == x and graph.mul(x, x) == graph.mul(x, x)
    True
    """

    nodes: list[Node] = field(default_factory=list)
    places: dict[tuple[object, ...], int] = field(default_factory=dict)

    def _node(self, node: Node) -> int:
        # Numbers by their bits: 0.0 and -0.0 are equal yet not the same, nan is the same yet not equal.
        key = (node.kind, node.arguments, node.value.hex(), node.symbol)
        if key not in self.places:
            if len(self.nodes) >= MOST_NODES:
                given = f"formulas of more than {MOST_NODES} operations"
                raise NetworkError(Mistake("SBML", given, "must be a network of moderate size"))
            self.places[key] = len(self.nodes)
            self.nodes.append(node)
        return self.places[key]

    def number(self, value: float) -> int:
        """Return the node of a number."""
        return self._node(Node("number", value=float(value)))

    def symbol(self, name: str) -> int:
        """Return the node of a named value."""
        return self._node(Node("symbol", symbol=name))

    def known(self, node: int) -> float | None:
        """Return the value of a number, None for anything else."""
        found = self.nodes[node]
        return found.value if found.kind == "number" else None

    def _is(self, node: int, value: float) -> bool:
        return self.known(node) == value

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        if self._is(a, 0.0):
            return b
        if self._is(b, 0.0):
            return a
        return self._made("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """Return a − b."""
        return self.add(a, self.neg(b))

    def neg(self, a: int) -> int:
        """Return −a."""
        return self.mul(self.number(-1.0), a)

    def mul(self, a: int, b: int) -> int:
        """Return a b; a factor of zero makes zero."""
        if self._is(a, 0.0) or self._is(b, 0.0):
            return self.number(0.0)
        if self._is(a, 1.0):
            return b
        if self._is(b, 1.0):
            return a
        return self._made("mul", a, b)

    def div(self, a: int, b: int) -> int:
        """Return a / b."""
        if self._is(b, 1.0):
            return a
        if self._is(a, 0.0) and not self._is(b, 0.0):
            return self.number(0.0)
        return self._made("div", a, b)

    def power(self, a: int, b: int) -> int:
        """Return a to the power b; small whole powers become products."""
        exponent = self.known(b)
        if exponent == 0.0:
            return self.number(1.0)
        if exponent is not None and exponent in (1.0, 2.0, 3.0, 4.0):
            result = a
            for _ in range(int(exponent) - 1):
                result = self.mul(result, a)
            return result
        if exponent == 0.5:
            return self.function("sqrt", a)
        if exponent == -1.0:
            return self.div(self.number(1.0), a)
        return self._made("pow", a, b)

    def function(self, name: str, a: int) -> int:
        """Return a function of one number, see `FUNCTIONS`."""
        return self._made(name, a)

    def compare(self, relation: str, a: int, b: int) -> int:
        """Return whether a is less than, at most or equal to b ("lt", "le", "eq")."""
        return self._made(relation, a, b)

    def negate(self, a: int) -> int:
        """Return whether a is false."""
        return self._made("eq", a, self.number(0.0))

    def select(self, condition: int, yes: int, no: int) -> int:
        """Return `yes` where the condition holds, else `no`."""
        decided = self.known(condition)
        if decided is not None:
            return yes if decided != 0.0 else no
        return yes if yes == no else self._made("select", condition, yes, no)

    def _made(self, kind: str, *arguments: int) -> int:
        values = [self.known(argument) for argument in arguments]
        if None not in values:
            folded = _folded(kind, [value for value in values if value is not None])
            if folded is not None:
                return self.number(folded)
        if kind in ("add", "mul", "eq"):
            arguments = tuple(sorted(arguments))
        return self._node(Node(kind, arguments))

    def taken(self, nodes: Sequence[Node], wanted: Sequence[int], values: Mapping[str, int]) -> list[int]:
        """Return nodes of a program, this one or another, made here with some symbols replaced by
        `values`."""
        made: dict[int, int] = {}
        for place in needed(nodes, wanted):
            node = nodes[place]
            made[place] = self._again(node, [made[argument] for argument in node.arguments], values)
        return [made[place] for place in wanted]

    def _again(self, node: Node, arguments: list[int], values: Mapping[str, int]) -> int:
        if node.kind == "symbol":
            return values[node.symbol] if node.symbol in values else self.symbol(node.symbol)
        if node.kind == "number":
            return self.number(node.value)
        simple = {"add": self.add, "mul": self.mul, "div": self.div, "pow": self.power}
        if node.kind in simple:
            return simple[node.kind](*arguments)
        return self.select(*arguments) if node.kind == "select" else self._made(node.kind, *arguments)


def needed(nodes: Sequence[Node], wanted: Iterable[int]) -> list[int]:
    """Return the places of all nodes that the wanted ones rest on, in the order of the program."""
    marked: set[int] = set()
    waiting = list(wanted)
    while waiting:
        place = waiting.pop()
        if place not in marked:
            marked.add(place)
            waiting.extend(nodes[place].arguments)
    return sorted(marked)


def _folded(kind: str, values: list[float]) -> float | None:
    """Return the value of an operation on numbers; None where it has none and is left to fail at run time."""
    try:
        return _value(kind, values)
    except (ArithmeticError, ValueError):
        return None


def _value(kind: str, v: list[float]) -> float | None:
    if kind in FUNCTIONS:
        return float(getattr(math, kind)(v[0]))
    if kind == "select":
        return v[1] if v[0] != 0.0 else v[2]
    a, b = v
    relations = {"lt": a < b, "le": a <= b, "eq": a == b}
    if kind in relations:
        return float(relations[kind])
    if kind == "add":
        return a + b
    if kind == "mul":
        return a * b
    return a / b if kind == "div" else math.pow(a, b)
