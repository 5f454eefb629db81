"""Thickness, direction and connectivity of shapes and fields for which they are known."""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.shape import anisotropy, topology
from spondyl.assay.microct.thickness import local_thickness, trabecular_number
from validation.row import Row, below, number
from validation.volumes import network

Bone = NDArray[np.bool_]
Triple = tuple[float, float, float]

PLACES = 6
"""Random places and directions over which a mean is taken."""


def thickness() -> Iterator[Row]:
    """Tb.Th of plates, rods and shells at random places and directions, in voxels (the longest edge)."""
    for spacing, said in (((1.0, 1.0, 1.0), "cubic"), ((2.0, 1.0, 1.0), "1:1:2")):
        for wide in (5, 8, 12):
            for name, shape in (("plate", _plate), ("rod", _rod), ("shell", _shell)):
                rng = np.random.default_rng(wide)
                truth = wide * max(spacing)
                means = [_mean(shape(truth, spacing, rng), spacing) for _ in range(PLACES)]
                bar = 0.02 if wide >= 8 else 0.05
                subject = f"{name}, {wide} voxels, {said}"
                yield number(subject, "Tb.Th, mean of six places", truth, float(np.mean(means)), relative=bar)


def directions() -> Iterator[Row]:
    """DA of Gaussian fields stretched by a known ratio along an oblique direction."""
    for ratio, sigmas in ((1.0, (3.0, 3.0, 3.0)), (1.5, (2.5, 2.5, 3.75)), (2.0, (2.0, 2.0, 4.0))):
        found = [_direction(sigmas, seed) for seed in range(4)]
        yield number(
            f"field stretched {ratio:g}", "DA, mean of four", ratio, float(np.mean(found)), relative=0.05
        )


def connectivity() -> Iterator[Row]:
    """Edge-corrected Euler number of 20 Gaussian fields above their mean, against its expectation."""
    edge, sigma = 90, 4.0
    found = []
    for seed in range(20):
        field = _smoothed((sigma,) * 3, np.eye(3), edge, seed)
        joined = topology(field > 0.5 * field.std(), None, (1.0, 1.0, 1.0))
        found.append(joined.euler_corrected or 0.0)
    rate, level = 1 / (2 * sigma**2), 0.5  # Adler 1981: second spectral moment, level in standard deviations
    expected = edge**3 * rate**1.5 * (level**2 - 1) * math.exp(-(level**2) / 2) / (4 * math.pi**2)
    yield number(
        "20 Gaussian fields", "Euler number, edge corrected", expected, float(np.mean(found)), relative=0.05
    )


def memory() -> Iterator[Row]:
    """Peak memory of Tb.Th, Tb.Sp and Tb.N above the bone itself."""
    for edge in (32, 160):  # the first loads what is compiled
        bone = network(edge)
        tracemalloc.start()
        local_thickness(bone, None, (1.0, 1.0, 1.0))
        local_thickness(~bone, None, (1.0, 1.0, 1.0))
        trabecular_number(bone, None, (1.0, 1.0, 1.0))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    yield below(
        "network, edge 160", "peak memory of Tb.Th, Tb.Sp, Tb.N, bytes a voxel", 12, peak / bone.size, "B"
    )


def growth() -> Iterator[Row]:
    """Power of the edge with which the processor time of Tb.Th and Tb.Sp grows."""
    seconds = []
    for edge in (24, 128, 256):  # the first compiles
        bone = network(edge)
        begun = time.process_time()
        for phase in (bone, ~bone):
            local_thickness(phase, None, (1.0, 1.0, 1.0), threads=1)
        seconds.append(time.process_time() - begun)
    power = math.log2(seconds[2] / seconds[1])
    yield below("network, edge 128 to 256", "power of the edge that the time grows with", 3.3, power, "")


def slabs() -> Iterator[Row]:
    """Tb.Th of a volume measured sixteen layers at a time against that of the whole."""
    bone = network(96)
    whole = local_thickness(bone, None, (1.0, 1.0, 1.0)).mean_mm
    parts = local_thickness(bone, None, (1.0, 1.0, 1.0), layers=16).mean_mm
    yield number("network, edge 96", "Tb.Th by slabs of 16 layers, voxels", whole, parts, absolute=0.0)


def _mean(bone: Bone, spacing: Triple) -> float:
    return local_thickness(bone, None, spacing).mean_mm


def _places(edge: float, spacing: Triple, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    axes = [(np.arange(round(edge / s)) + 0.5) * s - edge / 2 + s * rng.uniform(-0.5, 0.5) for s in spacing]
    return list(np.meshgrid(*axes, indexing="ij"))


def _unit(rng: np.random.Generator) -> NDArray[np.float64]:
    direction = rng.standard_normal(3)
    return np.asarray(direction / np.linalg.norm(direction))


def _plate(wide: float, spacing: Triple, rng: np.random.Generator) -> Bone:
    normal = _unit(rng)
    z, y, x = _places(max(48.0, 3 * wide), spacing, rng)
    return np.asarray(np.abs(z * normal[0] + y * normal[1] + x * normal[2]) < wide / 2)


def _rod(wide: float, spacing: Triple, rng: np.random.Generator) -> Bone:
    along = _unit(rng)
    point = np.stack(_places(max(48.0, 3 * wide), spacing, rng))
    off = point - np.tensordot(along, point, 1) * along[:, None, None, None]
    return np.asarray((off**2).sum(0) < wide**2 / 4)


def _shell(wide: float, spacing: Triple, rng: np.random.Generator) -> Bone:
    inner = 16.0
    z, y, x = _places(2 * (inner + wide) + 8, spacing, rng)
    away = np.sqrt(z**2 + y**2 + x**2)
    return np.asarray((away > inner) & (away < inner + wide))


def _smoothed(sigmas: Triple, turn: NDArray[np.float64], edge: int, seed: int) -> NDArray[np.float64]:
    covariance = turn @ np.diag(np.square(sigmas)) @ turn.T
    waves = np.stack(np.meshgrid(*[2 * np.pi * np.fft.fftfreq(edge)] * 3, indexing="ij"))
    passed = np.exp(-np.einsum("i...,ij,j...->...", waves, covariance, waves) / 2)
    noise = np.random.default_rng(seed).normal(size=(edge,) * 3)
    return np.asarray(np.fft.ifftn(np.fft.fftn(noise) * passed).real)


def _direction(sigmas: Triple, seed: int) -> float:
    turn = np.linalg.qr(np.random.default_rng(seed + 100).standard_normal((3, 3)))[0]
    found = anisotropy(_smoothed(sigmas, turn, 96, seed) > 0, None, (1.0, 1.0, 1.0))
    return found.da if found else math.nan


CHECKS: tuple[Callable[[], Iterator[Row]], ...] = (thickness, directions, connectivity, memory, growth, slabs)
