"""The cuda backend on the processor, found where CuPy would be."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from cuda_fixtures import Cupy, cupy, kernel_folder
from cupy_on_cpu import CupyOnCpu
from spondyl.transport import gpu

__all__ = ["cupy", "device", "kernel_folder"]


@pytest.fixture
def device(
    cupy: Cupy, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[CupyOnCpu]:
    """A device whose blocks and threads run in their order, or, where a test says 1, in the reverse."""
    module = cupy(order=getattr(request, "param", 0))
    monkeypatch.setitem(sys.modules, "cupy", module)
    gpu.device.cache_clear()
    yield module
    gpu.device.cache_clear()
