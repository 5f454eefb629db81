from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

Spondyl = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def spondyl() -> Spondyl:
    """Run the command line in a process of its own, as a person does; the first call compiles."""

    def call(*words: object, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "spondyl", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


@pytest.fixture
def spondyl_here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Spondyl:
    """Run the command line in this process, for many short calls."""

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        from spondyl.cli.app import run_app

        command = ["spondyl", *map(str, words)]
        monkeypatch.setattr(sys, "argv", command)
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run_app()
        told = capsys.readouterr()
        code = left.value.code if isinstance(left.value.code, int) else 0
        return subprocess.CompletedProcess(command, code, told.out, told.err)

    return call
