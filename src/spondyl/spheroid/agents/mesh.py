"""The grid on which a field is solved: cubes over the cells, and the still medium around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST = 72
"""Cubes along an edge; cells spread more widely get larger cubes: a thin suspension makes no steep field."""
_MARGIN = 1.5
"""Cubes of medium beyond the outermost cell that are solved; farther out the field has a closed form."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a substance passes on its way from the mixed medium to the cells.

    Parameters
    ----------
    diffusivity : in the medium, mm²/day.
    resistance : from the mixed medium to the ball that holds all cells, day/mm³; 0 where medium is stirred up
        to the cells, 1/(4π D r) around a ball of radius r in endless still medium.
    """

    diffusivity: float
    resistance: float

    def far(self, reach_mm: float) -> float:
        """Return one over the distance, 1/mm, at which a field that falls as 1/r meets the mixed medium.

        At or below zero there is more in the way than endless still medium.
        """
        return 1.0 / reach_mm - 4 * math.pi * self.diffusivity * self.resistance

    def layer_mm(self, reach_mm: float) -> float:
        """Return how thick a layer of still medium would resist as much; infinite for endless medium."""
        far = self.far(reach_mm)
        return 1.0 / far - reach_mm if far > 0 else math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Cubes, and a ball around all cells.

    Parameters
    ----------
    origin_mm : centre of the first cube, x, y, z; a whole number of cubes from zero.
    spacing_mm : edge of a cube.
    shape : cubes along z, y, x.
    centre_mm : of the ball, x, y, z.
    reach_mm : radius of the ball that holds all cells.
    inside : cubes that are solved, (z, y, x).
    """

    origin_mm: tuple[float, float, float]
    spacing_mm: float
    shape: tuple[int, int, int]
    centre_mm: tuple[float, float, float]
    reach_mm: float
    inside: NDArray[np.bool_]

    def distance(self) -> Array:
        """Return the distance of each cube's centre from that of the ball, mm, (z, y, x)."""
        h = self.spacing_mm
        x, y, z = (
            (origin + h * np.arange(size) - middle) ** 2
            for origin, size, middle in zip(self.origin_mm, self.shape[::-1], self.centre_mm, strict=True)
        )
        return np.asarray(np.sqrt(z[:, None, None] + y[None, :, None] + x[None, None, :]))


def mesh_around(position: Array, radius: Array, spacing_mm: float, layer_mm: float = math.inf) -> Mesh:
    """Lay a grid over cells.

    Parameters
    ----------
    position, radius : of the cells, mm.
    spacing_mm : edge of a cube; larger where there would be too many.
    layer_mm : thickness of still medium around the cells at least, see :meth:`Outside.layer_mm`.
    """
    centre = position.mean(axis=0)
    reach = float(np.max(np.linalg.norm(position - centre, axis=1) + radius))
    while 2 * (reach / spacing_mm + _MARGIN + 1) > _MOST:
        spacing_mm *= 1.25
    solved = reach + min(layer_mm, _MARGIN * spacing_mm)
    low = np.floor((centre - solved) / spacing_mm - 1).astype(int)
    high = np.ceil((centre + solved) / spacing_mm + 1).astype(int)
    nx, ny, nz = (int(size) for size in high - low + 1)
    origin = tuple(float(number) * spacing_mm for number in low)
    mesh = Mesh(
        (origin[0], origin[1], origin[2]),
        spacing_mm,
        (nz, ny, nx),
        (float(centre[0]), float(centre[1]), float(centre[2])),
        reach,
        np.zeros((nz, ny, nx), np.bool_),
    )
    np.less(mesh.distance(), solved, out=mesh.inside)
    return mesh


def conductances(mesh: Mesh, diffusivity: Array, outside: Outside) -> tuple[Array, Array, Array]:
    """Return the exchange across the faces between neighbours along z, y and x, 1/day.

    Between two solved cubes it is the harmonic mean of their diffusivities over the squared edge. From a
    solved cube to one outside, which holds the concentration of the mixed medium, it is that of a field that
    falls as 1/r up to the mixed medium: exact for the flux of all cells together.

    Parameters
    ----------
    mesh : the grid.
    diffusivity : of each cube, mm²/day, (z, y, x).
    outside : what lies around the cells.
    """
    far = outside.far(mesh.reach_mm)
    nearness = 1.0 / np.maximum(mesh.distance(), 0.25 * mesh.spacing_mm)
    faces = []
    for axis in range(3):
        low, high = _sides(axis)
        mean = 2 * diffusivity[low] * diffusivity[high] / (diffusivity[low] + diffusivity[high])
        inner = np.where(mesh.inside[low], nearness[low], nearness[high])
        rest = np.maximum(inner - far, 1e-12 * inner)
        outward = outside.diffusivity * np.abs(nearness[low] - nearness[high]) / rest
        crossing = mesh.inside[low] != mesh.inside[high]
        face = np.zeros(mesh.shape)
        face[low] = np.where(crossing, outward, mean) / mesh.spacing_mm**2
        faces.append(face)
    return faces[0], faces[1], faces[2]


def _sides(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    low, high = [slice(None)] * 3, [slice(None)] * 3
    low[axis], high[axis] = slice(0, -1), slice(1, None)
    return tuple(low), tuple(high)
