"""Rigid motion from one scan to another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

Triple = tuple[float, float, float]
Rows = tuple[Triple, Triple, Triple]

UNMOVED: Rows = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Rigid:
    """A rotation followed by a shift; points are (z, y, x) in mm from the outer corner of their array.

    Parameters
    ----------
    rotation : rows of a rotation matrix.
    shift_mm : added after the rotation.

    Raises
    ------
    MeasurementError
        If a number is not finite, or the matrix is no rotation.

    Examples
    --------
    >>> Rigid(shift_mm=(0.0, 0.5, 0.0))((1.0, 1.0, 1.0))
    (1.0, 1.5, 1.0)
    """

    rotation: Rows = UNMOVED
    shift_mm: Triple = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        matrix = np.array(self.rotation, dtype=np.float64)
        sound = np.isfinite(matrix).all() and np.allclose(matrix @ matrix.T, np.eye(3), rtol=0, atol=1e-6)
        if not (sound and np.linalg.det(matrix) > 0):
            given = str(self.rotation)
            raise MeasurementError(Mistake("transform › rotation", given, "must be the matrix of a rotation"))
        if not all(math.isfinite(s) for s in self.shift_mm):
            given = f"{self.shift_mm} mm"
            raise MeasurementError(Mistake("transform › shift", given, "must be three finite lengths"))

    @property
    def angle_deg(self) -> float:
        """Angle of the rotation, degrees, 0 to 180."""
        matrix = np.array(self.rotation)
        # The angle from sine and cosine both: the cosine alone loses half of the digits near no rotation.
        twice_sine = np.linalg.norm([matrix[i, j] - matrix[j, i] for i, j in ((0, 1), (0, 2), (1, 2))])
        return math.degrees(math.atan2(float(twice_sine), float(np.trace(matrix)) - 1))

    def __call__(self, point: Triple) -> Triple:
        """Return where a point of the first array lies in the second."""
        z, y, x = self.many(np.array([point]))[0].tolist()
        return z, y, x

    def many(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points, shape (n, 3), lie in the second array."""
        return np.asarray(points @ np.array(self.rotation).T + np.array(self.shift_mm))

    def turned(self, direction: Triple) -> Triple:
        """Return a direction of the first array as it is in the second."""
        z, y, x = (np.array(self.rotation) @ np.array(direction)).tolist()
        return z, y, x

    def inverse(self) -> Rigid:
        """Return the motion from the second array to the first."""
        matrix = np.array(self.rotation).T
        return rigid(matrix, -matrix @ np.array(self.shift_mm))


def rigid(matrix: NDArray[np.float64], shift_mm: NDArray[np.float64]) -> Rigid:
    """Return a motion from arrays; rounding in the matrix is taken out."""
    left, _, right = np.linalg.svd(matrix)
    rows = (left @ right).tolist()
    z, y, x = np.asarray(shift_mm, dtype=np.float64).tolist()
    return Rigid((tuple(rows[0]), tuple(rows[1]), tuple(rows[2])), (z, y, x))


def turn(axis: Triple, degrees: float, centre_mm: Triple, shift_mm: Triple = (0.0, 0.0, 0.0)) -> Rigid:
    """Return a rotation about an axis through a point, followed by a shift.

    Parameters
    ----------
    axis : direction (z, y, x), any length above zero.
    degrees : angle; right-handed in the order z, y, x.
    centre_mm : a point on the axis.
    shift_mm : added after the rotation.
    """
    way = np.array(axis, dtype=np.float64) / np.linalg.norm(axis)
    cross = np.array([[0, -way[2], way[1]], [way[2], 0, -way[0]], [-way[1], way[0], 0]])
    angle = math.radians(degrees)
    matrix = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    centre = np.array(centre_mm)
    return rigid(matrix, centre - matrix @ centre + np.array(shift_mm))
