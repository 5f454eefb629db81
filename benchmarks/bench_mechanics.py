"""Voxel finite elements against ParOSol and pyamg in one run, and the operator against the machine.

``pytest benchmarks/bench_mechanics.py --benchmark-only -s``. ParOSol is taken from `parosol-py` (GPL, never a
dependency): ``pip install parosol-py`` into an environment of its own, and ``SPONDYL_PAROSOL_PYTHON`` for its
interpreter. ``SPONDYL_BENCH_ROUNDS`` sets the rounds, ``SPONDYL_BENCH_LARGEST`` the largest edge.
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

from benchmarks import mechanics_machine as machine
from benchmarks import mechanics_parosol as parosol
from spondyl.mechanics import Model, Solution, platens, solve
from spondyl.mechanics.cpu.lanes import coefficients
from spondyl.mechanics.cpu.level import Level, make_level
from spondyl.mechanics.cpu.operator import Operator
from spondyl.mechanics.cpu.sweep import SMOOTH
from spondyl.mechanics.cpu.vectorcode import LANES
from spondyl.mechanics.element import stiffness
from spondyl.threads import Team
from validation.volumes import VOXEL_MM, porous

ROUNDS = int(os.environ.get("SPONDYL_BENCH_ROUNDS", "5"))
LARGEST = int(os.environ.get("SPONDYL_BENCH_LARGEST", "200"))
EDGES = [edge for edge in (50, 100, 150, 200, 300) if edge <= LARGEST]

LANE_FLOPS = 72 + 69 + 21 + 81 + 12
"""To the patterns and through the products, times the modulus, back, added up: one lane of a packet."""


def compressed(model: Model, threads: int = 2, **options: object) -> Solution:
    return solve(model, platens(model), threads=threads, backend="cpu", **options)


def top_force(solution: Solution) -> float:
    return float(solution.reaction[solution.conditions.values != 0].sum())


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    compressed(porous(50))


@pytest.mark.parametrize("edge", EDGES)
def test_against_parosol(benchmark: Callable, capsys: pytest.CaptureFixture, edge: int) -> None:
    python = parosol.interpreter()
    if python is None:
        pytest.skip("parosol-py is not installed: name an interpreter that has it, SPONDYL_PAROSOL_PYTHON")
    model = porous(edge)
    theirs: list[parosol.Run] = []

    def one_of_theirs() -> None:  # in turn with ours
        theirs.append(parosol.run(python, model.modulus, VOXEL_MM, ranks=2))

    found = benchmark.pedantic(compressed, args=(model,), setup=one_of_theirs, rounds=ROUNDS)
    # Both stop at 1e-6; the sum of reactions is far less exact than the energy.
    assert top_force(found) == pytest.approx(-abs(theirs[0].force), rel=1e-4)
    ours, other = benchmark.stats["median"], statistics.median(run.seconds for run in theirs)
    info = {
        "unknowns": found.dofs,
        "iterations": found.iterations,
        "setup_share": found.setup_seconds / (found.setup_seconds + found.solve_seconds),
        "parosol_seconds": other,
        "parosol_iterations": theirs[0].iterations,
        "parosol_peak_bytes": theirs[0].peak_bytes,
        "times_as_fast": other / ours,
    }
    benchmark.extra_info.update(info)
    with capsys.disabled():
        print(
            f"\nedge {edge}: {ours:.2f} s, {found.iterations} iterations, setup {info['setup_share']:.0%}; "
            f"ParOSol {other:.1f} s in {theirs[0].iterations}, {theirs[0].peak_bytes / 1e6:.0f} MB: "
            f"{other / ours:.1f} times as fast"
        )


_OVER_AND_OVER = """
import sys
from benchmarks.bench_mechanics import compressed, porous
model = porous(int(sys.argv[1]))
compressed(model, threads=1)
print("ready", flush=True)
while True:
    compressed(model, threads=1)
"""


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge in (50, 100, 150)])
def test_two_threads_against_one(benchmark: Callable, capsys: pytest.CaptureFixture, edge: int) -> None:
    """How much faster two threads are than one, and how much more two programs at once do: the limit."""
    model = porous(edge)
    alone: list[float] = []
    beside: list[float] = []

    def one(times: list[float]) -> None:
        began = time.perf_counter()
        compressed(model, threads=1)
        times.append(time.perf_counter() - began)

    benchmark.pedantic(compressed, args=(model,), setup=lambda: one(alone), rounds=ROUNDS)
    command = [sys.executable, "-c", _OVER_AND_OVER, str(edge)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
        for _ in range(ROUNDS):
            one(beside)
        other.kill()
    ratio = statistics.median(alone) / benchmark.stats["median"]
    limit = 2 * statistics.median(alone) / statistics.median(beside)
    benchmark.extra_info.update(
        {"one_thread": statistics.median(alone), "two_against_one": ratio, "two_programs": limit}
    )
    with capsys.disabled():
        print(
            f"\nedge {edge}: two threads are {ratio:.2f} times as fast as one; "
            f"two programs of one thread do {limit:.2f} times the work of one"
        )


@pytest.fixture(scope="module")
def limits() -> dict[int, tuple[float, float]]:
    """Bytes copied and operations done a second, by the number of threads."""
    return {threads: (machine.copy_bandwidth(threads), machine.peak_flops(threads)) for threads in (1, 2)}


def finest(team: Team, edge: int = 150) -> tuple[Level, Operator]:
    model = porous(edge)
    unit = stiffness(model.grid.spacing_mm, model.poisson)
    level = make_level(model.modulus, unit, coefficients(unit), None, team)
    rng = np.random.default_rng(0)
    for vector in (level.x, level.d, level.b):
        vector[level.places()] = rng.standard_normal(3 * level.nodes, dtype=np.float32)
    return level, Operator(level, coefficients(unit))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kind", ["product in double precision", "smoothing in single precision"])
def test_operator(
    benchmark: Callable,
    capsys: pytest.CaptureFixture,
    limits: dict[int, tuple[float, float]],
    kind: str,
    threads: int,
) -> None:
    team = Team(threads)
    level, operator = finest(team)
    p, out = level.x.astype(np.float64), np.zeros(level.x.size)
    double = kind.startswith("product")
    work = (
        (lambda: operator.apply(p, out))
        if double
        else (lambda: level.sweep(SMOOTH, level.x, level.d, level.b, momentum=0.3, step=0.01))
    )
    benchmark.pedantic(work, rounds=20, iterations=3, warmup_rounds=3)
    team.close()
    dofs, packets = 3 * level.nodes, level.packets.modulus.size // LANES
    # Each vector once in and each result once out; four node numbers and eight moduli a packet.
    vectors = 2 * 8 if double else 5 * 4 + 4 / 3  # p, out; x, d, b, x, d and the diagonal
    bytes_each = vectors + packets * (4 * 4 + LANES * 4) / dofs
    flops_each = packets * LANES * LANE_FLOPS / dofs
    rate = dofs / benchmark.stats["median"]
    copy, peak = limits[threads]
    peak *= 1 if double else 2
    info = {
        "million_dofs_per_second": rate / 1e6,
        "bytes_per_dof": bytes_each,
        "flops_per_dof": flops_each,
        "share_of_copy_bandwidth": rate * bytes_each / copy,
        "share_of_peak_flops": rate * flops_each / peak,
        "copy_gb_per_second": copy / 1e9,
        "peak_gflops": peak / 1e9,
    }
    benchmark.extra_info.update(info)
    with capsys.disabled():
        print(
            f"\n{kind}, {threads} thread(s): {rate / 1e6:.0f} million unknowns a second; "
            f"{bytes_each:.1f} bytes and {flops_each:.0f} operations an unknown, empty lanes included; "
            f"{info['share_of_copy_bandwidth']:.0%} of {copy / 1e9:.0f} GB/s copied, "
            f"{info['share_of_peak_flops']:.0%} of {peak / 1e9:.0f} Gflop/s"
        )


_FIRST = """
import time
import numpy as np
from spondyl.mechanics import Model, platens, solve
from spondyl.volume import Grid
model = Model(Grid((40, 40, 40), (0.02,) * 3), np.full((40, 40, 40), 1e4, np.float32))
began = time.perf_counter()
solve(model, platens(model), backend="cpu", threads=2)
print(time.perf_counter() - began)
"""


def test_first_call(benchmark: Callable, capsys: pytest.CaptureFixture, tmp_path: Path) -> None:
    """The first call of an installation compiles; every later process loads what it compiled."""

    def call() -> float:
        told = subprocess.run(
            [sys.executable, "-c", _FIRST],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return float(told.stdout)

    first = call()
    later = statistics.median(call() for _ in range(ROUNDS))
    benchmark.pedantic(call, rounds=1)
    benchmark.extra_info.update({"first_call_seconds": first, "later_call_seconds": later})
    with capsys.disabled():
        print(f"\nfirst call {first:.1f} s, later ones {later:.2f} s")


def test_against_assembled_multigrid(benchmark: Callable, capsys: pytest.CaptureFixture) -> None:
    pyamg = pytest.importorskip("pyamg", reason="pyamg is not installed")
    from spondyl.mechanics.reference import assemble
    from spondyl.mechanics.rigid import node_positions

    model = porous(50)
    conditions = platens(model)
    theirs: list[float] = []

    def one_of_theirs() -> None:
        began = time.perf_counter()
        system = assemble(model, conditions)
        held = np.zeros(system.matrix.shape[0], bool)
        rows = 3 * np.searchsorted(system.nodes, conditions.nodes) + conditions.components
        held[rows] = True
        u = np.zeros(held.size)
        u[rows] = conditions.values
        load = -(system.matrix @ u)[~held]
        inner = system.matrix[~held][:, ~held]
        x, y, z = node_positions(model, system.nodes)
        modes = np.zeros((held.size, 6))
        for c in range(3):
            modes[c::3, c] = 1
        modes[0::3, 3], modes[1::3, 3] = -y, x
        modes[1::3, 4], modes[2::3, 4] = -z, y
        modes[2::3, 5], modes[0::3, 5] = -x, z
        levels = pyamg.smoothed_aggregation_solver(inner.tobsr((3, 3)), B=modes[~held])
        levels.solve(load, tol=1e-6, accel="cg")
        theirs.append(time.perf_counter() - began)

    benchmark.pedantic(compressed, args=(model,), setup=one_of_theirs, rounds=ROUNDS)
    ratio = statistics.median(theirs) / benchmark.stats["median"]
    benchmark.extra_info["times_as_fast_as_pyamg"] = ratio
    with capsys.disabled():
        print(f"\nedge 50: {ratio:.0f} times as fast as an assembled matrix with pyamg")
