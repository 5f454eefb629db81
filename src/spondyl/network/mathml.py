"""MathML, as libSBML holds it, to formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from spondyl.errors import Mistake, NetworkError
from spondyl.network.expression import Graph

if TYPE_CHECKING:
    import libsbml

TIME = "time "
"""Symbol of time; the blank keeps it apart from every SBML identifier."""

AVOGADRO = 6.02214179e23
"""As SBML Level 3 defines the csymbol avogadro, per mole."""

MOST_FACTORIAL = 170
"""Its factorial is the largest that a floating-point number holds."""

Lookup = Callable[[str], int]


@dataclass(slots=True)
class Formulas:
    """Turns MathML into nodes of one graph.

    Parameters
    ----------
    graph : the formulas made so far.
    functions : the file's own function definitions by identifier.
    where : how mistakes name the file.
    rate_of : from an identifier to the node of its rate of change.
    """

    graph: Graph
    functions: Mapping[str, libsbml.FunctionDefinition]
    where: str
    rate_of: Lookup
    called: dict[tuple[str, tuple[int, ...]], int] = field(default_factory=dict)
    calling: list[str] = field(default_factory=list)

    def node(self, tree: libsbml.ASTNode, lookup: Lookup, place: str) -> int:
        """Return the node of a formula.

        Parameters
        ----------
        tree : the formula.
        lookup : from an identifier to its node.
        place : what the formula is for, as mistakes name it.
        """
        kind = _kinds().get(tree.getType())
        if kind is None:
            given = f"the MathML element '{tree.getName() or tree.getType()}' in {place}"
            raise NetworkError(Mistake(self.where, given, "must use mathematics that can be integrated"))
        leaf = self._leaf(kind, tree, lookup, place)
        if leaf is not None:
            return leaf
        children = [tree.getChild(number) for number in range(tree.getNumChildren())]
        arguments = [self.node(child, lookup, place) for child in children]
        if kind == "call":
            return self._call(tree.getName(), arguments, place)
        if kind == "factorial" and (whole := self._factorial(arguments)) is not None:
            return whole
        if kind in _REFUSED:
            raise NetworkError(
                Mistake(self.where, f"{_REFUSED[kind]} in {place}", "cannot be integrated here")
            )
        try:
            return _OPERATIONS[kind](self.graph, arguments)
        except (IndexError, TypeError, ValueError):  # taken apart into too few or too many
            given = f"'{kind}' of {len(arguments)} arguments in {place}"
            raise NetworkError(Mistake(self.where, given, "must have as many as it needs")) from None

    def _leaf(self, kind: str, tree: libsbml.ASTNode, lookup: Lookup, place: str) -> int | None:
        if kind == "rate_of":
            return self._rate(tree, place)
        if kind == "name":
            return lookup(tree.getName())
        if kind == "number":
            return self.graph.number(tree.getValue())
        if kind == "time":
            return self.graph.symbol(TIME)
        return self.graph.number(_CONSTANTS[kind]) if kind in _CONSTANTS else None

    def _factorial(self, arguments: Sequence[int]) -> int | None:
        """Return the factorial of a number that is known before; None of anything else."""
        value = self.graph.known(arguments[0]) if len(arguments) == 1 else None
        known = value is not None and value == int(value) and 0 <= value <= MOST_FACTORIAL
        return self.graph.number(float(math.factorial(int(value or 0)))) if known else None

    def _rate(self, tree: libsbml.ASTNode, place: str) -> int:
        of = tree.getChild(0) if tree.getNumChildren() == 1 else None
        if of is None or _kinds().get(of.getType()) != "name" or self.calling:
            given = f"rateOf of what is no quantity of the model in {place}"
            raise NetworkError(Mistake(self.where, given, "must name one species, parameter or compartment"))
        return self.rate_of(of.getName())

    def _call(self, name: str, arguments: Sequence[int], place: str) -> int:
        key = (name, tuple(arguments))
        if key in self.called:
            return self.called[key]
        function = self.functions.get(name)
        if function is None or function.getNumArguments() != len(arguments) or function.getBody() is None:
            given = f"a call of '{name}' with {len(arguments)} arguments in {place}"
            raise NetworkError(Mistake(self.where, given, "must fit a function definition of the file"))
        if name in self.calling:
            given = f"function '{name}', which calls itself"
            raise NetworkError(Mistake(self.where, given, "functions must not be recursive"))
        names = [function.getArgument(number).getName() for number in range(len(arguments))]
        bound = dict(zip(names, arguments, strict=True))
        self.calling.append(name)
        made = self.node(function.getBody(), bound.__getitem__, f"function '{name}'")
        self.calling.pop()
        self.called[key] = made
        return made


_CONSTANTS = {
    "pi": math.pi,
    "e": math.e,
    "true": 1.0,
    "false": 0.0,
    "avogadro": AVOGADRO,
}

_REFUSED = {"delay": "a delay", "factorial": "a factorial of what is no whole number known before"}

Operation = Callable[[Graph, Sequence[int]], int]


def _all_of(graph: Graph, relation: str, flip: bool, arguments: Sequence[int]) -> int:
    """Return whether a relation holds between every neighbour: a < b < c."""
    held = graph.number(1.0)
    for a, b in pairwise(arguments):
        first, second = (b, a) if flip else (a, b)
        held = graph.mul(held, graph.compare(relation, first, second))
    return held


def _or(graph: Graph, arguments: Sequence[int]) -> int:
    any_of = graph.number(0.0)
    for argument in arguments:
        any_of = graph.select(argument, graph.number(1.0), any_of)
    return any_of


def _xor(graph: Graph, arguments: Sequence[int]) -> int:
    return reduce(lambda a, b: graph.negate(graph.compare("eq", a, b)), arguments, graph.number(0.0))


def _piecewise(graph: Graph, arguments: Sequence[int]) -> int:
    """Return the piece whose condition holds first; without one, NaN."""
    pairs = len(arguments) // 2
    result = arguments[-1] if len(arguments) % 2 else graph.number(math.nan)
    for pair in reversed(range(pairs)):
        result = graph.select(arguments[2 * pair + 1], arguments[2 * pair], result)
    return result


def _log(graph: Graph, arguments: Sequence[int]) -> int:
    base, value = arguments if len(arguments) == 2 else (graph.number(10.0), arguments[0])
    return graph.div(graph.function("log", value), graph.function("log", base))


def _root(graph: Graph, arguments: Sequence[int]) -> int:
    degree, value = arguments if len(arguments) == 2 else (graph.number(2.0), arguments[0])
    return graph.power(value, graph.div(graph.number(1.0), degree))


def _remainder(graph: Graph, arguments: Sequence[int]) -> int:
    a, b = arguments
    return graph.sub(a, graph.mul(b, graph.function("trunc", graph.div(a, b))))


def _extreme(smallest: bool) -> Operation:
    def chosen(graph: Graph, arguments: Sequence[int]) -> int:
        def closer(a: int, b: int) -> int:
            return graph.select(graph.compare("lt", *((b, a) if smallest else (a, b))), b, a)

        return reduce(closer, arguments)

    return chosen


def _named(name: str) -> Operation:
    return lambda g, v: g.function(name, v[0])


def _inverse_of(name: str) -> Operation:
    """Return f(1/x): the inverses of cot, sec, csc by those of tan, cos, sin."""
    return lambda g, v: g.function(name, g.div(g.number(1.0), v[0]))


def _one_over(name: str) -> Operation:
    return lambda g, v: g.div(g.number(1.0), g.function(name, v[0]))


def _minus(graph: Graph, v: Sequence[int]) -> int:
    return graph.neg(v[0]) if len(v) == 1 else graph.sub(v[0], v[1])


_OPERATIONS: dict[str, Operation] = {
    "plus": lambda g, v: reduce(g.add, v, g.number(0.0)),
    "times": lambda g, v: reduce(g.mul, v, g.number(1.0)),
    "minus": _minus,
    "divide": lambda g, v: g.div(v[0], v[1]),
    "power": lambda g, v: g.power(v[0], v[1]),
    "root": _root,
    "log": _log,
    "ln": _named("log"),
    "eq": lambda g, v: _all_of(g, "eq", False, v),
    "neq": lambda g, v: g.negate(g.compare("eq", v[0], v[1])),
    "lt": lambda g, v: _all_of(g, "lt", False, v),
    "leq": lambda g, v: _all_of(g, "le", False, v),
    "gt": lambda g, v: _all_of(g, "lt", True, v),
    "geq": lambda g, v: _all_of(g, "le", True, v),
    "and": lambda g, v: reduce(g.mul, v, g.number(1.0)),
    "or": _or,
    "xor": _xor,
    "not": lambda g, v: g.negate(v[0]),
    "implies": lambda g, v: g.select(v[0], v[1], g.number(1.0)),
    "piecewise": _piecewise,
    "min": _extreme(smallest=True),
    "max": _extreme(smallest=False),
    "rem": _remainder,
    "quotient": lambda g, v: g.function("trunc", g.div(v[0], v[1])),
    **{name: _named(name) for name in ("exp", "floor", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "abs": _named("fabs"),
    "ceiling": _named("ceil"),
    **{f"arc{name}": _named(f"a{name}") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "sec": _one_over("cos"),
    "csc": _one_over("sin"),
    "cot": _one_over("tan"),
    "sech": _one_over("cosh"),
    "csch": _one_over("sinh"),
    "coth": _one_over("tanh"),
    "arcsec": _inverse_of("acos"),
    "arccsc": _inverse_of("asin"),
    "arccot": _inverse_of("atan"),
    "arcsech": _inverse_of("acosh"),
    "arccsch": _inverse_of("asinh"),
    "arccoth": _inverse_of("atanh"),
}


@cache
def _kinds() -> Mapping[int, str]:
    """Return our word for each of libSBML's node types."""
    import libsbml

    words = {"function_" + name: name for name in [*_OPERATIONS, "delay", "rate_of", "factorial"]}
    words |= {"relational_" + name: name for name in ("eq", "neq", "lt", "leq", "gt", "geq")}
    words |= {"logical_" + name: name for name in ("and", "or", "xor", "not", "implies")}
    words |= {"constant_" + name: name for name in ("pi", "e", "true", "false")}
    words |= {name: name for name in ("plus", "minus", "times", "divide", "power", "name")}
    words |= {"integer": "number", "real": "number", "real_e": "number", "rational": "number"}
    words |= {"name_time": "time", "name_avogadro": "avogadro", "function": "call"}
    return {
        getattr(libsbml, f"AST_{word.upper()}"): meaning
        for word, meaning in words.items()
        if hasattr(libsbml, f"AST_{word.upper()}")
    }
