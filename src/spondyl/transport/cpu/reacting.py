"""Decay and source, in vector instructions written by hand: alone, or while lines are eliminated.

(n + s (1 + x / 2)) / (1 + x + x² / 2), x what decays and s what comes: positive, of second order.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spondyl.compiled import bare
from spondyl.transport.cpu.writer import DOUBLE, INDEX, LANES, Writer, arrays, called


def reacted(w: Writer, n: Any, decay: Any, source: Any, half: Any, still: Any = None) -> tuple[Any, Any, Any]:
    """Return packets of what is left, what came and what went after `half` days; nothing where `still`."""
    b = w.b
    x, came = b.fmul(half, decay), b.fmul(half, source)
    if still is not None:
        x, came = b.select(still, w.splat(0.0), x), b.select(still, w.splat(0.0), came)
    half_x = b.fmul(w.splat(0.5), x)
    above = b.fadd(n, b.fmul(came, b.fadd(w.splat(1.0), half_x)))
    below = b.fadd(b.fadd(w.splat(1.0), x), b.fmul(half_x, x))
    left = b.fdiv(above, below)
    return left, came, b.fsub(b.fadd(n, came), left)


def row_of(w: Writer, array: Any, packets: int) -> tuple[Any, Any]:
    """Return where a rate's numbers lie and 1, or, where it is one number, a row of it and 0 to go on by."""
    b = w.b
    row = cgutils.alloca_once(b, ir.ArrayType(DOUBLE, packets * LANES))
    same, first = b.icmp_signed("==", array.nitems, INDEX(1)), b.bitcast(row, DOUBLE.as_pointer())
    number = w.spread(b.load(array.data))
    for p in range(packets):
        w.store(number, first, INDEX(0), p)
    return b.select(same, first, array.data), b.select(same, INDEX(0), INDEX(1))


def written(w: Writer, sums: Any, came: Any, went: Any) -> None:
    """Add what packets brought and took to the first two of `sums`."""
    for at, places in enumerate((came, went)):
        place = w.b.gep(sums, [INDEX(at)])
        total = w.b.load(place)
        for packet in places:
            value = w.b.load(packet)
            for lane in range(LANES):
                total = w.b.fadd(total, w.b.extract_element(value, ir.Constant(ir.IntType(32), lane)))
        w.b.store(total, place)


@intrinsic
def _react_packets(typingctx, given, n, decay, source, held, start, packets, half, sums):
    """Let packets side by side react, from `given` to `n`; rates and `held` may have one entry each."""

    def codegen(context, builder, signature, args):
        given, n, decay, source, held = arrays(context, builder, signature, args, 5)
        total = context.make_array(signature.args[8])(context, builder, args[8])
        rates = [part for rate in (decay, source, held) for part in row_of(Writer(builder), rate, 1)]
        called(builder, "spondyl_react", _react_row, [given.data, n.data, *rates, *args[5:8], total.data])
        return context.get_dummy_value()

    integer, number = types.intp, types.float64
    return types.void(given, n, decay, source, held, integer, integer, number, sums), codegen


def _react_row(w, given, n, decay, decay_by, source, source_by, held, held_by, start, packets, half, sums):
    b, half = w.b, w.spread(half)
    (came,), (went,) = w.carried(1), w.carried(1)
    with cgutils.for_range(b, packets) as loop:
        at = b.add(start, b.mul(loop.index, INDEX(LANES)))
        x, s = w.load(decay, b.mul(at, decay_by)), w.load(source, b.mul(at, source_by))
        still = b.fcmp_ordered(">", w.load(held, b.mul(at, held_by)), w.splat(0.0))
        left, more, gone = reacted(w, w.load(given, at), x, s, half, still)
        w.store(left, n, at)
        b.store(b.fadd(b.load(came), more), came)
        b.store(b.fadd(b.load(went), gone), went)
    written(w, sums, [came], [went])


@bare
def react(given, n, rates, place, layout, half, sums):
    """Let rates (decay, source, 1 where held) work on a tile where it lies; add up what came and went."""
    if not half > 0.0:
        return
    decay, source, held = rates
    start, _, width = place
    _, _, rows, step, apart, _ = layout
    across = apart == 1
    for line in range(rows if across else width):
        begin, count = start + line * (step if across else apart), width if across else rows
        whole = count // LANES
        _react_packets(given, n, decay, source, held, begin, whole, half, sums)
        for j in range(begin + whole * LANES, begin + count):
            x = half * decay[j if len(decay) > 1 else 0]
            came = half * source[j if len(source) > 1 else 0]
            if len(held) > 1 and held[j] > 0.0:
                x = came = 0.0
            left = (given[j] + came * (1.0 + 0.5 * x)) / (1.0 + x + 0.5 * x * x)
            sums[0] += came
            sums[1] += given[j] + came - left
            n[j] = left
