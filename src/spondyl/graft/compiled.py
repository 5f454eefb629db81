"""How the loops of this stage are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compile a loop at its first call, keep it on disk, and let other threads run meanwhile."""
    compiled: Loop = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    return compiled


def inner(loop: Loop) -> Loop:
    """Compile a loop that only other loops call: it gets no door from Python, which takes long to make."""
    compiled: Loop = numba.njit(
        cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy"
    )(loop)
    return compiled
