"""How kernels are compiled: at their first call, kept on disk, free of the interpreter's lock.

Divisions are not checked for zero: no kernel divides by what may be zero, and the checks cost compilation.
"""

from __future__ import annotations

import numba

kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
"""Compile a function that Python calls."""

inner = numba.njit(cache=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compile a function that only kernels call: it has no door from Python."""
