"""Thousands of cells with the osteogenic network against libroadrunner, run cell by cell, in one run.

``pytest benchmarks/bench_network.py --benchmark-only -s``. Both integrate 21 days with an output a day at
the same tolerances; seconds are those of the processor. libroadrunner loads the network once and is reset
for each cell; it runs ``SPONDYL_BENCH_CELLS`` cells (200), and its time is scaled to all.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spondyl.network import batch
from spondyl.spheroid import osteogenic

CELLS = 4000
THEIRS = int(os.environ.get("SPONDYL_BENCH_CELLS", "200"))
ROUNDS = int(os.environ.get("SPONDYL_BENCH_ROUNDS", "5"))
DAYS = np.arange(22.0)
ATOL = 1e-9
FIXED = {"osteogenic": 1.0, "contact": 1.0}


def oxygen() -> np.ndarray:
    return np.random.default_rng(0).uniform(0.005, 0.19, CELLS)


def ours(cells: int = CELLS, **options: float) -> np.ndarray:
    inputs = {**FIXED, "oxygen": oxygen()[:cells]}
    return batch(osteogenic.network()).integrate(DAYS, inputs=inputs, threads=1, **options)


class Theirs:
    """libroadrunner with the network loaded."""

    def __init__(self, rtol: float) -> None:
        roadrunner = pytest.importorskip("roadrunner", reason="libroadrunner is not installed")
        net = osteogenic.network()
        self.runner = roadrunner.RoadRunner(net.sbml)
        self.runner.timeCourseSelections = list(net.species)
        self.runner.integrator.relative_tolerance = rtol
        self.runner.integrator.absolute_tolerance = ATOL

    def run(self) -> np.ndarray:
        found = []
        for value in oxygen()[:THEIRS].tolist():
            self.runner.reset()
            for name, number in {**FIXED, "oxygen": value}.items():
                self.runner.setValue(name, number)
            found.append(np.array(self.runner.simulate(0, 21, 22)))
        return np.stack(found, axis=1)


def seconds(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


@pytest.mark.parametrize("rtol", [1e-6, 1e-8])
def test_against_libroadrunner(benchmark: Callable, capsys: pytest.CaptureFixture, rtol: float) -> None:
    theirs = Theirs(rtol)
    exact = ours(THEIRS, rtol=1e-11, atol=1e-14)
    other: list[float] = []
    own: list[float] = []
    errors = [0.0, 0.0]

    def one_of_theirs() -> None:  # in turn with ours
        spent, found = seconds(theirs.run)
        other.append(spent * CELLS / THEIRS)
        errors[1] = float(np.max(np.abs(found - exact) / (np.abs(exact) + 1e-6)))

    def one_of_ours() -> None:
        spent, found = seconds(lambda: ours(rtol=rtol, atol=ATOL))
        own.append(spent)
        errors[0] = float(np.max(np.abs(found[:, :THEIRS] - exact) / (np.abs(exact) + 1e-6)))

    ours(2)
    benchmark.pedantic(one_of_ours, setup=one_of_theirs, rounds=ROUNDS)
    ratio = statistics.median(other) / statistics.median(own)
    benchmark.extra_info.update(
        {"times_as_fast": ratio, "error": errors[0], "libroadrunner_error": errors[1]}
    )
    with capsys.disabled():
        print(
            f"\n{CELLS} cells, 21 days, tolerance {rtol:g}: {statistics.median(own):.2f} s, largest error "
            f"{errors[0]:.1e}; libroadrunner {statistics.median(other):.2f} s, {errors[1]:.1e}: "
            f"{ratio:.1f} times as fast"
        )


_FIRST = """
import time
from spondyl.network import batch
from spondyl.spheroid import osteogenic
began = time.process_time()
batch(osteogenic.network()).integrate([0, 1], inputs={"osteogenic": 1.0, "oxygen": 0.1}, threads=1)
print(time.process_time() - began)
"""


def test_first_call(benchmark: Callable, capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """The first call of an installation compiles the integrator; every process compiles its networks."""

    def call() -> float:
        env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        told = subprocess.run(
            [sys.executable, "-c", _FIRST], env=env, capture_output=True, text=True, check=True
        )
        return float(told.stdout)

    first = call()
    later = statistics.median(call() for _ in range(ROUNDS))
    benchmark.pedantic(call, rounds=1)
    benchmark.extra_info.update({"first_call_seconds": first, "later_call_seconds": later})
    with capsys.disabled():
        print(f"\nfirst call {first:.1f} s, in a later process {later:.2f} s")
