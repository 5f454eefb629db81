"""How long a person waits before anything happens, beside what Python itself takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

CASES = {
    "python alone": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import spondyl": ["-c", "import spondyl"],
    "spondyl --help": ["-m", "spondyl", "--help"],
}


@pytest.mark.parametrize("case", CASES)
def test_start(benchmark, case: str) -> None:
    command = [sys.executable, *CASES[case]]
    benchmark.pedantic(
        lambda: subprocess.run(command, check=True, capture_output=True), rounds=7, warmup_rounds=2
    )
