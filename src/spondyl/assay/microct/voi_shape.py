"""Volumes of interest with a shape: box and cylinder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.voi_range import AXES, Range, along, range_mistakes, refuse_outside
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid


@dataclass(frozen=True, slots=True)
class Box:
    """A box along the axes of the array.

    Parameters
    ----------
    z, y, x : ``(start, stop)`` along each axis from the outer corner of the array.
    unit : ``"voxel"`` (as array slices: ``(10, 20)`` holds voxels 10 to 19) or ``"mm"``.

    Examples
    --------
    >>> scan_grid = Grid((4, 4, 4), (0.5, 0.5, 0.5))
    >>> int(Box((0, 2), (0, 4), (1, 3)).inside(scan_grid).sum())
    16
    """

    z: Range
    y: Range
    x: Range
    unit: Literal["voxel", "mm"] = "voxel"

    def __post_init__(self) -> None:
        wrong = [m for a, r in zip(AXES, (self.z, self.y, self.x), strict=True) for m in range_mistakes(a, r)]
        if self.unit not in ("voxel", "mm"):
            wrong.append(Mistake("voi › box › unit", repr(self.unit), "must be 'voxel' or 'mm'"))
        if wrong:
            raise MeasurementError(wrong)

    def __str__(self) -> str:
        ranges = ", ".join(
            f"{a} {r[0]:g}–{r[1]:g}" for a, r in zip(AXES, (self.z, self.y, self.x), strict=True)
        )
        return f"box {ranges} {'voxels' if self.unit == 'voxel' else 'mm'}"

    def inside(self, grid: Grid) -> NDArray[np.bool_]:
        """Return the voxels of `grid` inside the box, shape ``grid.shape``; refuse a box that leaves it."""
        steps = grid.spacing_mm if self.unit == "mm" else (1.0, 1.0, 1.0)
        ranges = (self.z, self.y, self.x)
        extents = [n * s for n, s in zip(grid.shape, steps, strict=True)]
        refuse_outside("box", dict(zip(AXES, ranges, strict=True)), extents, self.unit)
        masks = [along(n, s, r) for n, s, r in zip(grid.shape, steps, ranges, strict=True)]
        return masks[0][:, None, None] & masks[1][None, :, None] & masks[2][None, None, :]


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A round cylinder along one axis of the array.

    Parameters
    ----------
    axis : ``"z"``, ``"y"`` or ``"x"``.
    centre_mm : position of the axis on the two other axes, in the order z, y, x, mm from the outer corner.
    radius_mm : radius, mm; a centre at just this distance is inside.
    along_mm : ``(start, stop)`` along the axis, mm from the outer corner.

    Examples
    --------
    >>> disc = Cylinder("z", centre_mm=(2.0, 2.0), radius_mm=1.0, along_mm=(0.0, 1.0))
    >>> int(disc.inside(Grid((4, 8, 8), (0.5, 0.5, 0.5))).sum())
    24
    """

    axis: Literal["z", "y", "x"]
    centre_mm: tuple[float, float]
    radius_mm: float
    along_mm: Range

    def __post_init__(self) -> None:
        wrong = range_mistakes("along", self.along_mm, "cylinder")
        if self.axis not in AXES:
            wrong.append(Mistake("voi › cylinder › axis", repr(self.axis), "must be 'z', 'y' or 'x'"))
        if not all(math.isfinite(c) for c in self.centre_mm):
            wrong.append(
                Mistake("voi › cylinder › centre", str(self.centre_mm), "must be two finite lengths")
            )
        if not (math.isfinite(self.radius_mm) and self.radius_mm > 0):
            wrong.append(Mistake("voi › cylinder › radius", f"{self.radius_mm} mm", "must be above zero"))
        if wrong:
            raise MeasurementError(wrong)

    def __str__(self) -> str:
        start, stop = self.along_mm
        a, b = self.centre_mm
        radius = f"radius {self.radius_mm:g} mm about ({a:g}, {b:g}) mm"
        return f"cylinder along {self.axis} {start:g}–{stop:g} mm, {radius}"

    def inside(self, grid: Grid) -> NDArray[np.bool_]:
        """Return the voxels of `grid` inside, shape ``grid.shape``; refuse a cylinder that leaves it."""
        axis = AXES.index(self.axis)
        across = [i for i in range(3) if i != axis]
        ranges = {
            AXES[i]: (c - self.radius_mm, c + self.radius_mm)
            for i, c in zip(across, self.centre_mm, strict=True)
        }
        ranges[self.axis] = self.along_mm
        refuse_outside("cylinder", {a: ranges[a] for a in AXES}, list(grid.size_mm), "mm")
        a, b = ((np.arange(grid.shape[i]) + 0.5) * grid.spacing_mm[i] for i in across)
        distance2 = (a[:, None] - self.centre_mm[0]) ** 2 + (b[None, :] - self.centre_mm[1]) ** 2
        disc = np.expand_dims(distance2 <= self.radius_mm**2 * (1 + 1e-12), axis)
        slices = along(grid.shape[axis], grid.spacing_mm[axis], self.along_mm)
        return np.asarray(disc & slices.reshape([-1 if i == axis else 1 for i in range(3)]))
