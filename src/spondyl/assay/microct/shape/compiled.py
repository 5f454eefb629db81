"""How the kernels of this folder are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """Compile a kernel at its first call, keep it on disk, and run it free of the interpreter's lock.

    What is kept is made anew when the kernel's own file changes, not when that of a kernel it calls does:
    after editing :mod:`spondyl.assay.microct.shape.cells`, touch `layer` too.
    """
    return cast("Kernel", njit(cache=True, nogil=True)(function))
