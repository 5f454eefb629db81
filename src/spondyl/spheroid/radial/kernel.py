"""The one way in which loops over shells are compiled here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def kernel(loop: Loop) -> Loop:
    """Compile a loop at its first call, keep it on disk, and let other threads run meanwhile.

    After editing a loop that another calls, touch the file of the caller too.
    """
    compiled: Loop = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    return compiled
