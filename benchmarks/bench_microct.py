"""Micro-CT measurement against the whole-array route of scipy, scikit-image and cc3d, in one run.

``pytest benchmarks/bench_microct.py --benchmark-only`` prints both times; `extra_info` holds the peak memory
of the arrays above the input, bytes a voxel.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct import Settings, measure
from spondyl.volume import Grid, Meaning, Scan

VOXEL = (0.02, 0.02, 0.02)
NOISE = 12.0


def trabecular(edge: int) -> NDArray[np.uint8]:
    """Return an 8-bit scan of a random network of plates and rods, BV/TV about one quarter."""
    rng = np.random.default_rng(edge)
    field = gaussian_filter(rng.standard_normal((edge, edge, edge), dtype=np.float32), 5, mode="wrap")
    bone = np.abs(field) < 0.32 * field.std()
    grey = gaussian_filter(np.where(bone, np.float32(160), np.float32(40)), 0.8)
    grey += NOISE * rng.standard_normal(grey.shape, dtype=np.float32)
    return np.clip(grey, 0, 255).astype(np.uint8)


def ours(stored: NDArray[np.uint8]) -> tuple[float, float]:
    scan = Scan(stored, Grid(stored.shape, VOXEL), Meaning.RAW)
    found = measure(scan, Settings(gaussian_voxels=1, largest=True))
    return found.bv_tv, found.bs_mm2


def reference(stored: NDArray[np.uint8]) -> tuple[float, float]:
    import cc3d
    from skimage.filters import threshold_otsu
    from skimage.measure import marching_cubes, mesh_surface_area

    grey = gaussian_filter(stored.astype(np.float64), 1, mode="nearest", truncate=4)
    threshold = threshold_otsu(grey, nbins=256)
    bone = cc3d.largest_k(grey >= threshold, k=1, connectivity=6) > 0
    grey = np.where(bone, grey, np.minimum(grey, threshold))
    points, faces, _, _ = marching_cubes(grey, threshold, spacing=VOXEL)
    return float(bone.mean()), float(mesh_surface_area(points, faces))


def peak_bytes(route: Callable[[NDArray[np.uint8]], object], stored: NDArray[np.uint8]) -> int:
    tracemalloc.start()
    try:
        route(stored)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("edge", [128, 256])
@pytest.mark.parametrize("route", [ours, reference])
def test_measure(benchmark: Callable, route: Callable, edge: int) -> None:
    stored = trabecular(edge)
    bv_tv, bs = benchmark.pedantic(route, args=(stored,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["bytes_per_voxel"] = round(peak_bytes(route, stored) / stored.size, 1)
    benchmark.extra_info["seconds_per_million_voxels"] = round(
        1e6 * benchmark.stats["median"] / stored.size, 3
    )
    assert bv_tv == pytest.approx(reference(stored)[0], rel=1e-12)
    # The reference leaves out half a voxel at each face of the array.
    assert bs == pytest.approx(reference(stored)[1], rel=0.03)
