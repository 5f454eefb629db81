"""Cross-sections of rods: discs of one value in the average of a few slices."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Scan

EDGE_SIGMA = 1.5
"""Standard deviation, in pixels, of the Gaussian whose gradient finds edges."""

EDGE_OVER_NOISE = 4.0
"""An edge is a gradient above so many times the median gradient of the noise: 4.7 standard deviations."""

LIMITS = (1, 4, 16)
"""Limits of an edge that are tried in turn: a faint rod shows at the lowest, at a higher one a dense rod
whose rim leaves little of it, or one that is not quite even."""

LEAST_RADIUS_PIXELS = 5.0
LEAST_ROUNDNESS = 0.9
"""Overlap of an area with the disc of its size about its centre, over their union; of small
areas, the overlap that is left when the outline is half a pixel off."""

LEAST_CONTRAST_TO_NOISE = 5.0
CORE = 0.8
"""Share of the radius within which a rod is measured; the blur of its rim stays outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Disc:
    """A disc in the average of slices ``start:stop``.

    Parameters
    ----------
    start, stop : slices.
    y_mm, x_mm, radius_mm : centre from the centre of the first pixel, and radius at half height.
    value, contrast : mean in the core, and that minus the mean of the surroundings.
    noise : standard deviation of single voxels in the core.
    means, cups : mean of the core, and rim minus centre by a parabola, of each slice; shape (stop - start,).
    """

    start: int
    stop: int
    y_mm: float
    x_mm: float
    radius_mm: float
    value: float
    contrast: float
    noise: float
    means: NDArray[np.float64]
    cups: NDArray[np.float64]


def discs(scan: Scan, start: int, stop: int) -> list[Disc]:
    """Return the discs in the average of slices ``start:stop``, at least two slices."""
    slab = scan.slab(start, stop)
    average = slab.mean(axis=0)
    _, high, wide = scan.grid.spacing_mm
    found: list[Disc] = []
    for quiet in _quiet(slab):
        for y, x, inner in _areas(quiet, (high, wide)):
            if any(math.hypot(y - d.y_mm, x - d.x_mm) < d.radius_mm for d in found):
                continue
            disc = _measured(slab, average, (start, stop), (y, x), inner, (high, wide))
            if disc is not None:
                found.append(disc)
    return found


def _quiet(slab: NDArray[np.float64]) -> Iterator[NDArray[np.bool_]]:
    """Pixels without an edge in the average and without a change along the axis, for each limit of edges.

    Half the difference of the two halves of the slab has the noise of their average and nothing that is
    constant along the axis, so it tells how large the gradients of the noise are.
    """
    from scipy.ndimage import gaussian_gradient_magnitude

    half = len(slab) // 2
    first, second = slab[:half].mean(axis=0), slab[half:].mean(axis=0)
    edges = gaussian_gradient_magnitude(slab.mean(axis=0), EDGE_SIGMA, mode="nearest")
    noise = gaussian_gradient_magnitude((first - second) / 2, EDGE_SIGMA, mode="nearest")
    # A scan without noise still has round-off.
    limit = max(EDGE_OVER_NOISE * float(np.median(noise)), 1e-3 * float(np.ptp(slab)))
    for factor in LIMITS:
        yield (edges <= factor * limit) & (noise <= factor * limit)


def _areas(quiet: NDArray[np.bool_], spacing: tuple[float, float]) -> Iterator[tuple[float, float, float]]:
    """Centre and radius, mm, of the round areas that do not touch the border."""
    from scipy.ndimage import find_objects, label

    labels, _ = label(quiet)
    for number, box in enumerate(find_objects(labels), start=1):
        area = labels[box] == number
        if not _round(area, spacing) or _at_border(box, quiet.shape):
            continue
        y, x = (
            (float(i.mean()) + b.start) * s for i, b, s in zip(np.nonzero(area), box, spacing, strict=True)
        )
        yield y, x, math.sqrt(np.count_nonzero(area) * math.prod(spacing) / math.pi)


def _at_border(box: tuple[slice, ...], shape: tuple[int, ...]) -> bool:
    return any(b.start == 0 or b.stop == n for b, n in zip(box, shape, strict=True))


def _round(area: NDArray[np.bool_], spacing: tuple[float, float]) -> bool:
    """Tell whether an area is a disc without a hole, and large enough."""
    y, x = (i * s for i, s in zip(np.nonzero(area), spacing, strict=True))
    size = y.size * spacing[0] * spacing[1]
    radius = math.sqrt(size / math.pi)
    if radius < LEAST_RADIUS_PIXELS * max(spacing) - 2 * EDGE_SIGMA * max(spacing):
        return False
    both = np.count_nonzero(np.hypot(y - y.mean(), x - x.mean()) <= radius) * spacing[0] * spacing[1]
    least = min(LEAST_ROUNDNESS, 1 - max(spacing) / radius)
    return bool(both >= least * (2 * size - both))


def _measured(
    slab: NDArray[np.float64],
    average: NDArray[np.float64],
    slices: tuple[int, int],
    centre: tuple[float, float],
    inner: float,
    spacing: tuple[float, float],
) -> Disc | None:
    """Measure a disc, or return None when it does not stand out from its surroundings."""
    rows, columns = (np.arange(n) * s for n, s in zip(average.shape, spacing, strict=True))
    away = np.hypot(rows[:, None] - centre[0], columns[None, :] - centre[1])
    step = max(spacing)
    centred = away <= CORE * inner
    if np.count_nonzero(centred) < 9:
        return None
    middle = float(average[centred].mean())
    radius = inner + 2 * EDGE_SIGMA * step
    for _ in range(2):
        ring = (away > radius + 3 * step) & (away <= radius + 5 * step)
        if not ring.any():
            return None
        around = float(np.median(average[ring]))
        radius = _half_height(average, away, inner, (middle, around), step)
    contrast = middle - around
    core = away <= CORE * min(radius, inner + 2 * EDGE_SIGMA * step)
    values = slab[:, core]
    noise = float(values.std(axis=1, ddof=1).mean())
    square = (away[core] / radius) ** 2
    bent = square - square.mean()
    means, cups = values.mean(axis=1), values @ bent / (bent @ bent)
    doubt = float(means.std(ddof=1)) / math.sqrt(len(means))
    if abs(contrast) <= LEAST_CONTRAST_TO_NOISE * doubt:
        return None
    return Disc(*slices, *centre, radius, float(means.mean()), contrast, noise, means, cups)


def _half_height(
    average: NDArray[np.float64],
    away: NDArray[np.float64],
    inner: float,
    ends: tuple[float, float],
    step: float,
) -> float:
    """Radius at which the mean over the circle is half-way between the core and the surroundings."""
    near = away <= inner + 4 * EDGE_SIGMA * step
    rings = (away[near] / step * 2).astype(int)
    counts = np.bincount(rings)
    profile = np.bincount(rings, weights=average[near]) / np.maximum(counts, 1)
    below = (profile - ends[1]) / (ends[0] - ends[1]) < 0.5 if ends[0] != ends[1] else counts < 0
    beyond = np.flatnonzero(below & (counts > 0) & (np.arange(len(counts)) >= 2 * CORE * inner / step))
    return float(beyond[0] if beyond.size else len(counts)) * step / 2
