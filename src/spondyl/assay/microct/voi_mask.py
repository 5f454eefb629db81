"""Volumes of interest drawn as a mask on the grid of the scan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid, Scan


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A drawn volume of interest: what is not zero is inside.

    Parameters
    ----------
    labels : volume of whole numbers on the grid of the scan.
    """

    labels: Scan

    def __str__(self) -> str:
        return f"mask {self.labels.name}"

    def inside(self, grid: Grid) -> NDArray[np.bool_]:
        """Return the voxels inside the mask; refuse one on another grid, or one that holds grey values."""
        _refuse_foreign(self.labels, grid)
        stored = self.labels.stored
        if stored.dtype.kind == "f":
            _refuse_grey(self.labels)
        return np.asarray(stored != 0)


def _refuse_foreign(labels: Scan, grid: Grid) -> None:
    where, own = f"voi › mask {labels.name}", labels.grid
    if own.shape != grid.shape:
        raise MeasurementError(
            Mistake(where, f"shape {own.shape}", f"the scan has shape {grid.shape} (z, y, x)")
        )
    if not own.agrees_with(grid):
        given = f"voxels of {own.spacing_mm} mm"
        raise MeasurementError(
            Mistake(where, given, f"the scan has voxels of {grid.spacing_mm} mm (z, y, x)")
        )
    if not _placed(own) or not _placed(grid):
        return
    if any(
        abs(a - b) > s / 2 for a, b, s in zip(own.origin_mm, grid.origin_mm, grid.spacing_mm, strict=True)
    ):
        given = f"its first voxel at {own.origin_mm} mm"
        raise MeasurementError(Mistake(where, given, f"the scan begins at {grid.origin_mm} mm (z, y, x)"))
    if not np.allclose(own.axes, grid.axes, rtol=0, atol=1e-3):
        raise MeasurementError(Mistake(where, f"axes {own.axes}", f"the scan has axes {grid.axes}"))


def _placed(grid: Grid) -> bool:
    """Tell whether the file said where the volume lies; many mask files do not."""
    return grid != Grid(grid.shape, grid.spacing_mm)


def _refuse_grey(labels: Scan) -> None:
    for start, stop in labels.slabs(16):
        slab = labels.stored[start:stop]
        odd = slab[~(np.isfinite(slab) & (slab == np.floor(slab)))]
        if odd.size:
            given = f"the value {odd.flat[0]}"
            raise MeasurementError(
                Mistake(f"voi › mask {labels.name}", given, "must hold whole numbers, 0 outside")
            )
