"""Wall, end-plates, trabecular compartment and canal of a scanned vertebra that stands upright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.vertebra.vertebra import CANAL, CORTEX, END_PLATE, OUTSIDE, TRABECULAR
from spondyl.volume import Grid

Reals = NDArray[np.float32]
Bools = NDArray[np.bool_]

CLOSING_MM = 0.35
"""Radius over which gaps of the wall are bridged, for a bone 5 mm wide; it grows with the bone."""

UPRIGHT = 0.7
"""Cosine between the outward direction and z from which a wall is an end-plate."""

LEAST_CANAL = 0.02
"""Volume over that of the bone below which a hole is a vessel's, not the canal."""

CLEAR = 0.25
"""Fall of the share of bone from the wall to the inside below which the wall's thickness is not trusted."""


def label(
    share: Reals, grid: Grid, wall_mm: float | None
) -> tuple[NDArray[np.uint8], list[str], dict[str, float]]:
    """Return the regions, what was unsure, and the numbers found.

    Parameters
    ----------
    share : of bone, upright and cropped.
    grid : of cubes.
    wall_mm : thickness of the wall; found if None.
    """
    from scipy.ndimage import distance_transform_edt as distance
    from scipy.ndimage import gaussian_filter

    h = grid.spacing_mm[0]
    bone = share >= 0.5
    body = envelope_of(bone, h)
    depth = np.asarray(distance(body) * h, np.float32)
    notes: list[str] = []
    found, clear = (wall_mm, 1.0) if wall_mm is not None else wall_thickness(bone, depth, h)
    if clear < CLEAR:
        notes.append(f"unsure of the wall: the share of bone falls by {clear:.2f} only; give its thickness")
    region = np.full(share.shape, OUTSIDE, np.uint8)
    region[body & (depth > found)] = TRABECULAR
    wall = body & (depth <= found)
    smooth = gaussian_filter(depth, 0.15 / h)
    slope = np.stack([np.asarray(np.gradient(smooth, axis=axis)) for axis in range(3)])
    size = np.linalg.norm(slope, axis=0)
    upright = np.abs(slope[0]) > UPRIGHT * np.maximum(size, 1e-9)
    far = np.abs(np.arange(share.shape[0]) - (share.shape[0] - 1) / 2) > share.shape[0] / 4
    region[wall] = CORTEX
    region[wall & upright & far[:, None, None]] = END_PLATE
    hole = canal_of(body)
    region[hole] = CANAL
    if not hole.any():
        notes.append("no closed canal was found")
    return region, notes, {"wall_mm": float(found), "wall_contrast": float(clear)}


def envelope_of(bone: Bools, h: float) -> Bools:
    """Return the bone with everything inside its outer surface; gaps of the wall are bridged."""
    from scipy.ndimage import binary_fill_holes
    from scipy.ndimage import distance_transform_edt as distance

    width = np.count_nonzero(bone.any((0, 1))) * h
    radius = CLOSING_MM * width / 5
    room = int(np.ceil(radius / h)) + 2
    padded = np.pad(bone, room)
    wide = distance(~padded) * h <= radius
    for k in range(wide.shape[0]):
        # A canal goes through all slices and stays: it is open above and below.
        wide[k] = wide[k] | (binary_fill_holes(wide[k]) & ~_large_holes(wide[k], h, width))
    closed = binary_fill_holes(wide)
    inner = distance(np.pad(closed, 1))[1:-1, 1:-1, 1:-1] * h > radius
    cut = slice(room, -room)
    return np.asarray(inner[cut, cut, cut] | bone)


def _large_holes(plane: Bools, h: float, width: float) -> Bools:
    """Return the holes of a slice at least a fifth as wide as the bone, at the back of most of its area."""
    from scipy.ndimage import binary_fill_holes, center_of_mass
    from scipy.ndimage import label as parts

    holes = binary_fill_holes(plane) & ~plane
    names, count = parts(holes)
    large = np.zeros(plane.shape, np.bool_)
    middle = np.argwhere(plane)[:, 0].mean() if plane.any() else 0.0
    for name in range(1, count + 1):
        one = names == name
        if one.sum() * h * h > 0.5 * (width / 5) ** 2 and center_of_mass(one)[0] > middle:
            large |= one
    return large


def wall_thickness(bone: Bools, depth: Reals, h: float) -> tuple[float, float]:
    """Return the depth at which bone has thinned half way to the share inside, and by how much it falls."""
    steps = np.arange(0.5, max(depth.max() / h / 2, 3), 0.5)
    inside = (depth > 0) & (depth <= (steps[-1] + 0.5) * h)
    bins = np.clip((depth[inside] / h * 2).astype(int), 0, len(steps))
    count = np.bincount(bins, minlength=len(steps) + 1)
    filled = np.bincount(bins, bone[inside], minlength=len(steps) + 1)
    share = filled / np.maximum(count, 1)
    held = np.flatnonzero(count > 50)
    top = int(held[share[held].argmax()])
    floor = float(np.median(share[held[held > top]])) if (held > top).any() else float(share[top])
    half = (share[top] + floor) / 2
    later = held[(held > top) & (share[held] < half)]
    where = int(later[0]) if later.size else int(held[-1])
    return where * h / 2, float(share[top] - floor)


def canal_of(body: Bools) -> Bools:
    """Return the hole that the arch closes, slice by slice: the largest one, if any."""
    from scipy.ndimage import binary_fill_holes
    from scipy.ndimage import label as parts

    holes = np.stack([binary_fill_holes(plane) & ~plane for plane in body])
    names, count = parts(holes)
    if count == 0:
        return np.asarray(holes)
    sizes = np.bincount(names.ravel())
    sizes[0] = 0
    largest = names == sizes.argmax()
    return np.asarray(largest & (sizes.max() > LEAST_CANAL * np.count_nonzero(body)))
