"""Loops that do not count who holds their arrays make none and return none."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numba.core import types
from numba.core.dispatcher import Dispatcher
from numba.core.errors import TypingError

from spondyl.assay.microct.shape import anisotropy
from spondyl.assay.microct.thickness import local_thickness
from spondyl.compiled import bare, bare_kernel, kernel
from spondyl.transport import Domain, diffuse, drift, steady


@bare_kernel
def add_rows(values, out):
    for k in range(len(values)):
        row = values[k]
        for i in range(len(row)):
            out[k] += row[i]


@bare
def _longer(values):
    return np.zeros(2 * len(values))


@kernel
def make(values):
    return _longer(values).sum()


def test_a_bare_kernel_leaves_arrays_to_those_who_hold_them():
    values, out = np.ones((5, 3)), np.zeros(5)
    held = sys.getrefcount(values), sys.getrefcount(out)
    add_rows(values, out)
    assert (sys.getrefcount(values), sys.getrefcount(out)) == held
    np.testing.assert_array_equal(out, 3.0)


def test_a_bare_loop_cannot_make_an_array():
    with pytest.raises(TypingError):
        make(np.ones(3))


def _used() -> None:
    """Call what compiles loops of each kind."""
    phase = np.zeros((12, 12, 12), np.bool_)
    phase[:, 3:8] = True
    local_thickness(phase, None, (1.0, 1.0, 1.0), threads=1)
    anisotropy(phase, None, (1.0, 1.0, 1.0))
    domain = Domain(np.ones((3, 4, 40), np.bool_), (0.1, 0.1, 0.1))
    field, rate = np.ones((1, *domain.shape)), np.ones((1, *domain.shape))
    diffuse(domain, field, rate, 0.1, decay=rate, source=rate)
    drift(domain, field, field[0], [0.01], 0.1)
    steady(domain, 1.0, field[0], 0.1, field[0], 0.5)


def test_no_bare_loop_returns_an_array():
    """Its caller would give back what it was never given. Loops kept on disk are not looked at."""
    _used()
    checked = 0
    for module in [module for name, module in sys.modules.items() if name.startswith("spondyl.")]:
        for loop in vars(module).values():
            if isinstance(loop, Dispatcher) and loop.targetoptions.get("_nrt") is False:
                for signature in loop.nopython_signatures:
                    parts = getattr(signature.return_type, "types", (signature.return_type,))
                    assert not any(isinstance(part, types.Array) for part in parts), loop.py_func
                    checked += 1
    assert checked > 0
