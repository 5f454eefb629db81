"""What a healing bone is made of at one moment, voxel by voxel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import beside

Array = NDArray[np.float64]

TISSUES = (
    "marrow", "granulation", "fibrous", "cartilage", "woven_host", "woven_graft", "lamellar", "tcp",
)  # fmt: skip
"""Shares of a voxel's volume; they sum to one where the region is open."""

SOFT = TISSUES[:4]
BONE = ("woven_host", "woven_graft", "lamellar")

CELLS = (
    "progenitor_host", "progenitor_graft", "ripe_graft", "fibroblast", "chondrocyte", "osteoblast_host",
    "osteoblast_graft", "osteoclast", "debris", "macrophage", "m1", "m2",
)  # fmt: skip
"""Cells for the volume of a voxel, per mm³; ``ripe_graft`` is graft progenitors times their maturity."""

FIELDS = (*TISSUES, "mineral", *CELLS, "vessel", "oxygen", "vegf", "bmp2", "c1", "c2")
"""Everything a state holds. ``mineral`` is the share of a voxel that is mineralised woven bone; ``vessel``
is the density of vessels over that of marrow; oxygen in mmol/L, factors and signals in ng/mL."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A healing region at one moment.

    Parameters
    ----------
    day : since surgery.
    fields : each of :data:`FIELDS`, float64 (z, y, x), zero where the region is closed.
    """

    day: float
    fields: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.fields[name]

    def beside(self, other: Array) -> State:
        """Return the state with its fields where another array lies."""
        return State(self.day, {name: beside(values, other) for name, values in self.fields.items()})

    @property
    def bone(self) -> Array:
        """Share of each voxel that is bone, osteoid included."""
        return self["woven_host"] + self["woven_graft"] + self["lamellar"]

    @property
    def solid(self) -> Array:
        """Share of each voxel that is bone or β-TCP."""
        return self.bone + self["tcp"]

    @property
    def soft(self) -> Array:
        """Share of each voxel that is neither."""
        return self["marrow"] + self["granulation"] + self["fibrous"] + self["cartilage"]
