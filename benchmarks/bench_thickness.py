"""Tb.Th and Tb.Sp by maximal spheres against the package localthickness at full scale, one thread each.

``pytest benchmarks/bench_thickness.py --benchmark-only`` prints both times; `extra_info` holds the time for
each million voxels and the means, voxels. Without the package only ours is timed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct.thickness import local_thickness


def trabecular(edge: int) -> NDArray[np.bool_]:
    """Return |smoothed white noise| below a level, σ = 5 voxels, BV/TV one quarter."""
    rng = np.random.default_rng(edge)
    field = np.abs(gaussian_filter(rng.standard_normal((edge, edge, edge), dtype=np.float32), 5, mode="wrap"))
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
