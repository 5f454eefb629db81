"""Calling a compiled formula by its address from a loop."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def call(typing_context, address, y, p, t, out):
    """Work out a formula: states `y`, inputs `p`, time `t`, values into `out`; arrays must be contiguous."""
    signature = types.void(types.int64, y, p, types.float64, out)

    def code(context, builder, signature, arguments):
        pointer = ir.DoubleType().as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, ir.DoubleType(), pointer])
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        y, p, out = (
            context.make_array(signature.args[place])(context, builder, arguments[place]).data
            for place in (1, 2, 4)
        )
        builder.call(function, [y, p, arguments[3], out])
        return context.get_dummy_value()

    return signature, code
