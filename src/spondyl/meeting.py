"""Where threads in compiled loops wait for each other, without going back to Python in between.

A thread that comes first looks again and again for about as long as it takes to wake a sleeping one, and then
sleeps: the threads of a busy machine, which may come late by milliseconds, are not kept from their work.
"""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from spondyl.compiled import inner
from spondyl.threads import ARRIVED, LOST, SLEEP, TURN

LOOKS = 2_000
"""How often a thread looks before it sleeps: for some 50 µs."""

NAP_US = 30


@inner
def meet(parts, meeting):
    """Wait until all threads are here; what each wrote before, all see after."""
    if parts == 1:
        return
    turn = _load(meeting, TURN)
    if _arrive(meeting) == parts - 1:
        _turn(meeting, turn + 1)
        return
    for _ in range(LOOKS):
        if _load(meeting, TURN) != turn:
            return
        _pause()
    while _load(meeting, TURN) == turn and _load(meeting, LOST) == 0:
        _sleep(meeting[SLEEP], NAP_US)


@inner
def share(items, part, parts):
    """Return the first item of a thread and one after its last."""
    return items * part // parts, items * (part + 1) // parts


def _place(context: Any, builder: Any, signature: Any, meeting: Any, index: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, meeting).data
    return builder.gep(data, [index])


_WORD = ir.IntType(64)


@intrinsic
def _load(typingctx, meeting, index):
    """Return an entry; what other threads wrote before it is seen after."""

    def codegen(context, builder, signature, args):
        return builder.load_atomic(_place(context, builder, signature, *args), "acquire", 8)

    return types.int64(meeting, types.int64), codegen


@intrinsic
def _arrive(typingctx, meeting):
    """Count this thread; return how many were there before."""

    def codegen(context, builder, signature, args):
        place = _place(context, builder, signature, args[0], ir.Constant(_WORD, ARRIVED))
        return builder.atomic_rmw("add", place, ir.Constant(_WORD, 1), "acq_rel")

    return types.int64(meeting), codegen


@intrinsic
def _turn(typingctx, meeting, turn):
    """Begin a new count and let the others go."""

    def codegen(context, builder, signature, args):
        def place(index):
            return _place(context, builder, signature, args[0], ir.Constant(_WORD, index))

        builder.store_atomic(ir.Constant(_WORD, 0), place(ARRIVED), "monotonic", 8)
        builder.store_atomic(args[1], place(TURN), "release", 8)
        return context.get_dummy_value()

    return types.void(meeting, types.int64), codegen


@intrinsic
def _pause(typingctx):
    """Leave the core to its other thread for some cycles: looking without pause would halve its speed."""

    def codegen(context, builder, signature, args):
        number = ir.IntType(32)
        if platform.machine().lower() in ("x86_64", "amd64"):
            kind, name, given = ir.FunctionType(ir.VoidType(), []), "llvm.x86.sse2.pause", []
        elif platform.machine().lower() in ("arm64", "aarch64"):
            kind, name = ir.FunctionType(ir.VoidType(), [number]), "llvm.aarch64.hint"
            given = [ir.Constant(number, 1)]
        else:
            return context.get_dummy_value()
        builder.call(cgutils.get_or_insert_function(builder.module, kind, name), given)
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def _sleep(typingctx, address, microseconds):
    """Call the system's function at an address."""

    def codegen(context, builder, signature, args):
        kind = ir.FunctionType(ir.VoidType(), [ir.IntType(32)])
        function = builder.inttoptr(args[0], kind.as_pointer())
        builder.call(function, [builder.trunc(args[1], ir.IntType(32))])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), codegen
