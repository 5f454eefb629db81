"""Tb.Th and Tb.Sp by maximal spheres against the package localthickness at full scale, in turn.

``pytest benchmarks/bench_thickness.py --benchmark-only -s``; the package works on one thread; without it
nothing is compared. ``SPONDYL_BENCH_LARGEST`` is the edge of a large volume measured by all threads, whose
peak memory is told (1000 takes half an hour).
"""

from __future__ import annotations

import os
import statistics
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.thickness import local_thickness


def trabecular(edge: int) -> NDArray[np.bool_]:
    """Return |smoothed white noise| below a level, σ = 5 voxels, BV/TV one quarter."""
    rng = np.random.default_rng(edge)
    field = rng.standard_normal((edge, edge, edge), dtype=np.float32)
    gaussian_filter(field, 5, mode="wrap", output=field)
    np.abs(field, out=field)
    return np.asarray(field < np.quantile(field[::2, ::2, ::2], 0.25))


def ours(bone: NDArray[np.bool_], threads: int) -> tuple[float, float]:
    phases = bone, ~bone
    tb_th, tb_sp = (local_thickness(phase, None, (1.0, 1.0, 1.0), threads=threads) for phase in phases)
    return tb_th.mean_mm, tb_sp.mean_mm


def theirs(bone: NDArray[np.bool_]) -> tuple[float, float]:
    """The package counts steps between centres on both sides of a ball's centre."""
    package = pytest.importorskip("localthickness")
    tb_th, tb_sp = (2 * float(package.local_thickness(phase)[phase].mean()) for phase in (bone, ~bone))
    return tb_th, tb_sp


@pytest.mark.parametrize("threads", [2, 1])
@pytest.mark.parametrize("edge", [128, 256])
def test_thickness(benchmark: Callable, capsys: pytest.CaptureFixture, edge: int, threads: int) -> None:
    bone = trabecular(edge)
    other: list[float] = []
    known: list[tuple[float, float]] = []

    def one_of_theirs() -> None:  # in turn with ours
        began = time.perf_counter()
        known.append(theirs(bone))
        other.append(time.perf_counter() - began)

    ours(trabecular(64), threads)  # compiles
    found = benchmark.pedantic(ours, args=(bone, threads), setup=one_of_theirs, rounds=3)
    # Half a voxel a side more or less.
    assert found == pytest.approx(known[0], abs=1.5)
    own, reference = benchmark.stats["median"], statistics.median(other)
    benchmark.extra_info.update({"localthickness_seconds": reference, "share_of_its_time": own / reference})
    with capsys.disabled():
        print(
            f"\nTb.Th and Tb.Sp, edge {edge}, {threads} thread(s): {own:.2f} s, localthickness "
            f"{reference:.2f} s: {own / reference:.2f} of its time"
        )


@pytest.mark.parametrize("edge", [int(os.environ.get("SPONDYL_BENCH_LARGEST", "200"))])
@pytest.mark.parametrize("phase", ["bone", "marrow"])
def test_large(benchmark: Callable, capsys: pytest.CaptureFixture, edge: int, phase: str) -> None:
    local_thickness(trabecular(64), None, (1.0, 1.0, 1.0))  # compiles
    voxels = trabecular(edge)
    if phase == "marrow":
        np.logical_not(voxels, out=voxels)
    tracemalloc.start()
    found = benchmark.pedantic(local_thickness, args=(voxels, None, (1.0, 1.0, 1.0)), rounds=1)
    peak = tracemalloc.get_traced_memory()[1] / voxels.size
    tracemalloc.stop()
    benchmark.extra_info.update({"peak_bytes_a_voxel": round(peak, 1), "mean_voxels": found.mean_mm})
    with capsys.disabled():
        print(
            f"\n{phase}, edge {edge}: {found.mean_mm:.3f} voxels in {benchmark.stats['median']:.0f} s, "
            f"{peak:.1f} bytes a voxel above the phase itself"
        )
