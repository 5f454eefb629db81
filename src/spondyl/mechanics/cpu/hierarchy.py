"""The next coarser level: its nodes split where parts of the bone pass each other, or welded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.cpu.coarse_mesh import mesh_of_mesh
from spondyl.mechanics.cpu.layout import Layout, lay_out
from spondyl.mechanics.cpu.level import Level, level_of, make_level
from spondyl.mechanics.cpu.mesh import Mesh, mesh_of_voxels
from spondyl.mechanics.cpu.mesh_packets import packets_of
from spondyl.mechanics.cpu.mesh_strips import strips_to_mesh, strips_to_voxels
from spondyl.mechanics.cpu.strips import Strips, make_strips
from spondyl.mechanics.cpu.supports import held


class Welded:
    """Levels of voxels: whatever lies in one coarse voxel is one element with the nodes of the grid.

    Periodic models have them, whose faces are joined by the numbers of their voxels.
    """

    def __init__(self, finest: Level, modulus: NDArray[np.float32]) -> None:
        self.level, self.modulus = finest, modulus

    def next(self, stiffness: NDArray[np.float64], products: NDArray[np.float64]) -> tuple[Level, Strips]:
        """Return the next coarser level without supports, and the interpolation from it.

        Parameters
        ----------
        stiffness, products : of an element of unit modulus of that level, as :func:`make_level` takes them.
        """
        self.modulus = coarser(self.modulus)
        team = self.level.team
        level = make_level(self.modulus, stiffness, products, None, team, periodic=True)
        strips = make_strips(self.level.rows, level.rows, team)
        self.level = level
        return level, strips


class Split:
    """Levels of meshes: parts of the bone that pass each other share no node, see :mod:`mesh`."""

    def __init__(self, finest: Level, modulus: NDArray[np.float32]) -> None:
        self.finest, self.modulus = finest, modulus
        self.mesh: Mesh | None = None
        self.layout: Layout | None = None

    def next(self, stiffness: NDArray[np.float64], products: NDArray[np.float64]) -> tuple[Level, Strips]:
        """Return the next coarser level without supports, and the interpolation from it.

        Parameters
        ----------
        stiffness, products : of an element of unit modulus of that level, as :func:`make_level` takes them.
        """
        team = self.finest.team
        if self.mesh is None or self.layout is None:
            mesh, element = mesh_of_voxels(self.modulus, team)
            layout = lay_out(mesh, team)
            strips = strips_to_voxels(self.finest.rows, self.modulus, element, mesh, layout, team)
        else:
            mesh, parent = mesh_of_mesh(self.mesh, team)
            layout = lay_out(mesh, team)
            strips = strips_to_mesh(self.layout, parent, mesh, layout, team)
        self.mesh, self.layout = mesh, layout
        supports = held(layout.rows, np.empty(0, np.int64), twins=(layout.masters, layout.ghosts))
        packets = packets_of(mesh, layout, team)
        return level_of(layout.rows, packets, supports, stiffness, products, team), strips


def coarser(modulus: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean modulus of each two by two by two voxels; beyond the border there is nothing."""
    shape = [-(-n // 2) for n in modulus.shape]
    total = np.zeros(shape, np.float32)
    for k in (0, 1):
        for j in (0, 1):
            for i in (0, 1):
                child = modulus[k::2, j::2, i::2]
                z, y, x = child.shape
                total[:z, :y, :x] += child
    total *= np.float32(0.125)
    return total
