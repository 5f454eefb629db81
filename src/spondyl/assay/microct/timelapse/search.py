"""Where to begin: the best of a set of rotations, each with its best shift, on coarse copies of the scans."""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.timelapse.itk import resampled
from spondyl.assay.microct.timelapse.transform import Rigid, rigid
from spondyl.volume import Grid

COARSE_VOXELS = 36
"""Voxels along the longest edge of the coarse copies."""
STEP_DEG = 12.0
"""Distance of the rotations; refining finds its way from half of it."""
AXES = (0, 1, 2)

Floats = NDArray[np.float32]


def starts(
    baseline: Floats, grid: Grid, followup: Floats, other: Grid, *, widest_deg: float, count: int
) -> list[Rigid]:
    """Return the motions from baseline to follow-up that fit best on coarse copies, best first.

    Every rotation of a grid up to `widest_deg` turns the follow-up about the middle of its mass; the shift is
    where the correlation of the two is highest, found for all shifts at once by Fourier transform.

    Parameters
    ----------
    baseline, followup : values on `grid` and `other`.
    widest_deg : largest rotation looked at, degrees.
    count : how many to return.
    """
    edge = max(*grid.size_mm, *other.size_mm) / COARSE_VOXELS
    step = max(edge, *grid.spacing_mm, *other.spacing_mm)
    still, still_grid = _coarse(baseline, grid, step)
    moving, moving_grid = _coarse(followup, other, step)
    shape = tuple(2 * int(n) for n in np.maximum(still_grid.shape, moving_grid.shape))
    fixed = np.fft.rfftn(still, shape, axes=AXES)
    found = []
    for number, matrix in enumerate(rotations(widest_deg)):
        score, motion = _best_shift(fixed, shape, still_grid, moving, moving_grid, matrix)
        found.append((-score, number, motion))
    return [motion for _, _, motion in sorted(found)[:count]]


def rotations(widest_deg: float) -> list[NDArray[np.float64]]:
    """Return rotation matrices on a grid of rotation vectors no longer than `widest_deg`, the smallest first.

    Examples
    --------
    >>> [len(rotations(w)) for w in (0, 12, 24)]
    [1, 7, 33]
    """
    from scipy.spatial.transform import Rotation

    reach = int(widest_deg / STEP_DEG + 1e-9)
    steps = range(-reach, reach + 1)
    vectors = [v for v in itertools.product(steps, repeat=3) if math.hypot(*v) <= reach * (1 + 1e-9)]
    vectors.sort(key=lambda v: (math.hypot(*v), v))
    scaled = np.radians(STEP_DEG * np.array(vectors, dtype=np.float64))
    return [Rotation.from_rotvec(v).as_matrix() for v in scaled]


def _coarse(values: Floats, grid: Grid, step: float) -> tuple[Floats, Grid]:
    """Return a smoothed copy with cubic voxels of length `step`, background (its lowest percentile) at 0."""
    from scipy.ndimage import gaussian_filter

    low = float(np.percentile(values, 1))
    smooth = gaussian_filter(values - low, [step / s / 2 for s in grid.spacing_mm], mode="nearest")
    z, y, x = (max(1, math.ceil(e / step)) for e in grid.size_mm)
    coarse = Grid((z, y, x), (step, step, step))
    found = resampled(smooth, grid, Rigid(), coarse, outside=0.0)
    return found - np.float32(found.mean()), coarse


def _best_shift(
    fixed: NDArray[np.complexfloating],
    shape: tuple[int, ...],
    still: Grid,
    moving: Floats,
    grid: Grid,
    matrix: NDArray[np.float64],
) -> tuple[float, Rigid]:
    middle = np.array(grid.size_mm) / 2
    turned = rigid(matrix, middle - matrix @ middle)
    rotated = resampled(moving, grid, turned, grid, outside=0.0)
    size = float(np.linalg.norm(rotated))
    product = np.fft.irfftn(np.conj(fixed) * np.fft.rfftn(rotated, shape, axes=AXES), shape, axes=AXES)
    at = np.unravel_index(int(np.argmax(product)), shape)
    lag = np.array([i - n if i > n / 2 else i for i, n in zip(at, shape, strict=True)])
    # A baseline point p lies at p + lag in the turned copy; from there the rotation leads to the follow-up.
    shift = matrix @ (lag * still.spacing_mm[0]) + np.array(turned.shift_mm)
    return float(product[at]) / (size or 1.0), rigid(matrix, shift)
