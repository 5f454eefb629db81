"""A packed graft: fields on the bone's grid and the doses that made them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.bed import Bed
from spondyl.graft.hole import Box, grid_of
from spondyl.graft.recipe import Mix
from spondyl.graft.sheet import Sheet
from spondyl.volume import Grid

Array = NDArray[np.float64]

PARTS = ("tcp", "micropore", "spheroid", "carrier", "void")
"""What a hole is filled with; the shares add up to the hole's."""


@dataclass(frozen=True, slots=True, eq=False)
class Graft:
    """A graft in its hole.

    Every field covers the box of the hole within the bone's grid; :meth:`whole` puts one onto the bone's
    grid. Shares are of the voxel's volume, so that sums times the voxel's volume are volumes to round-off.

    Parameters
    ----------
    mix : the recipe.
    bed : the shapes that were packed.
    sheet : the dose sheet.
    bone : grid of the bone.
    box : of the hole within it.
    hole : share of each voxel that is hole (z, y, x).
    tcp : share that is β-TCP without its inner pores.
    micropore : share that is pores inside granules.
    spheroid : share that is spheroids.
    carrier : share that is gel.
    void : share that is none of these.
    granule : number of the granule that fills most of the voxel, from 1; 0 for none.
    spheroid_number : likewise of the spheroid.
    cells_per_mm3 : living graft cells for the volume of the voxel.
    viability : living share of the cells in the voxel, 0 where there are none.
    maturity : mean over the living cells in the voxel, 0 undifferentiated to 1 an osteoblast.
    inwards : unit vector of gravity (z, y, x).
    """

    mix: Mix
    bed: Bed
    sheet: Sheet
    bone: Grid
    box: Box
    hole: Array
    tcp: Array
    micropore: Array
    spheroid: Array
    carrier: Array
    void: Array
    granule: NDArray[np.int32]
    spheroid_number: NDArray[np.int32]
    cells_per_mm3: Array
    viability: Array
    maturity: Array
    inwards: tuple[float, float, float]

    @property
    def granules(self) -> Array:
        """Share of each voxel that is granule, inner pores included."""
        return self.tcp + self.micropore

    @property
    def grid(self) -> Grid:
        """Grid of the box, at its place in space."""
        return grid_of(self.bone, self.box)

    def composition(self) -> dict[str, Array]:
        """Return the shares of β-TCP, its inner pores, spheroids, gel, void; together the hole's."""
        return {part: getattr(self, part) for part in PARTS}

    def whole(self, field: str) -> NDArray[np.generic]:
        """Return a field on the bone's grid, zero outside the hole.

        Parameters
        ----------
        field : name of a field, such as "tcp" or "cells_per_mm3".
        """
        values = getattr(self, field)
        out: NDArray[np.generic] = np.zeros(self.bone.shape, values.dtype)
        out[self.box] = values
        return out
