"""The cuda backend on the processor."""

from __future__ import annotations

import pytest

from cuda_fixtures import cupy, kernel_folder

__all__ = ["cupy", "deep", "kernel_folder"]


@pytest.fixture
def deep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models with as many levels as large ones."""
    monkeypatch.setattr("spondyl.mechanics.gpu.multigrid.SMALLEST", 60)
