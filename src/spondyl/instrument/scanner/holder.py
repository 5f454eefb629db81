"""Calibration rods beside the bone, along the axis of the scanner."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid

Array = NDArray[np.float64]

RODS = (0.0, 100.0, 200.0, 400.0, 800.0)
"""Densities, mg HA/cm³."""

RADIUS_VOXELS, GAP_VOXELS = 8, 5
HOLDER = -120.0
"""Reading of the plastic that holds the rods, below that of soft tissue, mg HA/cm³."""


def with_rods(values: Array, grid: Grid) -> tuple[Array, Grid]:
    """Return the values and their grid with a holder of rods behind the bone, along y.

    The rods stand along z, from the lowest density to the highest with growing x.
    """
    pitch = 2 * RADIUS_VOXELS + GAP_VOXELS
    wide = max(values.shape[2], pitch * len(RODS) + GAP_VOXELS)
    deep = 2 * (RADIUS_VOXELS + GAP_VOXELS)
    z, y, x = values.shape
    found = np.zeros((z, y + deep, wide))
    found[:, :y, :x] = values
    found[:, y + 1 :] = HOLDER
    rows, columns = np.arange(deep)[:, None], np.arange(wide)
    for place, density in enumerate(RODS):
        middle = GAP_VOXELS + RADIUS_VOXELS + place * pitch
        far = np.hypot(rows - deep / 2, columns - middle)
        share = np.clip(RADIUS_VOXELS - far + 0.5, 0, 1)
        found[:, y:] += share * (density - HOLDER)
    shape = (z, y + deep, wide)
    return found, Grid(shape, grid.spacing_mm, grid.origin_mm, grid.axes)
