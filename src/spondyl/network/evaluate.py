"""Formulas worked out with NumPy, for many cells at once: plain, and the definition of what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spondyl.network.expression import Node, needed

Array = NDArray[np.float64]

_NUMPY = {"fabs": "abs", "asin": "arcsin", "acos": "arccos", "atan": "arctan"} | {
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}


def evaluate(nodes: Sequence[Node], wanted: Sequence[int], symbols: Mapping[str, Array | float]) -> Array:
    """Return the values of the wanted nodes, shape (wanted, ...) after the shapes of the symbols.

    A value that does not exist (0/0, the logarithm of a negative number) is NaN.
    """
    values: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for place in needed(tuple(nodes), wanted):
            node = nodes[place]
            values[place] = _value(node, [values[argument] for argument in node.arguments], symbols)
    return np.array(np.broadcast_arrays(*(values[place] for place in wanted))) if wanted else np.zeros(0)


def _value(node: Node, v: list[Array], symbols: Mapping[str, Array | float]) -> Array:
    if node.kind == "number":
        return np.float64(node.value)  # type: ignore[return-value]
    if node.kind == "symbol":
        return np.asarray(symbols[node.symbol], np.float64)
    if node.kind == "select":
        return np.where(v[0] != 0.0, v[1], v[2])
    if node.kind in _PAIRS:
        return np.asarray(_PAIRS[node.kind](*v), np.float64)
    return np.asarray(getattr(np, _NUMPY.get(node.kind, node.kind))(v[0]), np.float64)


_PAIRS = {
    "add": np.add,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "lt": np.less,
    "le": np.less_equal,
    "eq": np.equal,
}
