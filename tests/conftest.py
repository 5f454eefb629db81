"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine, and no verdict by the clock: machines are shared and noisy.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


LONG = (
    "test_microct_thickness",  # compiles what studies measure with, before several processes would at once
    "test_cuda_source",
    "test_microct_phases",
    "test_kill",
    "test_verbs",
    "test_cuda_parity",
    "test_cuda_kernels",
    "test_damage",
)
"""Files that take minutes go first, so that no core waits at the end for another one's last file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.index(item.path.stem) if item.path.stem in LONG else len(LONG))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data beside the checkout; ``SPONDYL_SHARED_DATA`` names another place."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SPONDYL_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
