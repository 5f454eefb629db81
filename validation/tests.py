"""Long tests whose outcome belongs into the table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from validation.row import Row

_RUNS = {
    "SIGKILL at ten random moments, results bit-identical": ["tests/study/test_kill.py"],
    "report in headless Chromium: no error, no request, pictures visible": ["tests/report", "-m", "browser"],
}


def outcomes() -> Iterator[Row]:
    """Run each and report pytest's closing line."""
    for check, words in _RUNS.items():
        command = [sys.executable, "-m", "pytest", "-q", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = done.stdout.strip().splitlines()
        last = lines[-1].split(" in ")[0].strip("= ") if lines else "no output"
        met = done.returncode == 0 and "skipped" not in last
        yield Row(words[0], check, "passed", last, "", met)
