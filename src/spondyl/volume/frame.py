"""From the frames of the formats (x first) to the frame of a grid (z first)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spondyl.errors import Mistake, ScanError
from spondyl.volume.grid import Axes, Grid, Triple

# Directions that are not at right angles to this precision describe a sheared grid.
_RIGHT_ANGLE = 1e-3


def triple(values: ArrayLike) -> Triple:
    """Return three numbers as a tuple of floats."""
    z, y, x = (float(value) for value in np.asarray(values, dtype=np.float64))
    return (z, y, x)


def axes_of(where: str, columns_xyz: ArrayLike) -> Axes:
    """Direction cosines of a grid from the directions that a header gives.

    Parameters
    ----------
    where : file named in the message.
    columns_xyz : 3 × 3; column j is the direction of the file's axis j (x, y, z), of any length, its
        components (left, posterior, superior).

    Returns
    -------
    Direction cosines as in :class:`Grid`, axes and components ordered (z, y, x).

    Raises
    ------
    ScanError
        If a direction has no length or the axes are not at right angles.
    """
    columns = np.asarray(columns_xyz, dtype=np.float64)
    lengths = np.linalg.norm(columns, axis=0)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise ScanError(Mistake(where, f"axis directions {columns.tolist()}", "each must have a length"))
    cosines = columns / lengths
    if np.abs(cosines.T @ cosines - np.eye(3)).max() > _RIGHT_ANGLE:
        raise ScanError(
            Mistake(
                where, f"axis directions {cosines.tolist()}", "must be at right angles; resample the volume"
            )
        )
    z, y, x = cosines[::-1, ::-1]
    return (triple(z), triple(y), triple(x))


def columns_xyz(axes: Axes) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Direction cosines of a grid as a 3 × 3 matrix, components and axes ordered (x, y, z)."""
    return np.asarray(axes, dtype=np.float64)[::-1, ::-1].copy()


def affine_ras(grid: Grid) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """4 × 4 matrix from voxel (x, y, z) to mm in the frame of NIfTI (right, anterior, superior)."""
    affine = np.eye(4)
    affine[:3, :3] = columns_xyz(grid.axes) * np.asarray(grid.spacing_mm[::-1])
    affine[:3, 3] = grid.origin_mm[::-1]
    affine[:2] *= -1
    return affine
