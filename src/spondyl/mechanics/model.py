"""What is solved: stiffness in voxels, and what holds and moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.volume import Grid

X, Y, Z = 0, 1, 2
"""Components of displacement and force are ordered x, y, z; arrays of voxels are indexed [z, y, x]."""

VOIGT = ("xx", "yy", "zz", "yz", "xz", "xy")
"""Order of the six components of strain and stress; shear strains are engineering strains, 2 ε."""


@dataclass(frozen=True, slots=True)
class Model:
    """Linear elastic, isotropic voxels; each voxel that carries stiffness is one 8-node element.

    Parameters
    ----------
    grid : where the voxels lie; the voxel need not be a cube.
    modulus : Young's modulus, MPa, float32 (z, y, x); zero where there is nothing.
    poisson : Poisson's ratio of all elements.

    Raises
    ------
    MechanicsError
        If a modulus is negative or not finite, no voxel carries stiffness, ν is outside (−1, 0.5), or the
        shape of the modulus is not that of the grid.
    """

    grid: Grid
    modulus: NDArray[np.float32]
    poisson: float = 0.3

    def __post_init__(self) -> None:
        object.__setattr__(self, "modulus", np.ascontiguousarray(self.modulus, np.float32))
        wrong = []
        if self.modulus.shape != self.grid.shape:
            given = f"shape {self.modulus.shape} on a grid of {self.grid.shape}"
            wrong.append(Mistake("modulus", given, "must have the shape of the grid"))
        if not (math.isfinite(self.poisson) and -1 < self.poisson < 0.5):
            wrong.append(
                Mistake("Poisson's ratio", f"{self.poisson:g}", "must lie between -1 and 0.5, both excluded")
            )
        if self.modulus.size:
            low, high = float(self.modulus.min()), float(self.modulus.max())
            if not (math.isfinite(low) and math.isfinite(high)):
                wrong.append(
                    Mistake("modulus", "a value that is not a finite number", "must be finite, in MPa")
                )
            elif low < 0:
                wrong.append(
                    Mistake("modulus", f"{low:g} MPa", "must not be negative; zero where there is nothing")
                )
            elif high == 0:
                wrong.append(Mistake("modulus", "no voxel that carries stiffness", "needs at least one"))
        if wrong:
            raise MechanicsError(wrong)

    @property
    def nodes_shape(self) -> tuple[int, int, int]:
        """Number of corner nodes (z, y, x): one more than voxels on each axis."""
        z, y, x = self.grid.shape
        return (z + 1, y + 1, x + 1)


def _none(dtype: type) -> NDArray[np.generic]:
    return np.empty(0, dtype)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Displacements prescribed and forces applied at nodes.

    A node ``(k, j, i)`` has the number ``(k * (ny + 1) + j) * (nx + 1) + i``. Entries at nodes of no element
    are ignored. A degree of freedom prescribed twice takes the last value; forces at one add up.

    Parameters
    ----------
    nodes, components, values : prescribed displacements: node number (int64), component (0 x, 1 y, 2 z) and
        value in mm; three arrays of one length.
    force_nodes, force_components, force_values : applied forces, N; likewise.
    periodic : whether displacement fluctuations repeat over the whole array along (x, y, z): opposite faces
        are one set of nodes. Then `strain` drives the model.
    strain : mean strain added to the periodic fluctuation: xx, yy, zz, yz, xz, xy, engineering shear.
    """

    nodes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    components: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    force_nodes: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    force_components: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, np.int8))
    force_values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0, np.float64))
    periodic: bool = False
    strain: tuple[float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
