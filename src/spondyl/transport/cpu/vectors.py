"""The elimination along W lines side by side, in vector instructions written by hand.

Numba's own vectoriser does not find them. What is carried from row to row stays in registers.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spondyl.transport.cpu.reacting import reacted, row_of, written
from spondyl.transport.cpu.writer import DOUBLE, INDEX, LANES, PACKETS, W, Writer, arrays, called


@intrinsic
def forward(typingctx, n, share, d, held, kept, start, step, rows, weight):
    """Eliminate rows 0 … rows − 1 of W lines; row i begins at start + i · step of n, share, d and held.

    Conductances are weight · min(share) · harmonic mean of d; if d has one entry it holds everywhere, and
    then nothing may be held; if held has one entry nothing is. What the way back needs is left in `kept`:
    concentrations and what they pass on, 2 W numbers a row. With a conductance A / B, only pivots divide.
    """

    def codegen(context, builder, signature, args):
        n, share, d, held, kept = arrays(context, builder, signature, args, 5)
        start, step, rows, weight = args[5:]
        lines = [n.data, share.data, kept.data, start, step, rows]
        with builder.if_else(builder.icmp_signed("==", held.nitems, INDEX(1))) as (free, some_held):
            with free:
                _by_diffusivity(builder, "spondyl_forward", lines, d, weight, [])
            with some_held:
                more = [builder.fmul(weight, DOUBLE(2.0)), d.data, held.data]
                called(builder, "spondyl_forward_held", _forward_rows, [*lines, *more])
        return context.get_dummy_value()

    integer, number = types.intp, types.float64
    return types.void(n, share, d, held, kept, integer, integer, integer, number), codegen


@intrinsic
def forward_reacting(typingctx, n, share, d, decay, source, kept, start, step, rows, weight, half, sums):
    """As :func:`forward` where nothing is held, after decay and source worked for `half` days.

    Both have one entry, or rows as n; what came and went is added to the first two of `sums`.
    """

    def codegen(context, builder, signature, args):
        n, share, d, decay, source, kept = arrays(context, builder, signature, args, 6)
        start, step, rows, weight, half = args[6:11]
        total = context.make_array(signature.args[11])(context, builder, args[11])
        lines = [n.data, share.data, kept.data, start, step, rows]
        rates = [part for rate in (decay, source) for part in row_of(Writer(builder), rate, PACKETS)]
        rates += [half, total.data]
        _by_diffusivity(builder, "spondyl_forward_reacting", lines, d, weight, rates)
        return context.get_dummy_value()

    integer, number = types.intp, types.float64
    signature = [n, share, d, decay, source, kept, integer, integer, integer, number, number, sums]
    return types.void(*signature), codegen


def _by_diffusivity(builder, name, lines, d, weight, rates):
    """Call the elimination of lines where nothing is held, for one diffusivity or one a voxel."""
    with builder.if_else(builder.icmp_signed("==", d.nitems, INDEX(1))) as (same, varying):
        with same:
            weighed = builder.fmul(weight, builder.load(d.data))
            called(builder, f"{name}_uniform", _uniform_rows, [*lines, weighed, *rates])
        with varying:
            doubled = builder.fmul(weight, DOUBLE(2.0))
            called(builder, f"{name}_varying", _varying_rows, [*lines, doubled, d.data, *rates])


def _uniform_rows(w, n, share, kept, start, step, rows, weight, *rates):
    _forward_rows(w, n, share, kept, start, step, rows, weight, rates=rates)


def _varying_rows(w, n, share, kept, start, step, rows, weight, d, *rates):
    _forward_rows(w, n, share, kept, start, step, rows, weight, d, rates=rates)


def _forward_rows(w, n, share, kept, start, step, rows, weight, d=None, held=None, rates=()):
    b = w.b
    if rates:
        decay, decay_by, source, source_by, half, sums = rates
        half, came, went = w.spread(half), w.carried(), w.carried()
    from_below, amount_below, share_here, d_here = (w.carried() for _ in range(4))
    for p in range(PACKETS):
        b.store(w.load(share, start, p), share_here[p])
        if d is not None:
            b.store(w.load(d, start, p), d_here[p])
    with cgutils.for_range(b, rows) as loop:
        after = b.add(loop.index, INDEX(1))
        inside = b.icmp_signed("<", after, rows)
        here = b.add(start, b.mul(loop.index, step))
        above = b.add(start, b.mul(b.select(inside, after, loop.index), step))
        factor = w.spread(b.select(inside, weight, DOUBLE(0.0)))
        out = b.mul(loop.index, INDEX(2 * W))
        for p in range(PACKETS):
            room, next_room = b.load(share_here[p]), w.load(share, above, p)
            capacity, given = w.or_one(room), w.load(n, here, p)
            if rates:
                x, s = w.load(decay, b.mul(here, decay_by), p), w.load(source, b.mul(here, source_by), p)
                given, more, gone = reacted(w, given, x, s, half)
                b.store(b.fadd(b.load(came[p]), more), came[p])
                b.store(b.fadd(b.load(went[p]), gone), went[p])
            a, both = b.fmul(factor, w.smaller(room, next_room)), None
            rest = b.fadd(capacity, b.load(from_below[p]))
            amount = b.fadd(given, b.load(amount_below[p]))
            scaled, scaled_amount = rest, amount
            if d is not None:
                mine, others = b.load(d_here[p]), w.load(d, above, p)
                a = b.fmul(b.fmul(a, mine), others)
                both = w.or_one(b.fadd(mine, others))
                scaled, scaled_amount = b.fmul(rest, both), b.fmul(amount, both)
                b.store(others, d_here[p])
            inverse = b.fdiv(w.splat(1.0), b.fadd(scaled, a))
            c, passed = b.fmul(scaled_amount, inverse), b.fmul(inverse, a)
            more, more_amount = b.fmul(rest, passed), b.fmul(amount, passed)
            if held is not None:
                kept_still = b.fcmp_ordered(">", w.load(held, here, p), w.splat(0.0))
                level, whole = b.fdiv(given, capacity), b.fdiv(a, both)
                c, passed = b.select(kept_still, level, c), b.select(kept_still, w.splat(0.0), passed)
                more = b.select(kept_still, whole, more)
                more_amount = b.select(kept_still, b.fmul(whole, level), more_amount)
            w.store(c, kept, out, p)
            w.store(passed, kept, b.add(out, INDEX(W)), p)
            b.store(more, from_below[p])
            b.store(more_amount, amount_below[p])
            b.store(next_room, share_here[p])
    if rates:
        written(w, sums, came, went)


@intrinsic
def backward(typingctx, n, share, kept, start, step, rows):
    """Substitute rows from the last to the first; write amounts to n, whose rows lie as those of share."""

    def codegen(context, builder, signature, args):
        lines = [a.data for a in arrays(context, builder, signature, args, 3)]
        called(builder, "spondyl_backward", _backward_rows, [*lines, *args[3:]])
        return context.get_dummy_value()

    integer = types.intp
    return types.void(n, share, kept, integer, integer, integer), codegen


def _backward_rows(w, n, share, kept, start, step, rows):
    b, above = w.b, w.carried()
    with cgutils.for_range(b, rows) as loop:
        row = b.sub(b.sub(rows, INDEX(1)), loop.index)
        here, left = b.add(start, b.mul(row, step)), b.mul(row, INDEX(2 * W))
        for p in range(PACKETS):
            passed = w.load(kept, b.add(left, INDEX(W)), p)
            c = w.fma(passed, b.load(above[p]), w.load(kept, left, p))
            b.store(c, above[p])
            w.store(b.fmul(c, w.or_one(w.load(share, here, p))), n, here, p)


@intrinsic
def turn_block(typingctx, source, target, start, apart, begin, step):
    """Transpose 8 by 8 numbers: 8 lines `apart` from each other to 8 rows that lie a `step` apart."""

    def codegen(context, builder, signature, args):
        blocks = [a.data for a in arrays(context, builder, signature, args, 2)]
        called(builder, "spondyl_turn_block", _turn, [*blocks, *args[2:]])
        return context.get_dummy_value()

    return types.void(source, target, *[types.intp] * 4), codegen


def _turn(w, source, target, start, apart, begin, step):
    b = w.b
    rows = [w.load(source, b.add(start, b.mul(apart, INDEX(i)))) for i in range(LANES)]
    for distance in (1, 2, 4):
        rows = _exchanged(b, rows, distance)
    for i, row in enumerate(rows):
        w.store(row, target, b.add(begin, b.mul(step, INDEX(i))))


def _exchanged(builder, rows, distance):
    """Swap off-diagonal blocks of a size between pairs of rows."""
    out = list(rows)
    kind = ir.VectorType(ir.IntType(32), LANES)
    for i in range(LANES):
        if i & distance:
            continue
        low = [lane if not lane & distance else LANES + lane - distance for lane in range(LANES)]
        high = [lane + distance if not lane & distance else LANES + lane for lane in range(LANES)]
        a, b = rows[i], rows[i + distance]
        out[i] = builder.shuffle_vector(a, b, ir.Constant(kind, low))
        out[i + distance] = builder.shuffle_vector(a, b, ir.Constant(kind, high))
    return out
