"""A hole made ready for pouring: its box, its wall and where down is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.cavity import Cavity
from spondyl.graft.wall import MARGIN, wall_distance
from spondyl.volume import Grid
from spondyl.volume.grid import Triple

Box = tuple[slice, slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """The part of a bone's grid that a graft is packed into.

    Parameters
    ----------
    box : of the hole within the bone's grid; the hole's own arrays have two more voxels on each side.
    share : of each voxel of the box that is hole.
    wall : distance to the wall, mm, positive inside, with the margin.
    edges : voxel edges, mm.
    down : unit vector of gravity.
    places, depths : voxels farthest from the wall first, and how far they are.
    """

    box: Box
    share: NDArray[np.float64]
    wall: NDArray[np.float64]
    edges: Triple
    down: NDArray[np.float64]
    places: NDArray[np.int64]
    depths: NDArray[np.float64]

    @property
    def volume_mm3(self) -> float:
        """Volume, mm³."""
        return float(self.share.sum()) * math.prod(self.edges)

    @property
    def widest_mm(self) -> float:
        """Radius of the largest ball that fits, mm."""
        return float(self.depths[0])

    def rooms(self, radii: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return for each ball how many of the places are far enough from the wall for its middle."""
        return np.searchsorted(-self.depths, -radii, side="right").astype(np.int64)


def hole(cavity: Cavity) -> Hole:
    """Make a cavity ready for pouring.

    Raises
    ------
    GraftError
        If the cavity is empty, of another grid than it says, not finite, or has no direction.
    """
    check_cavity(cavity)
    box = box_of(cavity.share)
    share = cavity.share[box]
    edges = cavity.grid.spacing_mm
    wall = wall_distance(np.pad(share, MARGIN), edges)
    # A stable order: equal distances keep the order of the voxels.
    order = np.argsort(-wall, axis=None, kind="stable")
    depths = wall.ravel()[order]
    kept = int(np.searchsorted(-depths, 0.0))
    down = np.array(cavity.inwards, np.float64)
    return Hole(
        box=box,
        share=share.astype(np.float64),
        wall=wall,
        edges=edges,
        down=down / np.linalg.norm(down),
        places=order[:kept].astype(np.int64),
        depths=depths[:kept],
    )


def check_cavity(cavity: Cavity) -> None:
    """Refuse a cavity that nothing can be packed into."""
    wrong = []
    if cavity.share.shape != cavity.grid.shape:
        given = f"shares of shape {cavity.share.shape}"
        wrong.append(Mistake("cavity", given, f"its grid has shape {cavity.grid.shape}"))
    elif not np.isfinite(cavity.share).all() or cavity.share.min() < 0 or cavity.share.max() > 1:
        given = f"shares from {cavity.share.min():g} to {cavity.share.max():g}"
        wrong.append(Mistake("cavity", given, "must be finite and lie between 0 and 1"))
    elif not (cavity.share >= 0.5).any():
        given = f"{cavity.volume_mm3:g} mm³ and no voxel at least half empty"
        wrong.append(Mistake("cavity", given, "must have room: drill first, or take smaller voxels"))
    length = math.hypot(*cavity.inwards)
    if not abs(length - 1) < 1e-6:
        allowed = "must be a unit vector (z, y, x) from the opening into the bone"
        wrong.append(Mistake("cavity › inwards", f"{cavity.inwards}, of length {length:g}", allowed))
    if wrong:
        raise GraftError(wrong)


def box_of(share: NDArray[np.float32]) -> Box:
    """Return the smallest box that holds all of a hole."""
    ends = []
    for axis in range(3):
        held = np.flatnonzero(share.any(axis=tuple(a for a in range(3) if a != axis)))
        ends.append(slice(int(held[0]), int(held[-1]) + 1))
    return ends[0], ends[1], ends[2]


def grid_of(grid: Grid, box: Box) -> Grid:
    """Return the grid of a box of a grid, at its place in space."""
    starts = [s.start * e for s, e in zip(box, grid.spacing_mm, strict=True)]
    z, y, x = (grid.origin_mm[i] + sum(grid.axes[i][j] * starts[j] for j in range(3)) for i in range(3))
    shape = (box[0].stop - box[0].start, box[1].stop - box[1].start, box[2].stop - box[2].start)
    return Grid(shape, grid.spacing_mm, (z, y, x), grid.axes)
