from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

Spondyl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def spondyl() -> Spondyl:
    """Run the command line in a process of its own, as a person does."""

    def call(*words: object, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "spondyl", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call
