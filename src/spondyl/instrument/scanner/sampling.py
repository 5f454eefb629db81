"""Mineral on voxels of a scan: means over them, blurred by the point spread, wherever the bone lies."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placing:
    """How the bone lies in the scanner.

    Parameters
    ----------
    turn : rotation (3, 3) about its middle.
    shift : mm (z, y, x).
    """

    turn: Array
    shift: Array

    @classmethod
    def drawn(cls, rng: np.random.Generator, degrees: float, shift: float) -> Placing:
        """Draw a position: angles about each axis and shifts, normal with these standard deviations."""
        from scipy.spatial.transform import Rotation

        angles = rng.standard_normal(3) * degrees
        turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
        return cls(turn, rng.standard_normal(3) * shift)

    @property
    def still(self) -> bool:
        """True when the bone lies as it was made."""
        return bool(np.allclose(self.turn, np.eye(3)) and not self.shift.any())


def sampled(dense: Array, grid: Grid, edge: float, blur: float, placing: Placing) -> tuple[Array, Grid]:
    """Return the means of the scan's voxels and its grid.

    Parameters
    ----------
    dense : mg HA/cm³ on the specimen's grid.
    edge : of the scan's voxels, mm.
    blur : standard deviation of the point spread, mm.
    placing : how the bone lies.
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    spacing = np.array(grid.spacing_mm)
    whole = placing.still and np.allclose(spacing, edge)
    # A voxel's mean is a box of width `edge`, that of the specimen's own voxels is there already.
    box = np.sqrt(np.maximum(edge**2 - spacing**2, 0) / 12)
    smooth = gaussian_filter(dense, np.sqrt(box**2 + blur**2) / spacing, mode="constant")
    if whole:
        return smooth, grid
    shape = tuple(max(4, math.ceil(size / edge - 1e-9)) for size in grid.size_mm)
    first = np.array(grid.origin_mm) - spacing / 2 + edge / 2
    axes = [start + edge * np.arange(count) for start, count in zip(first, shape, strict=True)]
    middle = np.array(grid.origin_mm) + spacing * (np.array(grid.shape) - 1) / 2
    values = np.empty(shape)
    rest = np.stack(np.meshgrid(axes[1], axes[2], indexing="ij")).reshape(2, -1)
    for k, z in enumerate(axes[0]):  # a slice at a time: memory stays that of the scan
        place = np.vstack([np.full(rest.shape[1], z), rest])
        back = placing.turn.T @ (place - (middle + placing.shift)[:, None]) + middle[:, None]
        index = (back - np.array(grid.origin_mm)[:, None]) / spacing[:, None]
        values[k] = map_coordinates(smooth, index, order=1, mode="constant").reshape(shape[1:])
    z0, y0, x0 = (float(start) for start in first)
    return values, Grid((shape[0], shape[1], shape[2]), (edge, edge, edge), (z0, y0, x0), grid.axes)
