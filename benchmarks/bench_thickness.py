"""Tb.Th and Tb.Sp by maximal spheres against the package localthickness at full scale, one thread each.

``pytest benchmarks/bench_thickness.py --benchmark-only`` prints both times; `extra_info` holds the time for
each million voxels and the means, voxels. Without the package only ours is timed. ``SPONDYL_BENCH_LARGEST``
is the edge of a large volume measured by all threads, whose peak memory is told (1000 takes half an hour).
"""

from __future__ import annotations

import os
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


def ours(bone: NDArray[np.bool_]) -> tuple[float, float]:
    return tuple(local_thickness(phase, None, (1.0, 1.0, 1.0), threads=1).mean_mm for phase in (bone, ~bone))


def reference(bone: NDArray[np.bool_]) -> tuple[float, float]:
    package = pytest.importorskip("localthickness")
    return tuple(2 * float(package.local_thickness(phase)[phase].mean()) for phase in (bone, ~bone))


@pytest.mark.parametrize("edge", [128, 256])
@pytest.mark.parametrize("route", [ours, reference])
def test_thickness(benchmark: Callable, route: Callable, edge: int) -> None:
    bone = trabecular(edge)
    tb_th, tb_sp = benchmark.pedantic(route, args=(bone,), rounds=1, warmup_rounds=1)
    benchmark.extra_info["seconds_per_million_voxels"] = round(1e6 * benchmark.stats["median"] / bone.size, 3)
    benchmark.extra_info["tb_th_tb_sp_voxels"] = (round(tb_th, 2), round(tb_sp, 2))
    # The reference counts steps between centres, so half a voxel a side more or less.
    assert tb_th == pytest.approx(ours(bone)[0], abs=1.5)
    assert tb_sp == pytest.approx(ours(bone)[1], abs=1.5)


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
