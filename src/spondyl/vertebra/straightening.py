"""The long axis of a scanned vertebra is found and turned upright, and the scan cropped to the bone."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]

MARGIN = 3
"""Empty voxels kept around the bone."""

STRAIGHT = 2.0
"""Degrees of tilt that are left as they are: turning blurs."""

CORE = 0.4
"""Depth below the surface, over the largest, from which a place belongs to the core of the body."""

SURE_AXIS = 1.25
"""Ratio of the bone's extents along and across the axis below which the axis is not trusted."""

SURE_UP = 0.05
"""Height of the pedicles above the middle of the body, over its height, to tell up from down."""


def straighten(
    share: Reals, grid: Grid, *, axis: str, up: str
) -> tuple[Reals, Grid, list[str], dict[str, float]]:
    """Return the bone upright and cropped, its grid, what was done, and how sure it is.

    Parameters
    ----------
    share : of bone, (z, y, x).
    grid : its grid; cubes.
    axis : "auto" or "z".
    up : "+z", "-z", or "auto" for +z.
    """
    notes: list[str] = []
    sure: dict[str, float] = {}
    if axis == "auto":
        way, ratio = long_axis(share)
        tilt = math.degrees(math.acos(min(1.0, abs(way[0]))))
        sure |= {"axis_ratio": ratio, "tilt_degrees": tilt}
        if ratio < SURE_AXIS:
            notes.append(f"unsure of the axis: extents differ by {ratio:.2f} only; the scan's z was kept")
        elif tilt > STRAIGHT:
            share = _turned(share, way)
            notes.append(f"turned upright by {tilt:.1f} degrees")
    if up == "-z":
        share = share[::-1, :, ::-1]
        notes.append("turned over: the head is at -z")
    share = _cropped(np.ascontiguousarray(share))
    lean = pedicle_height(share)
    sure["pedicle_height"] = lean
    if up == "auto" and abs(lean) < SURE_UP:
        notes.append(f"unsure which end is the head's: pedicles lie {lean:+.2f} of the height off the middle")
    elif lean < -SURE_UP:
        notes.append(f"looks upside down: pedicles lie {lean:+.2f} of the height off the middle")
    z, y, x = share.shape
    h = grid.spacing_mm[0]
    origin = tuple(-(n - 1) / 2 * h for n in (z, y, x))
    return share, Grid((z, y, x), (h, h, h), (origin[0], origin[1], origin[2])), notes, sure


def long_axis(share: Reals) -> tuple[Reals64, float]:
    """Return the axis of least inertia (z, y, x) nearest to z where extents are alike, and their ratio.

    The body is weighed with its marrow, without what is thin: pedicles would tilt it.
    """
    from scipy.ndimage import binary_closing, binary_fill_holes, distance_transform_edt

    step = max(1, round((share.size / 200_000) ** (1 / 3)))
    thin = share[::step, ::step, ::step] >= 0.4
    body = binary_fill_holes(binary_closing(np.pad(thin, 4), iterations=3))
    depth = distance_transform_edt(body)
    points = np.argwhere(depth > CORE * depth.max()).astype(np.float64)
    spread, ways = np.linalg.eigh(np.cov(points.T))
    way = ways[:, 2] * (1 if ways[0, 2] >= 0 else -1)
    return way, float(math.sqrt(spread[2] / max(spread[1], 1e-12)))


def pedicle_height(share: Reals) -> float:
    """Return how far bone at the back lies above the middle, over the height; 0 where nothing sticks out."""
    bone = share >= 0.5
    high = np.flatnonzero(bone.any((1, 2)))
    if not high.size:
        return 0.0
    middle, height = (high[0] + high[-1]) / 2, high[-1] - high[0] + 1
    counts = bone.sum((0, 2))
    back = np.flatnonzero(counts > 0)[-1]
    tail = bone[:, max(back - (back - np.flatnonzero(counts > 0)[0]) // 8, 0) :, :]
    if tail.sum() < 8:
        return 0.0
    return float((np.argwhere(tail)[:, 0].mean() - middle) / height)


def _turned(share: Reals, way: Reals64) -> Reals:
    """Turn the array so that `way` becomes z, by the shortest turn, on a box that holds all of it."""
    from scipy.ndimage import affine_transform

    up = np.array([1.0, 0.0, 0.0])
    cross, cosine = np.cross(way, up), float(way @ up)
    skew = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    turn = np.eye(3) + skew + skew @ skew / (1 + cosine)
    corners = np.array(np.meshgrid(*[(-n / 2, n / 2) for n in share.shape])).reshape(3, -1)
    size = 2 * np.ceil(np.abs(turn @ corners).max(1)).astype(int) + 2
    offset = (np.array(share.shape) - 1) / 2 - turn.T @ ((size - 1) / 2)
    turned = affine_transform(share, turn.T, offset, (int(size[0]), int(size[1]), int(size[2])), order=1)
    return np.asarray(turned, np.float32)


def _cropped(share: Reals) -> Reals:
    for axis in range(3):
        held = np.flatnonzero((share >= 0.25).any(tuple(a for a in range(3) if a != axis)))
        share = share.take(np.arange(held[0], held[-1] + 1), axis)
    return np.pad(share, MARGIN)
