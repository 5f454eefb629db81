"""Topology and shape of bone: time and memory, and scikit-image's Euler number and surface in the same run.

``pytest benchmarks/bench_shape.py --benchmark-only`` prints the times; `extra_info` holds the peak memory of
the arrays above the input, bytes a voxel.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from spondyl.assay.microct import Segmentation, Settings, segment
from spondyl.assay.microct.shape import anisotropy, structure_model_index, surface_sums, topology
from spondyl.volume import Grid, Meaning, Scan

VOXEL = (0.02, 0.02, 0.02)
EDGES = [128, 256]
Answer = Callable[[], float]


def network(edge: int) -> NDArray[np.bool_]:
    """Return a random network of plates and rods, BV/TV about one quarter."""
    noise = np.random.default_rng(edge).standard_normal((edge, edge, edge), dtype=np.float32)
    field = gaussian_filter(noise, 5, mode="wrap")
    return np.asarray(np.abs(field) < 0.32 * field.std())


def segmented(bone: NDArray[np.bool_]) -> Segmentation:
    return segment(Scan(bone, Grid(bone.shape, VOXEL), Meaning.LABELS), Settings(binary=True))


def euler(bone: NDArray[np.bool_]) -> Answer:
    return lambda: topology(bone, None, VOXEL).euler


def reference_euler(bone: NDArray[np.bool_]) -> Answer:
    from skimage.measure import euler_number

    return lambda: float(euler_number(bone, connectivity=3))


def intercepts(bone: NDArray[np.bool_]) -> Answer:
    return lambda: anisotropy(bone, None, VOXEL).da


def model_index(bone: NDArray[np.bool_]) -> Answer:
    found = segmented(bone)
    return lambda: structure_model_index(surface_sums(found))


def surface(bone: NDArray[np.bool_]) -> Answer:
    found = segmented(bone)
    return lambda: surface_sums(found).area_mm2


def reference_surface(bone: NDArray[np.bool_]) -> Answer:
    """The same body, smoothed and cut at half, as the usual whole-array route has it."""

    def answer() -> float:
        from skimage.measure import marching_cubes, mesh_surface_area

        grey = gaussian_filter(bone.astype(np.float32), 1, mode="nearest")
        points, faces, _, _ = marching_cubes(grey, 0.5, spacing=VOXEL)
        return float(mesh_surface_area(points, faces))

    return answer


def peak_bytes(answer: Answer) -> int:
    tracemalloc.start()
    try:
        answer()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def timed(benchmark: Callable, answer: Answer, voxels: int) -> float:
    found = benchmark.pedantic(answer, rounds=3, warmup_rounds=1)
    benchmark.extra_info["bytes_per_voxel"] = round(peak_bytes(answer) / voxels, 2)
    benchmark.extra_info["seconds_per_million_voxels"] = round(1e6 * benchmark.stats["median"] / voxels, 4)
    return float(found)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("route", [euler, reference_euler])
def test_euler(benchmark: Callable, route: Callable, edge: int) -> None:
    bone = network(edge)
    assert timed(benchmark, route(bone), bone.size) == reference_euler(bone)()


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("route", [surface, reference_surface])
def test_surface(benchmark: Callable, route: Callable, edge: int) -> None:
    bone = network(edge)
    # Cut at half, thin plates shrink under the filter.
    assert timed(benchmark, route(bone), bone.size) == pytest.approx(reference_surface(bone)(), rel=0.1)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("route", [intercepts, model_index])
def test_shape(benchmark: Callable, route: Callable, edge: int) -> None:
    bone = network(edge)
    assert np.isfinite(timed(benchmark, route(bone), bone.size))
