"""The one way in which loops are compiled: at their first call, kept on disk, whatever they divide by.

What is kept is made anew when a loop's own file changes, not when that of a loop it calls does: after editing
the called one, touch the file of the caller too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])

_KERNEL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
_INNER: dict[str, Any] = {**_KERNEL, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(loop: Loop) -> Loop:
    """Compile a loop that Python calls; other threads run meanwhile."""
    compiled: Loop = numba.njit(**_KERNEL)(loop)
    return compiled


def inner(loop: Loop) -> Loop:
    """Compile a loop that only kernels call: it gets no door from Python, which takes long to make."""
    compiled: Loop = numba.njit(**_INNER)(loop)
    return compiled


def bare(loop: Loop) -> Loop:
    """Compile an inner loop that makes no array and returns none, for what is called millions of times.

    It does not count who holds its arrays, for its callers do: each count is an atomic instruction, and they
    took a third of the time of maximal spheres.
    """
    compiled: Loop = numba.njit(**_INNER, _nrt=False)(loop)
    return compiled


def bare_kernel(loop: Loop) -> Loop:
    """Compile a kernel that makes no array and returns none: :func:`bare`, called from Python."""
    compiled: Loop = numba.njit(**_KERNEL, _nrt=False)(loop)
    return compiled


def quick(loop: Loop) -> Loop:
    """Compile a bare loop with sums that may be taken in another order, so that they use vectors.

    The order is the same at every call.
    """
    fast = {"reassoc", "nsz", "contract", "nnan", "ninf"}
    compiled: Loop = numba.njit(**_INNER, _nrt=False, fastmath=fast)(loop)
    return compiled


def inlined(loop: Loop) -> Loop:
    """Compile a piece of a loop into each kernel of the same file that calls it."""
    compiled: Loop = numba.njit(inline="always", error_model="numpy")(loop)
    return compiled
