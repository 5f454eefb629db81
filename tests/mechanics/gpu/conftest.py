"""The cuda backend on the processor: its kernels compiled by g++, its driver unchanged."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cupy_on_cpu import CupyOnCpu

Cupy = Callable[..., CupyOnCpu]


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not sys.platform.startswith("linux") or shutil.which("g++") is None:
        pytest.skip("running the CUDA kernels on the processor needs g++ on Linux")
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture
def cupy(_folder: Path) -> Cupy:
    """Stand-ins for CuPy, each with a device of its own."""
    return lambda **options: CupyOnCpu(_folder, **options)


@pytest.fixture
def deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models with as many levels as large ones."""
    monkeypatch.setattr("spondyl.mechanics.gpu.multigrid.SMALLEST", 60)
