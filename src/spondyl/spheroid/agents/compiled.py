"""How the loops over cells and voxels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compile a loop at its first call, keep it on disk, and let other threads run meanwhile."""
    compiled: Loop = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    return compiled


def inlined(part: Loop) -> Loop:
    """Compile a piece of a loop into each kernel of the same file that calls it."""
    compiled: Loop = numba.njit(inline="always", error_model="numpy")(part)
    return compiled
