"""What the machine itself can do, measured in the same run: copying memory, and multiplying and adding."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES, CHAINS = 8, 12
"""Doubles in a vector, and vectors that do not wait for each other."""


def copy_bandwidth(threads: int, megabytes: int = 256, repeats: int = 8) -> float:
    """Return bytes read and written a second when arrays too large for any cache are copied."""
    pairs = [np.ones((2, megabytes * 2**17)) for _ in range(threads)]

    def work(part: int) -> None:
        np.copyto(pairs[part][1], pairs[part][0])

    return 2 * threads * pairs[0][0].nbytes / _best(work, threads, repeats)


def peak_flops(threads: int, count: int = 20_000_000, repeats: int = 5) -> float:
    """Return floating-point operations a second, float64; a fused multiply and add counts as two."""

    def work(_part: int) -> None:
        _spin(count)

    work(0)  # compiles
    return 2 * LANES * CHAINS * count * threads / _best(work, threads, repeats)


def _best(work: Callable[[int], None], threads: int, repeats: int) -> float:
    """Return the shortest time of all threads working at once."""
    times = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(repeats):
            began = time.perf_counter()
            list(pool.map(work, range(threads)))
            times.append(time.perf_counter() - began)
    return min(times)


@intrinsic
def _multiply_and_add(typingctx, count):  # noqa: ARG001 - numba asks for these
    """Multiply and add `count` times in each of the chains; return their sum."""

    def codegen(context, builder, signature, args):  # noqa: ARG001
        kind = ir.VectorType(ir.DoubleType(), LANES)
        fma = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(kind, [kind] * 3), f"llvm.fma.v{LANES}f64"
        )
        near_one, little = (ir.Constant(kind, [value] * LANES) for value in (0.9999999, 1e-9))
        chains = []
        for start in range(CHAINS):
            place = cgutils.alloca_once(builder, kind)
            builder.store(ir.Constant(kind, [1.0 + start] * LANES), place)
            chains.append(place)
        with cgutils.for_range(builder, args[0]):
            for place in chains:
                builder.store(builder.call(fma, [builder.load(place), near_one, little]), place)
        total = builder.load(chains[0])
        for place in chains[1:]:
            total = builder.fadd(total, builder.load(place))
        return builder.extract_element(total, ir.Constant(ir.IntType(32), 0))

    return types.float64(types.intp), codegen


@numba.njit(nogil=True)
def _spin(count):
    return _multiply_and_add(count)
