"""Granules and spheroids at rest: where they lie and what shape they have, without any voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """Balls, each perhaps cut by planes.

    Parameters
    ----------
    centres_mm : in the frame of the bone's grid, whose first voxel has its centre at 0: voxel number times
        voxel edge, (n, 3) (z, y, x).
    radii_mm : of the spheres around them, (n,).
    normals, offsets_mm : planes that cut them, (n, planes, 3) and their distances from the centre (n,
        planes).
    volumes_mm3 : exact, (n,).
    surfaces_mm2 : (n,).
    """

    centres_mm: Array
    radii_mm: Array
    normals: Array
    offsets_mm: Array
    volumes_mm3: Array
    surfaces_mm2: Array

    def __len__(self) -> int:
        return self.radii_mm.size


@dataclass(frozen=True, slots=True, eq=False)
class Bed:
    """What was packed.

    Parameters
    ----------
    granules : shapes of the granules.
    spheroids : balls.
    cells : living cells of each spheroid.
    """

    granules: Bodies
    spheroids: Bodies
    cells: Array


def balls(centres_mm: Array, radii_mm: Array) -> Bodies:
    """Return balls without planes.

    Examples
    --------
    >>> round(float(balls(np.zeros((1, 3)), np.ones(1)).volumes_mm3[0]), 3)
    4.189
    """
    count = radii_mm.size
    return Bodies(
        centres_mm=centres_mm.reshape(count, 3),
        radii_mm=radii_mm,
        normals=np.zeros((count, 0, 3)),
        offsets_mm=np.zeros((count, 0)),
        volumes_mm3=4 / 3 * np.pi * radii_mm**3,
        surfaces_mm2=4 * np.pi * radii_mm**2,
    )
