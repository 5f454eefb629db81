"""A healing bone at one moment, whole: what instruments look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.vertebra import Vertebra
from spondyl.volume import Grid, Meaning, Scan

Array = NDArray[np.float64]
Reals = NDArray[np.float32]

FULL_MINERAL = 1100.0
"""Mineral density of lamellar bone where the vertebra tells none, mg HA/cm³: in voxels that held no bone."""


@dataclass(frozen=True, slots=True, eq=False)
class Healed:
    """The whole bone at a follow-up.

    Parameters
    ----------
    grid : where the voxels lie.
    day : since surgery.
    share : of each voxel that is bone, osteoid included, float32 (z, y, x).
    tissue_density : mineral density of that bone, mg HA/cm³ of tissue, float32.
    tcp : share of each voxel that is β-TCP without its pores, float32.
    region, state : where it healed, and all fields there.
    numbers : what the simulation knows of the moment: name → value and unit.
    remarks : what to doubt.
    """

    grid: Grid
    day: float
    share: Reals
    tissue_density: Reals
    tcp: Reals
    region: Region
    state: State
    numbers: Mapping[str, tuple[float, str]]
    remarks: tuple[str, ...] = ()

    def rows(self) -> list[tuple[str, float, str]]:
        """Return what the simulation knows as rows of name, value, unit."""
        return [(name, value, unit) for name, (value, unit) in self.numbers.items()]

    def density(self) -> Scan:
        """Return the mineral of bone per voxel as an ideal scanner would, mg HA/cm³; β-TCP is left out."""
        return Scan(self.share * self.tissue_density, self.grid, Meaning.DENSITY)


def healed(
    bone: Vertebra,
    region: Region,
    state: State,
    numbers: Mapping[str, tuple[float, str]],
    remarks: tuple[str, ...],
) -> Healed:
    """Return the whole bone with a region as it is now."""
    share = np.asarray(bone.share, np.float32).copy()
    density = np.asarray(bone.tissue_density, np.float32).copy()
    tcp = np.zeros(bone.grid.shape, np.float32)
    held = region.open
    mine = state.bone
    full = np.where(density[region.box] > 0, density[region.box], np.float32(FULL_MINERAL))
    mineral = state["lamellar"] + np.minimum(state["mineral"], mine - state["lamellar"])
    dense = full * np.divide(mineral, mine, out=np.zeros_like(mine), where=mine > 1e-9)
    share[region.box] = np.where(held, mine, share[region.box]).astype(np.float32)
    density[region.box] = np.where(held, dense, density[region.box]).astype(np.float32)
    tcp[region.box] = state["tcp"].astype(np.float32)
    return Healed(bone.grid, state.day, share, density, tcp, region, state, numbers, remarks)
