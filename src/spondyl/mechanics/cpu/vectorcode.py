"""Vector instructions written by hand, in LLVM's intermediate language.

Numba's own vectoriser does not find what the inner loops need; every processor lowers these to what it has.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

LANES = 8
"""Values worked on side by side: the nodes in a row of a packet, the nodes of a strip."""


class Writer:
    """Writes vector instructions of one kernel."""

    def __init__(self, builder: Any, element: Any, halves: int) -> None:
        self.b = builder
        self.element = element
        self.halves = halves
        self.width = LANES * halves
        self.half_type = ir.VectorType(element, LANES)
        self.type = ir.VectorType(element, self.width)
        self.size = 4 if isinstance(element, ir.FloatType) else 8

    def constant(self, lanes: list[int]) -> Any:
        """Return lane numbers for a shuffle."""
        return ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)

    def zeros(self, kind: Any) -> Any:
        """Return a vector of zeros."""
        return ir.Constant(kind, [0.0] * kind.count)

    def pointer(self, data: Any, index: Any, kind: Any) -> Any:
        """Return the address of a vector that begins at an index of an array."""
        return self.b.bitcast(self.b.gep(data, [index]), kind.as_pointer())

    def load(self, data: Any, index: Any, kind: Any, align: int) -> Any:
        """Return a vector that begins at an index of an array."""
        return self.b.load(self.pointer(data, index, kind), align=align)

    def join(self, parts: list[Any]) -> Any:
        """Return one or two packets side by side."""
        if len(parts) == 1:
            return parts[0]
        return self.b.shuffle_vector(parts[0], parts[1], self.constant(list(range(2 * LANES))))

    def part(self, vector: Any, half: int) -> Any:
        """Return one packet of a vector."""
        if self.halves == 1:
            return vector
        lanes = [half * LANES + lane for lane in range(LANES)]
        return self.b.shuffle_vector(vector, vector, self.constant(lanes))

    def next_lane(self, vector: Any) -> Any:
        """Lane j takes what lane j + 1 of its half holds; the last lane keeps its own."""
        lanes = [h * LANES + min(j + 1, LANES - 1) for h in range(self.halves) for j in range(LANES)]
        return self.b.shuffle_vector(vector, vector, self.constant(lanes))

    def previous_lane(self, vector: Any) -> Any:
        """Lane j takes what lane j - 1 of its half holds; the first lane takes zero."""
        lanes = [h * LANES + j - 1 if j else self.width for h in range(self.halves) for j in range(LANES)]
        return self.b.shuffle_vector(vector, self.zeros(self.type), self.constant(lanes))

    def splat(self, scalar: Any) -> Any:
        """Return a vector with the same number in every lane."""
        one = self.b.insert_element(
            ir.Constant(self.type, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0)
        )
        return self.b.shuffle_vector(one, one, self.constant([0] * self.width))

    def fma(self, a: Any, x: Any, y: Any) -> Any:
        """Return a · x + y."""
        name = f"llvm.fmuladd.v{self.width}f{8 * self.size}"
        function = cgutils.get_or_insert_function(
            self.b.module, ir.FunctionType(self.type, [self.type] * 3), name
        )
        return self.b.call(function, [a, x, y])


def array_pointer(context: Any, builder: Any, signature: Any, arguments: Any, k: int) -> Any:
    """Return the address of the first value of the array that is argument k of an intrinsic."""
    return context.make_array(signature.args[k])(context, builder, arguments[k]).data
