"""Whether two registered scans show the same bone: the likeness of their trabecular networks.

The outer shape of a vertebra is much the same in every animal of a strain, so the correlation that guided the
registration cannot tell one animal from another. The network inside can: its struts lie elsewhere in every
animal. So the likeness is the correlation of the two scans inside the bone, away from its wall, after
everything coarser than the network is taken out.

What unrelated networks reach by chance is measured on the scans themselves: the same correlation with the
follow-up turned half about each axis, and turned inside out, in several positions. So the other network has
struts and spaces of just the same size.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]

FINE_VOXELS = 1.0
"""Smoothing against noise."""
COARSE_SHARE = 0.25
"""Standard deviation of what is taken out as too coarse, as a share of the greatest depth of the region."""
LEAST_VOXELS = 1000
"""A region with fewer voxels than this tells nothing."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two registered networks are.

    Parameters
    ----------
    found : their correlation.
    chance : root mean square of the correlation with the other one turned.
    """

    found: float
    chance: float


def likeness(
    baseline: Floats, followup: Floats, grid: Grid, interior: Bools, depth_mm: float
) -> Likeness | None:
    """Return the likeness of two networks on one grid, or None when the region is too small.

    Parameters
    ----------
    baseline, followup : values on `grid`, the follow-up registered.
    interior : where to compare: inside the bone, and seen in both scans.
    depth_mm : greatest depth of the bone, the scale of its shape.
    """
    if np.count_nonzero(interior) < LEAST_VOXELS:
        return None
    one, other = (_network(values, grid, depth_mm) for values in (baseline, followup))
    box = _box(interior)
    one, other, where = one[box], other[box], interior[box]
    found = _correlation(one, other, where, where, [0, 0, 0])
    steps = [max(1, round(COARSE_SHARE * depth_mm / s)) for s in grid.spacing_mm]
    turned = []
    # A mirror image is left out: near its plane it is like what it mirrors.
    for axes in ((0, 1), (0, 2), (1, 2), (0, 1, 2)):
        flipped, there = np.flip(other, axes), np.flip(where, axes)
        for way in itertools.product((-1, 1), repeat=3):
            lag = [w * s for w, s in zip(way, steps, strict=True)]
            turned.append(_correlation(one, flipped, where, there, lag))
    known = [t for t in turned if t is not None]
    if found is None or not known:
        return None
    return Likeness(found, float(np.sqrt(np.mean(np.square(known)))))


def _network(values: Floats, grid: Grid, depth_mm: float) -> Floats:
    from scipy.ndimage import gaussian_filter

    fine = gaussian_filter(values, FINE_VOXELS, mode="nearest")
    coarse = gaussian_filter(values, [COARSE_SHARE * depth_mm / s for s in grid.spacing_mm], mode="nearest")
    return np.asarray(fine - coarse, dtype=np.float32)


def _box(mask: Bools) -> tuple[slice, slice, slice]:
    ends = [np.flatnonzero(mask.any(axis=tuple(i for i in range(3) if i != axis))) for axis in range(3)]
    z, y, x = (slice(int(e[0]), int(e[-1]) + 1) for e in ends)
    return z, y, x


def _correlation(one: Floats, other: Floats, where: Bools, elsewhere: Bools, lag: list[int]) -> float | None:
    """Return the correlation of one network with the other pushed by a lag, in voxels."""
    here = tuple(slice(max(0, -k), n - max(0, k)) for k, n in zip(lag, one.shape, strict=True))
    there = tuple(slice(max(0, k), n - max(0, -k)) for k, n in zip(lag, one.shape, strict=True))
    both = where[here] & elsewhere[there]
    if np.count_nonzero(both) < LEAST_VOXELS:
        return None
    a, b = one[here][both].astype(np.float64), other[there][both].astype(np.float64)
    a -= a.mean()
    b -= b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size > 0 else 0.0
