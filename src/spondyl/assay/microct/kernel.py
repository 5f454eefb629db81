"""The one way in which loops over voxels are compiled here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compile a loop at its first call, keep it on disk, and let other threads run meanwhile.

    What is kept is made anew when the loop's own file changes, not when that of a loop it calls does: after
    editing the called one, touch the file of the caller too.
    """
    compiled: Loop = numba.njit(cache=True, nogil=True)(loop)
    return compiled


def inner(loop: Loop) -> Loop:
    """Compile a loop that only compiled loops call: it needs no door from Python."""
    compiled: Loop = numba.njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(loop)
    return compiled


def quick(loop: Loop) -> Loop:
    """Compile an inner loop with sums that may be taken in another order, so that they use vectors.

    The order is the same at every call.
    """
    compiled: Loop = numba.njit(
        cache=True,
        nogil=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        fastmath={"reassoc", "nsz", "contract", "nnan", "ninf"},
    )(loop)
    return compiled
