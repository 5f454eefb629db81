"""Half of the solver compiled in a process beside this one."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from spondyl.mechanics import Model, platens, solve
from spondyl.mechanics.cpu import ahead, cycle, direct, sweep, transfer, vectors
from spondyl.volume import Grid

LOOPS = [
    *(cycle.cycle, sweep.sweep, transfer.restrict, transfer.prolong, direct.solve_directly),
    *(vectors._dots, vectors._follow, vectors._advance),
]


def test_solving_nothing_compiles_what_a_solve_needs():
    ahead.solve_nothing()
    before = {loop.py_func.__name__: set(loop.signatures) for loop in LOOPS}
    model = Model(Grid((24, 24, 24), (0.02,) * 3), np.full((24, 24, 24), 1e4, np.float32))
    solve(model, platens(model), backend="cpu", threads=2)
    assert {loop.py_func.__name__: set(loop.signatures) for loop in LOOPS} == before


def test_no_process_begins_where_the_loops_are_there_or_there_is_one_thread():
    ahead.solve_nothing()
    assert ahead.compile_beside(threads=2) is None
    assert ahead.compile_beside(threads=1) is None


def test_a_process_that_cannot_be_made_is_done_without(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_words: object, **_more: object) -> None:
        raise OSError("no process")

    monkeypatch.setattr(ahead, "_kept", lambda _loop: False)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    beside = ahead.compile_beside(threads=2)
    ahead.join(beside)
    assert beside is None


def test_a_process_that_does_not_end_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ahead, "PATIENCE_S", 0.1)
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    ahead.join(sleeper)
    assert sleeper.returncode is not None
