"""How inner kernels are compiled: those that only other kernels call need no door from Python."""

from __future__ import annotations

import numba

inner = numba.njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function that kernels call; called from Python it would not return."""
