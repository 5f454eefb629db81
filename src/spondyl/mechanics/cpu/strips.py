"""Vector kernels of interpolation: up to eight neighbouring fine nodes of a row at once.

A *strip* is up to eight nodes of one fine row, next to each other along x. Their values come from at most
five neighbouring coarse nodes of each of up to four coarse rows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.mechanics.cpu.numbering import Rows
from spondyl.mechanics.cpu.vectorcode import LANES, Writer, array_pointer
from spondyl.threads import Team

NONE = LANES  # lane of the second operand of a shuffle: zero
SAME = (0, 0, 1, 1, 2, 2, 3, 3)
BETWEEN = (0, 1, 1, 2, 2, 3, 3, 4)
NEXT = (1, 1, 2, 2, 3, 3, 4, 4)
EVEN = (0, 2, 4, 6, NONE, NONE, NONE, NONE)
ODD = (1, 3, 5, 7, NONE, NONE, NONE, NONE)

MASKS = (np.arange(LANES) < np.arange(LANES + 1)[:, None]).astype(np.float32).ravel()
"""One for the lanes of a strip of each length, from 0 to 8."""

WEIGHTS = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.5, 0, 0.5, 0], [0.25] * 4], np.float32)
"""Weights of coarse rows (z, y), (z, y+1), (z+1, y), (z+1, y+1) for a fine row; index 2 (z odd) + (y odd)."""


class Strips(NamedTuple):
    """Strips of a fine level.

    ``plane_start``: first strip of each node plane, int64. ``node``: first fine node, int32. ``kind``: length
    + 16 (x odd) + 32 (y odd), uint8. ``starts``: coarse node of the first place along x in each of the four
    coarse rows, int32 (4 · strips,); any node where the weight is zero.
    """

    plane_start: NDArray[np.int64]
    node: NDArray[np.int32]
    kind: NDArray[np.uint8]
    starts: NDArray[np.int32]


def make_strips(rows: Rows, coarse: Rows, team: Team) -> Strips:
    """Return the strips of a fine level above a coarse one."""
    planes = int(rows.shape[0]) + 1
    plane_start = np.zeros(planes + 1, np.int64)
    team.run(_count, planes, rows.stride, rows, plane_start)
    np.cumsum(plane_start, out=plane_start)
    total = int(plane_start[-1])
    strips = Strips(
        plane_start, np.empty(total, np.int32), np.empty(total, np.uint8), np.empty(4 * total, np.int32)
    )
    team.run(_fill, planes, rows.stride, rows, coarse, strips)
    return strips


@kernel
def _count(part, first, last, rows, plane_start):
    lines = rows.shape[1] + 1
    for k in range(first, last):
        strips = 0
        for run in range(rows.row_start[k * lines], rows.row_start[(k + 1) * lines]):
            strips += (rows.run_length[run] + LANES - 1) // LANES
        plane_start[k + 1] = strips


@inner
def _coarse_node(coarse, row, x):
    for run in range(coarse.row_start[row], coarse.row_start[row + 1]):
        if x < coarse.run_x[run] + coarse.run_length[run]:
            return coarse.run_node[run] + x - coarse.run_x[run]
    return 0


@kernel
def _fill(part, first, last, rows, coarse, strips):
    lines, c_lines = rows.shape[1] + 1, coarse.shape[1] + 1
    for k in range(first, last):
        strip = strips.plane_start[k]
        for j in range(lines):
            row = k * lines + j
            for run in range(rows.row_start[row], rows.row_start[row + 1]):
                for begin in range(0, rows.run_length[run], LANES):
                    x = rows.run_x[run] + begin
                    strips.node[strip] = rows.run_node[run] + begin
                    length = min(LANES, rows.run_length[run] - begin)
                    strips.kind[strip] = length + 16 * (x % 2) + 32 * (j % 2)
                    for dk in range(2):
                        for dj in range(2):
                            c_row = (k // 2 + dk * (k % 2)) * c_lines + j // 2 + dj * (j % 2)
                            strips.starts[4 * strip + 2 * dk + dj] = _coarse_node(coarse, c_row, x // 2)
                    strip += 1


def _pick(writer: Writer, vector: Any, lanes: tuple[int, ...]) -> Any:
    return writer.b.shuffle_vector(vector, writer.zeros(writer.type), writer.constant(list(lanes)))


def _after(lanes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the lanes moved one place on."""
    return (NONE, *lanes[:-1])


@intrinsic
def prolong_strip(typingctx, fine, at, coarse, base, starts, s0, weights, w0, odd, masks, m0):
    """Add to eight fine values the interpolation of four coarse rows; the mask says which count."""
    i = types.intp
    signature = types.void(fine, i, coarse, i, starts, i, weights, i, i, masks, i)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointers = {k: array_pointer(context, builder, sig, args, k) for k in (0, 2, 4, 6, 9)}
        w = Writer(builder, context.get_value_type(sig.args[0].dtype), 1)
        index = ir.IntType(64)
        total = None
        for row in range(4):
            where = builder.add(args[5], ir.Constant(index, row))
            start = builder.sext(builder.load(builder.gep(pointers[4], [where])), index)
            values = w.load(pointers[2], builder.add(args[3], start), w.type, w.size)
            weight = builder.load(builder.gep(pointers[6], [builder.add(args[7], ir.Constant(index, row))]))
            factor = w.splat(weight)
            total = builder.fmul(factor, values) if total is None else w.fma(factor, values, total)
        is_odd = builder.icmp_signed("!=", args[8], ir.Constant(index, 0))
        other = builder.select(is_odd, _pick(w, total, NEXT), _pick(w, total, SAME))
        both = builder.fadd(_pick(w, total, BETWEEN), other)
        half = builder.fmul(both, w.load(pointers[9], args[10], w.type, w.size))
        place = w.pointer(pointers[0], args[1], w.type)
        builder.store(
            w.fma(half, w.splat(ir.Constant(w.element, 0.5)), builder.load(place, align=w.size)),
            place,
            align=w.size,
        )
        return context.get_dummy_value()

    return signature, codegen


@intrinsic
def restrict_strip(typingctx, fine, at, coarse, base, starts, s0, weights, w0, odd, masks, m0):
    """Add to two coarse rows what eight fine values give them; the mask says which count."""
    i = types.intp
    signature = types.void(fine, i, coarse, i, starts, i, weights, i, i, masks, i)

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointers = {k: array_pointer(context, builder, sig, args, k) for k in (0, 2, 4, 6, 9)}
        w = Writer(builder, context.get_value_type(sig.args[0].dtype), 1)
        index = ir.IntType(64)
        mask = w.load(pointers[9], args[10], w.type, w.size)
        values = builder.fmul(mask, w.load(pointers[0], args[1], w.type, w.size))
        even, odd_lanes = _pick(w, values, EVEN), _pick(w, values, ODD)
        even_after, odd_after = _pick(w, values, _after(EVEN)), _pick(w, values, _after(ODD))
        is_odd = builder.icmp_signed("!=", args[8], ir.Constant(index, 0))
        whole = builder.select(is_odd, odd_after, even)
        shared = builder.select(is_odd, builder.fadd(even, even_after), builder.fadd(odd_lanes, odd_after))
        total = w.fma(shared, w.splat(ir.Constant(w.element, 0.5)), whole)
        for row in range(2):
            where = builder.add(args[5], ir.Constant(index, row))
            start = builder.sext(builder.load(builder.gep(pointers[4], [where])), index)
            place = w.pointer(pointers[2], builder.add(args[3], start), w.type)
            weight = builder.load(builder.gep(pointers[6], [builder.add(args[7], ir.Constant(index, row))]))
            builder.store(
                w.fma(w.splat(weight), total, builder.load(place, align=w.size)), place, align=w.size
            )
        return context.get_dummy_value()

    return signature, codegen
