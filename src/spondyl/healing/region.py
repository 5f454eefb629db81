"""The part of a bone whose healing is simulated, and the state in which surgery left it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import HealingError, Mistake
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.state import FIELDS, State
from spondyl.transport import growing
from spondyl.vertebra import Vertebra
from spondyl.volume import Grid
from spondyl.volume.frame import triple

if TYPE_CHECKING:
    from spondyl.graft import Graft

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OUTSIDE, CANAL = 0, 4

EMPTY = 1e-9
"""Share of a voxel below which it is not injured."""

LEAST_PLACE = 0.02
"""Share of a voxel that the cells of repair are given at least, where the defect takes less."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Where healing is simulated.

    Parameters
    ----------
    grid : of the whole bone.
    box : of the region within it.
    open : voxels of the region that belong to the bone or its defect, (z, y, x).
    hole : share of each voxel that the defect takes.
    vegf, bmp2 : what a graft cell gives off, pg/day, as its lot says; 0 without one.
    packing : surface of the granules over what shares of voxels show of it, at surgery; 1 without any.

    Attributes
    ----------
    place : share of each voxel in which the cells of repair live: that of the defect; 1 beside it.
    """

    grid: Grid
    box: tuple[slice, slice, slice]
    open: Mask
    hole: Array
    vegf: float
    bmp2: float
    packing: float = 1.0
    place: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        place = np.where(self.hole > EMPTY, np.maximum(self.hole, LEAST_PLACE), 1.0)
        object.__setattr__(self, "place", place)

    @property
    def edges(self) -> tuple[float, float, float]:
        """Edges of a voxel, mm."""
        return self.grid.spacing_mm

    @property
    def weight(self) -> Array:
        """What means over the defect are weighted by: its share of each voxel, or the region without one."""
        return self.hole if self.hole.any() else self.open.astype(np.float64)

    def held(self, bone: Array, first: Array) -> Array:
        """Return the share of each voxel that is bone of the defect.

        What a voxel at the rim held at first lies beside the defect as far as there is room; what is more
        later is the defect's.

        Parameters
        ----------
        bone, first : bone of each voxel, now and just after surgery.
        """
        if not self.hole.any():
            return np.where(self.open, bone, 0.0)
        beside = np.minimum(first, 1 - self.hole)
        return np.clip(bone - beside, 0, self.hole)

    @property
    def part(self) -> Grid:
        """Where the region's own voxels lie."""
        begin = np.array([part.start for part in self.box]) * self.grid.spacing_mm
        origin = np.asarray(self.grid.origin_mm) + np.asarray(self.grid.axes) @ begin
        return replace(self.grid, shape=self.open.shape, origin_mm=triple(origin))

    @property
    def voxel_mm3(self) -> float:
        """Volume of a voxel."""
        return self.grid.voxel_mm3


def region_of(bone: Vertebra, known: Numbers) -> Region:
    """Return the region of a bone: its defect with a margin, or the whole body without one.

    Raises
    ------
    HealingError
        If the graft lies on another grid than the bone.
    """
    hole = np.zeros(bone.grid.shape) if bone.cavity is None else np.asarray(bone.cavity.share, np.float64)
    inside = (bone.region != OUTSIDE) & (bone.region != CANAL) | (hole > EMPTY)
    graft = bone.filling
    if graft is not None and not graft.bone.agrees_with(bone.grid):
        given = f"a graft on a grid of {graft.bone.shape}"
        raise HealingError(Mistake("healing › graft", given, f"the bone has {bone.grid.shape}"))
    held = hole > EMPTY if bone.cavity is not None else inside
    box = _box(held, known["margin"], bone.grid.spacing_mm)
    secretion = {} if graft is None or graft.mix.lot is None else graft.mix.lot.secretion
    return Region(
        bone.grid,
        box,
        np.ascontiguousarray(inside[box]),
        np.ascontiguousarray(hole[box]),
        float(secretion.get("VEGF", 0.0)),
        float(secretion.get("BMP2", 0.0)),
        1.0 if graft is None else packing_of(graft),
    )


def packing_of(graft: Graft) -> float:
    """Return the surface of a graft's granules over what shares of voxels show of it.

    Where granules lie closer than two voxels, shares show less surface than there is: half of it at 125 µm
    where 0.3 to 0.6 mm are packed, three quarters at 50 µm.
    """
    shown = growing(graft.granules, np.ones(graft.granules.shape, np.bool_), graft.grid.spacing_mm)
    seen = float(shown.sum()) * graft.grid.voxel_mm3
    return max(float(graft.bed.granules.surfaces_mm2.sum()) / seen, 1.0) if seen > 0 else 1.0


def beginning(bone: Vertebra, region: Region, known: Numbers, host: Host) -> State:
    """Return the state after surgery: marrow and bone around, blood and graft in the defect.

    Bone is old and fully mineralised. The hole is filled with granulation tissue where nothing else is; graft
    cells come with their maturity.
    """
    box, held = region.box, region.open
    fields = {name: np.zeros(held.shape) for name in FIELDS}
    fields["lamellar"] = np.where(held, np.clip(np.asarray(bone.share[box], np.float64), 0, 1), 0)
    if bone.filling is not None:
        graft = bone.filling
        whole = {name: np.asarray(graft.whole(name)[box], np.float64) for name in ("tcp", "cells_per_mm3")}
        ripe = np.asarray(graft.whole("maturity")[box], np.float64)
        fields["tcp"] = np.where(held, np.minimum(whole["tcp"], 1 - fields["lamellar"]), 0)
        fields["progenitor_graft"] = np.where(held, whole["cells_per_mm3"], 0)
        fields["ripe_graft"] = fields["progenitor_graft"] * np.clip(ripe, 0, 1)
    loose = np.where(held, 1 - fields["lamellar"] - fields["tcp"], 0)
    fields["granulation"] = np.minimum(loose, np.maximum(region.hole - fields["tcp"], 0))
    fields["marrow"] = loose - fields["granulation"]
    fields["vessel"] = np.where(fields["granulation"] > fields["marrow"], 0.0, fields["marrow"])
    fields["progenitor_host"] = fields["marrow"] * known["progenitor_marrow"] * host["progenitors"]
    fields["debris"] = fields["granulation"] * known["debris"]
    fields["macrophage"] = loose * known["macrophage_resident"]
    fields["oxygen"] = np.where(held, known["oxygen_blood"] * (fields["marrow"] > 0), 0)
    return State(0.0, fields)


def _box(held: Mask, margin: float, edges: tuple[float, ...]) -> tuple[slice, slice, slice]:
    found = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        where = np.flatnonzero(held.any(axis=others))
        wide = int(np.ceil(margin / edges[axis]))
        found.append(slice(max(int(where[0]) - wide, 0), min(int(where[-1]) + wide + 1, held.shape[axis])))
    return found[0], found[1], found[2]
