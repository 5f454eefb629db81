"""The share of every voxel that a body fills, along lines through the voxels."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.graft.compiled import inner, kernel


@inner
def span(z: float, y: float, radius: float, normals: Any, offsets: Any, ends: Any) -> bool:
    """Find where a line along x enters and leaves a body about the origin; tell whether it meets it."""
    square = radius * radius - z * z - y * y
    if square <= 0:
        return False
    low, high = -np.sqrt(square), np.sqrt(square)
    for face in range(offsets.size):
        lean = normals[face, 2]
        room = offsets[face] - normals[face, 0] * z - normals[face, 1] * y
        if lean > 1e-12:
            high = min(high, room / lean)
        elif lean < -1e-12:
            low = max(low, room / lean)
        elif room < 0:
            return False
    ends[0], ends[1] = low, high
    return bool(high > low)


@kernel
def fill_blocks(
    first: int,
    last: int,
    centres: Any,
    radii: Any,
    normals: Any,
    offsets: Any,
    edges: Any,
    lines: int,
    corners: Any,
    sizes: Any,
    starts: Any,
    profile: Any,
    shares: Any,
    weights: Any,
) -> None:
    """Add the shares of bodies `first` to `last`, and what they carry, to their blocks of voxels.

    Within a voxel run `lines` × `lines` lines along x, on each of which the share is exact.

    Parameters
    ----------
    corners, sizes, starts : of each block: first voxel and number of voxels (z, y, x), and where it begins in
        the flat arrays.
    profile : what a body carries for its volume at equal steps from its middle to its radius, (columns,
        steps).
    shares, weights : flat, (voxels,) and (columns, voxels); the weights are shares times profile.
    """
    ends = np.empty(2)
    columns, steps = profile.shape
    ez, ey, ex = edges[0], edges[1], edges[2]
    part = 1.0 / (lines * lines)
    for body in range(first, last):
        cz, cy, cx = centres[body, 0], centres[body, 1], centres[body, 2]
        k0, j0, i0 = corners[body, 0], corners[body, 1], corners[body, 2]
        nk, nj, ni = sizes[body, 0], sizes[body, 1], sizes[body, 2]
        for row in range(nk * lines):
            z = (k0 - 0.5 + (row + 0.5) / lines) * ez - cz
            for column in range(nj * lines):
                y = (j0 - 0.5 + (column + 0.5) / lines) * ey - cy
                if not span(z, y, radii[body], normals[body], offsets[body], ends):
                    continue
                base = starts[body] + ((row // lines) * nj + column // lines) * ni
                low, high = (cx + ends[0]) / ex + 0.5 - i0, (cx + ends[1]) / ex + 0.5 - i0
                for i in range(max(0, int(low)), min(ni, int(high) + 1)):
                    a, b = max(low, float(i)), min(high, i + 1.0)
                    if b <= a:
                        continue
                    shares[base + i] += part * (b - a)
                    if columns:
                        x = (0.5 * (a + b) + i0 - 0.5) * ex - cx
                        away = np.sqrt(z * z + y * y + x * x) / radii[body]
                        step = min(steps - 1, int(away * steps))
                        for c in range(columns):
                            weights[c, base + i] += part * (b - a) * profile[c, step]
