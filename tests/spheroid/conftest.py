"""Cells to culture."""

from __future__ import annotations

import pytest

from spondyl.donor import CellBatch


@pytest.fixture
def human() -> CellBatch:
    return CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)


@pytest.fixture
def rat() -> CellBatch:
    return CellBatch("rat", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
