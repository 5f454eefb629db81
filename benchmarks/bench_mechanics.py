"""The voxel finite-element solver against ParOSol, and its kernels against the machine's memory, in one run.

``make bench`` prints times; ``extra_info`` of the JSON output holds ratios, bytes and operations. ParOSol is
run through ``parosol-py`` (GPL; ``pip install parosol-py`` beside Spondyl, never needed by it), two ranks
against two threads, each program in turn; without it the comparison is skipped. ``SPONDYL_BENCH_EDGES="100
200"`` chooses the sizes.
"""

from __future__ import annotations

import importlib.util
import os
import statistics
import time
from collections.abc import Callable

import cc3d
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.mechanics import Model, platens, solve
from spondyl.volume import Grid

VOXEL_MM = 0.02
EDGES = [int(edge) for edge in os.environ.get("SPONDYL_BENCH_EDGES", "50 100").split()]
REPEATS = 3


def network(edge: int, sigma: float = 5.0, seed: int = 1) -> NDArray[np.bool_]:
    """Return |smoothed noise| < t, its largest face-connected part: a quarter of the volume."""
    rng = np.random.default_rng(seed)
    noise = gaussian_filter(rng.standard_normal((edge,) * 3, dtype=np.float32), sigma)
    bone = np.abs(noise) < np.quantile(np.abs(noise), 0.25)
    return cc3d.largest_k(bone, k=1, connectivity=6) > 0


def model(edge: int, sigma: float = 5.0) -> Model:
    bone = network(edge, sigma)
    return Model(Grid(bone.shape, (VOXEL_MM,) * 3), bone * np.float32(10_000))


def median(run: Callable[[], float]) -> float:
    return statistics.median(run() for _ in range(REPEATS))


def ours(bone: Model, threads: int = 2) -> float:
    solution = solve(bone, platens(bone), threads=threads)
    return solution.setup_seconds + solution.solve_seconds


def parosol(bone: Model) -> float:
    import parosol_py

    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    done = parosol_py.solve(
        material=bone.modulus, spacing=bone.grid.spacing_mm, strain=-0.01, tolerance=1e-6, mpi_processes=2,
        outputs=(),
    )  # fmt: skip
    return float(done.summary.run.overall_time_seconds)


@pytest.mark.parametrize("edge", EDGES)
def test_solve(benchmark, edge: int) -> None:
    bone = model(edge)
    ours(bone)
    solution = benchmark.pedantic(lambda: solve(bone, platens(bone), threads=2), rounds=REPEATS)
    benchmark.extra_info |= {
        "degrees of freedom": solution.dofs,
        "iterations": solution.iterations,
        "setup share": solution.setup_seconds / solution.solve_seconds,
        "one thread over two": median(lambda: ours(bone, 1)) / median(lambda: ours(bone, 2)),
    }
    print(f"\nedge {edge}: {benchmark.extra_info}")


@pytest.mark.skipif(importlib.util.find_spec("parosol_py") is None, reason="parosol-py is not installed")
@pytest.mark.parametrize("edge", EDGES)
def test_against_parosol(benchmark, edge: int) -> None:
    bone = model(edge)
    ours(bone)
    pairs = [(ours(bone), parosol(bone)) for _ in range(1 if edge > 100 else REPEATS)]
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    benchmark.pedantic(lambda: ours(bone), rounds=1)
    benchmark.extra_info |= {"spondyl s": mine, "parosol s": theirs, "ratio": theirs / mine}
    print(f"\nedge {edge}: Spondyl {mine:.2f} s, ParOSol {theirs:.2f} s, ratio {theirs / mine:.1f}")


@pytest.mark.parametrize("threads", [1, 2])
def test_operator(benchmark, threads: int) -> None:
    """The smoothing step of the finest level at edge 150, against a copy of the same bytes."""
    from spondyl.mechanics.cpu.lanes import coefficients
    from spondyl.mechanics.cpu.level import make_level
    from spondyl.mechanics.cpu.sweep import SMOOTH
    from spondyl.mechanics.cpu.team import Team
    from spondyl.mechanics.element import stiffness

    bone = model(150)
    unit = stiffness((1.0, 1.0, 1.0), 0.3)
    level = make_level(bone.modulus, unit, coefficients(unit), None, Team(threads))
    benchmark.pedantic(
        lambda: level.sweep(SMOOTH, level.x, level.d, level.b, 0.3, 0.1), rounds=15, warmup_rounds=2
    )
    dofs = 3 * level.nodes
    elements = int((bone.modulus > 0).sum())
    packets = level.packets.starts.nbytes + level.packets.modulus.nbytes
    # x and d are read and written, b and the diagonal read.
    traffic = (5 * level.x.nbytes + level.diagonal.nbytes + packets) / dofs
    seconds = float(benchmark.stats.stats.min)
    benchmark.extra_info |= {
        "million dofs a second": dofs / seconds / 1e6,
        "bytes a dof": traffic,
        "flops a dof": 246 * elements / dofs,
        "share of copy bandwidth": dofs * traffic / seconds / copy_bandwidth(threads),
    }
    print(f"\n{threads} thread(s): {benchmark.extra_info}")


def copy_bandwidth(threads: int) -> float:
    """Return bytes a second, read and written, of copying arrays larger than the cache of a core."""
    from concurrent.futures import ThreadPoolExecutor

    sources = [np.ones(16_000_000, np.float32) for _ in range(threads)]
    targets = [np.empty_like(source) for source in sources]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(7):
            began = time.perf_counter()
            list(pool.map(np.copyto, targets, sources))
            best = max(best, 2 * threads * sources[0].nbytes / (time.perf_counter() - began))
    return best
