"""Formulas as machine code: the nodes of a network written out as one straight function, no network's own
Python.

Compiling takes milliseconds to tenths of a second, since Numba has nothing to infer: the function's whole
body is one intrinsic that emits the operations. The integrator takes functions by address, so it is compiled
once for all networks and kept on disk.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spondyl.network.expression import Node, needed

_POINTER = types.CPointer(types.float64)
_DOUBLE = ir.DoubleType()
SIGNATURE = types.void(_POINTER, _POINTER, types.float64, _POINTER)
"""Arguments of a compiled formula: states, inputs, time, and where its values go."""


def native(nodes: Sequence[Node], wanted: Sequence[int], states: Sequence[str], inputs: Sequence[str]) -> Any:
    """Return a compiled function of `SIGNATURE` that works out the wanted nodes; keep it as long as its
    address.

    A symbol that is neither a state nor an input is time.
    """
    program = needed(tuple(nodes), wanted)
    places = {name: (0, number) for number, name in enumerate(states)}
    places |= {name: (1, number) for number, name in enumerate(inputs)}

    @intrinsic
    def emitted(context, y, p, t, out):
        def code(context, builder, signature, arguments):
            values: dict[int, Any] = {}
            for place in program:
                node = nodes[place]
                operands = [values[argument] for argument in node.arguments]
                if node.kind == "symbol":
                    values[place] = _load(builder, arguments, places.get(node.symbol))
                else:
                    values[place] = _operation(context, builder, node, operands)
            for number, place in enumerate(wanted):
                builder.store(values[place], builder.gep(arguments[3], [cgutils.intp_t(number)]))
            return context.get_dummy_value()

        return types.void(y, p, t, out), code

    def formula(y, p, t, out):
        emitted(y, p, t, out)

    return numba.cfunc(SIGNATURE)(formula)


def _load(builder: Any, arguments: Sequence[Any], place: tuple[int, int] | None) -> Any:
    if place is None:
        return arguments[2]
    return builder.load(builder.gep(arguments[place[0]], [cgutils.intp_t(place[1])]))


def _operation(context: Any, builder: Any, node: Node, v: list[Any]) -> Any:
    simple = {"add": builder.fadd, "mul": builder.fmul, "div": builder.fdiv}
    if node.kind in simple:
        return simple[node.kind](*v)
    relations = {"lt": "<", "le": "<=", "eq": "=="}
    if node.kind in relations:
        return builder.uitofp(builder.fcmp_ordered(relations[node.kind], *v), _DOUBLE)
    if node.kind == "number":
        return ir.Constant(_DOUBLE, node.value)
    if node.kind == "select":
        held = builder.fcmp_unordered("!=", v[0], ir.Constant(_DOUBLE, 0.0))
        return builder.select(held, v[1], v[2])
    function = getattr(math, node.kind)
    wanted = types.float64(*([types.float64] * len(v)))
    if node.kind in _ROUNDING:
        return builder.call(builder.module.declare_intrinsic(_ROUNDING[node.kind], [_DOUBLE]), v)
    context.refresh()
    return context.get_function(function, wanted)(builder, v)


_ROUNDING = {"floor": "llvm.floor", "ceil": "llvm.ceil", "trunc": "llvm.trunc"}
"""Python's own rounding returns whole numbers."""
