"""From cells to the grid and back: each cell shares what it has among the eight cubes around it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.spheroid.agents.mesh import Mesh

Array = NDArray[np.float64]


def spread(mesh: Mesh, position: Array, amount: Array) -> Array:
    """Return the density of an amount that each cell has, per mm³, (z, y, x); none is lost."""
    density = np.zeros(mesh.shape)
    _spread(density, np.asarray(mesh.origin_mm), mesh.spacing_mm, position, amount)
    return density / mesh.spacing_mm**3


def sample(mesh: Mesh, field: Array, position: Array) -> Array:
    """Return a field at the cells, linear between the centres of cubes."""
    found = np.empty(len(position))
    _sample(field, np.asarray(mesh.origin_mm), mesh.spacing_mm, position, found)
    return found


@kernel
def _spread(density: Any, origin: Any, spacing: float, position: Any, amount: Any) -> None:
    for cell in range(position.shape[0]):
        tx = (position[cell, 0] - origin[0]) / spacing
        ty = (position[cell, 1] - origin[1]) / spacing
        tz = (position[cell, 2] - origin[2]) / spacing
        x, y, z = int(tx), int(ty), int(tz)
        fx, fy, fz = tx - x, ty - y, tz - z
        for dz in range(2):
            for dy in range(2):
                for dx in range(2):
                    weight = (fx if dx else 1.0 - fx) * (fy if dy else 1.0 - fy) * (fz if dz else 1.0 - fz)
                    density[z + dz, y + dy, x + dx] += weight * amount[cell]


@kernel
def _sample(field: Any, origin: Any, spacing: float, position: Any, found: Any) -> None:
    for cell in range(position.shape[0]):
        tx = (position[cell, 0] - origin[0]) / spacing
        ty = (position[cell, 1] - origin[1]) / spacing
        tz = (position[cell, 2] - origin[2]) / spacing
        x, y, z = int(tx), int(ty), int(tz)
        fx, fy, fz = tx - x, ty - y, tz - z
        total = 0.0
        for dz in range(2):
            for dy in range(2):
                for dx in range(2):
                    weight = (fx if dx else 1.0 - fx) * (fy if dy else 1.0 - fy) * (fz if dz else 1.0 - fz)
                    total += weight * field[z + dz, y + dy, x + dx]
        found[cell] = total
