"""What comes through walls and outer faces, as the sources and rates that the steps take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.transport import checks
from spondyl.transport.domain import Domain
from spondyl.transport.faces import both_sides

Array = NDArray[np.float64]

AXES = "zyx"
ENDS = ("low", "high")


def wall_area(domain: Domain, wall: Any = None) -> Array:
    """Return the area of each open voxel's faces to closed voxels over its volume, 1/mm, (z, y, x).

    Times an amount per mm² and day it is a source.

    Parameters
    ----------
    domain : the grid.
    wall : the closed voxels that count, (z, y, x); None for all.
    """
    solid = ~domain.open if wall is None else ~domain.open & np.asarray(wall, np.bool_)
    area = np.zeros(domain.shape)
    for axis in range(3):
        low, high = both_sides(area, axis)
        solid_low, solid_high = both_sides(solid, axis)
        low += solid_high / domain.spacing_mm[axis]
        high += solid_low / domain.spacing_mm[axis]
    return np.where(domain.open, area, 0.0)


def outer_area(domain: Domain, axis: str, end: str) -> Array:
    """Return the area of open voxels' faces on one side of the array over their volume, 1/mm, (z, y, x).

    Parameters
    ----------
    domain : the grid.
    axis, end : "z", "y" or "x", and "low" or "high".
    """
    at = AXES.index(checks.one_of(axis, tuple(AXES), "axis"))
    checks.one_of(end, ENDS, "end")
    area = np.zeros(domain.shape)
    place = 0 if end == "low" else -1
    np.moveaxis(area, at, 0)[place] = np.moveaxis(domain.share, at, 0)[place] / domain.spacing_mm[at]
    return area


def outer_rate(domain: Domain, axis: str, end: str, diffusivity: Any) -> Array:
    """Return the rate at which voxels on one side of the array exchange with a level at its face, 1/day.

    With :func:`spondyl.transport.steady` it is a supply rate; with :func:`spondyl.transport.diffuse` a decay,
    and times the level a source.

    Parameters
    ----------
    domain, axis, end : as for :func:`outer_area`.
    diffusivity : mm²/day, a number or (z, y, x).
    """
    half = domain.spacing_mm[AXES.index(axis)] / 2
    rate: Array = outer_area(domain, axis, end) * checks.field_of(domain, diffusivity, "diffusivity") / half
    return rate
