"""How long a person waits before anything happens: medians of seven starts."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from validation.row import Row, below


def waiting() -> Iterator[Row]:
    """Start-up times, interpreter included."""
    yield below("import spondyl", "median of 7", 0.3, _median("-c", "import spondyl"), "s")
    yield below("spondyl --help", "median of 7", 0.5, _median("-m", "spondyl", "--help"), "s")


def _median(*words: str) -> float:
    times = []
    for _ in range(7):
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)
