"""CUDA kernels on the processor: compiled by g++, the drivers unchanged."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cupy_on_cpu import CupyOnCpu

Cupy = Callable[..., CupyOnCpu]


@pytest.fixture(scope="session")
def kernel_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where to compile, a folder for each engine."""
    if not sys.platform.startswith("linux") or shutil.which("g++") is None:
        pytest.skip("running the CUDA kernels on the processor needs g++ on Linux")
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def cupy(kernel_folder: Path) -> Cupy:
    """Stand-ins for CuPy, each with a device of its own."""
    return lambda **options: CupyOnCpu(kernel_folder, **options)
