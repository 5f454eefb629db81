"""Where a defect lies: as planned for the drill, or as drawn; and where it lies in another scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct import voi as interest
from spondyl.assay.microct.defect import DrillHole
from spondyl.assay.microct.timelapse.itk import resampled
from spondyl.assay.microct.timelapse.transform import Rigid, rigid
from spondyl.assay.microct.voi_mask import Mask
from spondyl.assay.microct.window import Box, around, around_mask, corner_mm
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid, Scan

Bools = NDArray[np.bool_]

LEAST_MARGIN = 8
"""Voxels around a defect that are shown, at least."""

MOST_LAYERS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A defect in one scan, and the part of the scan around it.

    Parameters
    ----------
    box : the part.
    grid : of the part.
    corner_mm : where it begins in the scan.
    hole : the planned hole in coordinates of the part; None for a drawn defect.
    inside : True in the defect, shape of the part.
    """

    box: Box
    grid: Grid
    corner_mm: tuple[float, float, float]
    hole: DrillHole | None
    inside: Bools

    def in_scan(self, grid: Grid) -> Bools:
        """Return the defect on the grid of the scan."""
        whole = np.zeros(grid.shape, dtype=np.bool_)
        whole[self.box] = self.inside
        return whole

    def to_part(self, motion: Rigid, other: Placed) -> Rigid:
        """Return a motion between two scans as one from the other part to this part."""
        matrix = np.array(motion.rotation)
        shift = np.array(motion.shift_mm) + matrix @ np.array(other.corner_mm) - np.array(self.corner_mm)
        return rigid(matrix, shift)


@dataclass(frozen=True, slots=True, eq=False)
class DefectSite:
    """Where a defect lies and how its union is judged.

    Parameters
    ----------
    hole : as planned; its union is judged from rim to rim.
    mask : a drawn defect; its union is judged between its ends along `axis`, as between end-plates.
    axis, across : of :func:`~spondyl.assay.microct.union.end_union`.
    layers : equal layers of depth in which new bone in a hole is given.

    Raises
    ------
    MeasurementError
        If not one of hole and mask is given, or the layers or axes are none.
    """

    hole: DrillHole | None = None
    mask: Mask | None = None
    axis: int = 0
    across: int = 2
    layers: int = 4

    def __post_init__(self) -> None:
        wrong = []
        if (self.hole is None) == (self.mask is None):
            given = "neither a planned hole nor a mask" if self.hole is None else "a planned hole and a mask"
            wrong.append(Mistake("defect", given, "needs one of the two"))
        if not 1 <= self.layers <= MOST_LAYERS:
            wrong.append(Mistake("defect › layers", str(self.layers), f"must be from 1 to {MOST_LAYERS}"))
        if self.axis == self.across or not {self.axis, self.across} <= {0, 1, 2}:
            given = f"axis {self.axis} cut along axis {self.across}"
            wrong.append(Mistake("defect › axis", given, "must be two different axes of 0, 1, 2 (z, y, x)"))
        if wrong:
            raise MeasurementError(wrong)

    def __str__(self) -> str:
        return str(self.hole or self.mask)

    def placed(self, scan: Scan, reach: int) -> Placed:
        """Return the defect in a scan, with what is needed around it.

        Parameters
        ----------
        scan : in whose coordinates it was planned or drawn.
        reach : voxels around it on which what is measured inside depends.

        Raises
        ------
        MeasurementError
            If it leaves the scan or holds no voxel centre.
        """
        if self.hole is not None:
            return _drilled(self.hole, scan, reach)
        inside = interest.inside(self.mask, scan)
        if inside is None:
            raise MeasurementError(Mistake("defect", "no mask", "needs one"))
        return _drawn(inside, scan, reach)

    def moved(self, motion: Rigid, baseline: Scan, scan: Scan, reach: int) -> Placed:
        """Return the defect, planned or drawn in a baseline, as it lies in another scan.

        Parameters
        ----------
        motion : from the baseline to the scan.
        baseline, scan : the two.
        reach : as for :meth:`placed`.

        Raises
        ------
        MeasurementError
            If the scan does not show all of it.
        """
        if self.hole is not None:
            return _drilled(self.hole.moved(motion), scan, reach)
        drawn = self.placed(baseline, reach)
        share = resampled(
            drawn.in_scan(baseline.grid).astype(np.float32),
            baseline.grid,
            motion.inverse(),
            scan.grid,
            outside=0.0,
        )
        inside = np.asarray(share >= 0.5)
        if not inside.any():
            given = "none of the defect that was drawn in the baseline"
            raise MeasurementError(Mistake(f"defect › {scan.name}", given, "must show all of it"))
        return _drawn(inside, scan, reach)


def _drilled(hole: DrillHole, scan: Scan, reach: int) -> Placed:
    hole.refuse_outside(scan.grid)
    margin = _margin(hole.diameter_mm / 2 / max(scan.grid.spacing_mm), reach)
    box = around(*hole.ends_mm, scan.grid, margin)
    grid, corner = _part(box, scan.grid)
    within = hole.seen_from(corner)
    return Placed(box, grid, corner, within, within.inside(grid))


def _drawn(inside: Bools, scan: Scan, reach: int) -> Placed:
    box = around_mask(inside, _margin(0, reach))
    grid, corner = _part(box, scan.grid)
    return Placed(box, grid, corner, None, inside[box])


def _part(box: Box, grid: Grid) -> tuple[Grid, tuple[float, float, float]]:
    z, y, x = (span.stop - span.start for span in box)
    return Grid((z, y, x), grid.spacing_mm), corner_mm(box, grid)


def _margin(wanted: float, reach: int) -> int:
    return max(round(wanted), reach, LEAST_MARGIN)
