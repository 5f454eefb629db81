"""Vector instructions written by hand: packets of lanes, and functions that are written once in a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils

LANES, PACKETS = 8, 4
W = LANES * PACKETS
"""Lines worked on side by side."""

DOUBLE, INDEX = ir.DoubleType(), ir.IntType(64)
PACKET = ir.VectorType(DOUBLE, LANES)


class Writer:
    """Writes instructions on packets of lanes."""

    def __init__(self, builder: Any) -> None:
        self.b = builder

    def splat(self, value: float) -> Any:
        """Return a constant in every lane."""
        return ir.Constant(PACKET, [value] * LANES)

    def spread(self, scalar: Any) -> Any:
        """Return a number in every lane."""
        one = self.b.insert_element(ir.Constant(PACKET, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
        return self.b.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))

    def at(self, data: Any, index: Any, packet: int = 0) -> Any:
        """Return the address of a packet."""
        place = self.b.add(index, INDEX(packet * LANES))
        return self.b.bitcast(self.b.gep(data, [place]), PACKET.as_pointer())

    def load(self, data: Any, index: Any, packet: int = 0) -> Any:
        """Return a packet."""
        return self.b.load(self.at(data, index, packet), align=8)

    def store(self, value: Any, data: Any, index: Any, packet: int = 0) -> None:
        """Write a packet."""
        self.b.store(value, self.at(data, index, packet), align=8)

    def fma(self, a: Any, x: Any, y: Any) -> Any:
        """Return a · x + y."""
        name = f"llvm.fmuladd.v{LANES}f64"
        function = cgutils.get_or_insert_function(self.b.module, ir.FunctionType(PACKET, [PACKET] * 3), name)
        return self.b.call(function, [a, x, y])

    def or_one(self, value: Any) -> Any:
        """Return what is positive, and one for the rest."""
        positive = self.b.fcmp_ordered(">", value, self.splat(0.0))
        return self.b.select(positive, value, self.splat(1.0))

    def smaller(self, a: Any, b: Any) -> Any:
        """Return the smaller of two."""
        return self.b.select(self.b.fcmp_ordered("<", a, b), a, b)

    def carried(self, packets: int = PACKETS) -> list[Any]:
        """Return one zero for each packet that lives through a loop."""
        places = [cgutils.alloca_once(self.b, PACKET) for _ in range(packets)]
        for place in places:
            self.b.store(self.splat(0.0), place)
        return places


def called(builder: Any, name: str, write: Callable[..., None], arguments: list[Any]) -> None:
    """Call a function of the module, written at its first call: once, however often it is called."""
    function = builder.module.globals.get(name)
    if function is None:
        kinds = [argument.type for argument in arguments]
        function = ir.Function(builder.module, ir.FunctionType(ir.VoidType(), kinds), name)
        function.linkage = "linkonce_odr"
        function.attributes.add("noinline")
        inside = ir.IRBuilder(function.append_basic_block("entry"))
        write(Writer(inside), *function.args)
        inside.ret_void()
    builder.call(function, arguments)


def arrays(context: Any, builder: Any, signature: Any, args: Any, count: int) -> list[Any]:
    """Return the first arguments as arrays."""
    return [context.make_array(signature.args[i])(context, builder, args[i]) for i in range(count)]
