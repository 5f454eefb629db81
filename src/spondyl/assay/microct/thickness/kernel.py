"""The one way in which loops over voxels are compiled here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compile a loop once for all runs; it lets other threads run meanwhile."""
    compiled: Loop = numba.njit(cache=True, nogil=True)(loop)
    return compiled
