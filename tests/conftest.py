"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine, and no verdict by the clock: machines are shared and noisy.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; ``SPONDYL_SHARED_DATA`` names another place."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SPONDYL_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
