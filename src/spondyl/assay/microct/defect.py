"""The drilled defect: its volume of interest from the planned geometry, and the bone inside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid

Bools = NDArray[np.bool_]
Triple = tuple[float, float, float]
Motion = Callable[[Triple], Triple]

SHAPES = ("cylinder", "hemisphere")
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class DrillHole:
    """A hole as planned; points and directions are (z, y, x), mm from the outer corner of the array.

    Parameters
    ----------
    shape : ``"cylinder"`` (flat bottom) or ``"hemisphere"`` (round bur: its bottom is half a ball, with a
        cylinder above when the hole is deeper than its radius, and a cap of the ball when it is shallower).
    diameter_mm : diameter of the drill.
    depth_mm : from the entry to the deepest point.
    entry_mm : centre of the mouth of the hole.
    direction : the way the drill went in; any length above zero.

    Raises
    ------
    MeasurementError
        If the shape is unknown, or a length or direction is not finite or not above zero.

    Examples
    --------
    >>> hole = DrillHole("cylinder", 1.0, 0.5, entry_mm=(0.0, 1.0, 1.0), direction=(1.0, 0.0, 0.0))
    >>> round(hole.volume_mm3, 6)
    0.392699
    """

    shape: Literal["cylinder", "hemisphere"]
    diameter_mm: float
    depth_mm: float
    entry_mm: Triple
    direction: Triple

    def __post_init__(self) -> None:
        wrong = []
        if self.shape not in SHAPES:
            wrong.append(Mistake("defect › shape", repr(self.shape), "must be 'cylinder' or 'hemisphere'"))
        for name, length in (("diameter", self.diameter_mm), ("depth", self.depth_mm)):
            if not (math.isfinite(length) and length > 0):
                wrong.append(Mistake(f"defect › {name}", f"{length} mm", "must be a length above zero"))
        if not all(math.isfinite(e) for e in self.entry_mm):
            wrong.append(Mistake("defect › entry", f"{self.entry_mm} mm", "must be three finite lengths"))
        size = math.hypot(*self.direction)
        if not (math.isfinite(size) and size > 0):
            allowed = "must be three finite numbers, not all zero"
            wrong.append(Mistake("defect › direction", str(self.direction), allowed))
        if wrong:
            raise MeasurementError(wrong)

    def __str__(self) -> str:
        entry, way = (", ".join(f"{c:.3g}" for c in t) for t in (self.entry_mm, self.direction))
        size = f"diameter {self.diameter_mm:g} mm, depth {self.depth_mm:g} mm"
        return f"{self.shape} hole, {size}, entry ({entry}) mm, direction ({way})"

    @property
    def radius_mm(self) -> float:
        """Half the diameter."""
        return self.diameter_mm / 2

    @property
    def unit(self) -> NDArray[np.float64]:
        """Direction of length one."""
        return np.array(self.direction, dtype=np.float64) / math.hypot(*self.direction)

    @property
    def volume_mm3(self) -> float:
        """Volume of the planned hole."""
        r, h = self.radius_mm, self.depth_mm
        if self.shape == "cylinder":
            return math.pi * r**2 * h
        if h < r:
            return math.pi * h**2 * (r - h / 3)
        return math.pi * r**2 * (h - r) + 2 / 3 * math.pi * r**3

    def moved(self, motion: Motion) -> DrillHole:
        """Return the hole as it lies in another scan; `motion` takes a point there, as registration does."""
        tip = motion(_triple(np.array(self.entry_mm) + self.unit))
        entry = motion(self.entry_mm)
        way = _triple(np.array(tip) - np.array(entry))
        return DrillHole(self.shape, self.diameter_mm, self.depth_mm, entry, way)

    def inside(self, grid: Grid) -> Bools:
        """Return the voxels whose centres lie in the hole, shape ``grid.shape``.

        Raises
        ------
        MeasurementError
            If the hole leaves the scan, or holds no voxel centre.
        """
        self.refuse_outside(grid)
        down, off2 = self.along_and_off2(grid)
        reach = np.full(grid.shape, self.depth_mm)
        if self.shape == "hemisphere":
            centre = self.depth_mm - self.radius_mm
            reach = centre + np.sqrt(np.maximum(self.radius_mm**2 - off2, 0))
        slack = SLACK * self.diameter_mm
        found = (off2 <= self.radius_mm**2 * (1 + SLACK)) & (down >= -slack) & (down < reach - slack)
        if not found.any():
            raise MeasurementError(
                Mistake("defect", f"a {self} without a voxel centre", "must hold one at least")
            )
        return np.asarray(found)

    def along_and_off2(self, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the depth of voxel centres below the entry, mm, and their squared distance from the axis."""
        z, y, x = (
            (np.arange(n) + 0.5) * s - e
            for n, s, e in zip(grid.shape, grid.spacing_mm, self.entry_mm, strict=True)
        )
        a, b, c = self.unit
        down = a * z[:, None, None] + b * y[None, :, None] + c * x[None, None, :]
        square = (z**2)[:, None, None] + (y**2)[None, :, None] + (x**2)[None, None, :]
        return down, np.maximum(square - down**2, 0)

    @property
    def ends_mm(self) -> tuple[Triple, Triple]:
        """Lowest and highest coordinates of the hole."""
        ends = np.array([self.entry_mm, np.array(self.entry_mm) + self.depth_mm * self.unit])
        reach = self.radius_mm * np.sqrt(np.maximum(1 - self.unit**2, 0))
        low, high = ends.min(axis=0) - reach, ends.max(axis=0) + reach
        if self.shape == "hemisphere":
            low, high = (self._round_ends(low, -1), self._round_ends(high, 1))
        return _triple(low), _triple(high)

    def refuse_outside(self, grid: Grid) -> None:
        """Raise a MeasurementError when the hole leaves the array."""
        wrong = [
            Mistake(
                f"defect › {axis}", f"{a:.4g} to {b:.4g} mm", f"must lie within the scan, 0 to {size:g} mm"
            )
            for axis, a, b, size in zip("zyx", *self.ends_mm, grid.size_mm, strict=True)
            if a < -SLACK * size or b > size * (1 + SLACK)
        ]
        if wrong:
            raise MeasurementError(wrong)

    def seen_from(self, corner_mm: Triple) -> DrillHole:
        """Return the hole in the coordinates of a part of the array that begins at a corner."""
        entry = _triple(np.array(self.entry_mm) - np.array(corner_mm))
        return DrillHole(self.shape, self.diameter_mm, self.depth_mm, entry, self.direction)

    def _round_ends(self, flat: NDArray[np.float64], sign: int) -> NDArray[np.float64]:
        """Return the ends along the axes of a hole with a round bottom: ball below, disc at the mouth."""
        entry = np.array(self.entry_mm)
        centre = entry + (self.depth_mm - self.radius_mm) * self.unit
        mouth = self.radius_mm if self.depth_mm >= self.radius_mm else self._mouth_of_a_cap()
        disc = entry + sign * mouth * np.sqrt(np.maximum(1 - self.unit**2, 0))
        ball = centre + sign * self.radius_mm
        bound = np.maximum(ball, disc) if sign > 0 else np.minimum(ball, disc)
        return np.minimum(bound, flat) if sign > 0 else np.maximum(bound, flat)

    def _mouth_of_a_cap(self) -> float:
        return math.sqrt(self.depth_mm * (self.diameter_mm - self.depth_mm))


@dataclass(frozen=True, slots=True)
class DefectBone:
    """Bone inside a defect.

    Parameters
    ----------
    tv_mm3 : volume of the defect, voxels counted by their centres.
    bv_mm3 : bone inside.
    new_bv_mm3 : bone inside that was not there at baseline; all of it when no baseline is given.
    bv_tv, new_bv_tv : their shares of the defect.
    depths_mm : upper and lower ends of equal layers from the mouth to the bottom; empty for a defect that is
        no drilled hole.
    new_bv_tv_by_depth : share of new bone in each layer; None for a layer without a voxel.
    """

    tv_mm3: float
    bv_mm3: float
    new_bv_mm3: float
    bv_tv: float
    new_bv_tv: float
    depths_mm: tuple[tuple[float, float], ...]
    new_bv_tv_by_depth: tuple[float | None, ...]


def defect_bone(
    bone: Bools, hole: DrillHole, grid: Grid, *, baseline: Bools | None = None, layers: int = 4
) -> DefectBone:
    """Measure the bone inside a defect.

    Parameters
    ----------
    bone : True in bone (not in graft material), shape ``grid.shape``.
    hole : the defect in the coordinates of this scan; see :meth:`DrillHole.moved`.
    grid : where the voxels lie.
    baseline : bone just after drilling on the same grid; bone left in the hole then is not new.
    layers : number of layers of equal depth for the profile.

    Raises
    ------
    MeasurementError
        If the hole does not lie in the scan or an array has another shape.
    """
    voi = hole.inside(grid)
    found = bone_inside(bone, voi, grid, baseline=baseline)
    fresh = bone if baseline is None else bone & ~baseline
    depth = hole.along_and_off2(grid)[0][voi]
    layer = np.clip((depth * (layers / hole.depth_mm)).astype(np.intp), 0, layers - 1)
    whole = np.bincount(layer, minlength=layers)
    filled = np.bincount(layer[fresh[voi]], minlength=layers)
    cuts = [hole.depth_mm * k / layers for k in range(layers + 1)]
    return replace(
        found,
        depths_mm=tuple(pairwise(cuts)),
        new_bv_tv_by_depth=tuple(
            f / w if w else None for f, w in zip(filled.tolist(), whole.tolist(), strict=True)
        ),
    )


def bone_inside(bone: Bools, voi: Bools, grid: Grid, *, baseline: Bools | None = None) -> DefectBone:
    """Measure the bone inside a defect of any shape, without layers.

    Parameters
    ----------
    bone, baseline, grid : as for :func:`defect_bone`.
    voi : True in the defect, at least one voxel of it.

    Raises
    ------
    MeasurementError
        If an array has another shape than the scan.
    """
    for name, mask in (("bone", bone), ("baseline", baseline), ("voi", voi)):
        if mask is not None and mask.shape != grid.shape:
            given = f"{name} of shape {mask.shape}"
            raise MeasurementError(Mistake("defect", given, f"the scan has shape {grid.shape}"))
    held = bone & voi
    fresh = held if baseline is None else held & ~baseline
    tv, bv, new = (int(np.count_nonzero(mask)) for mask in (voi, held, fresh))
    return DefectBone(
        tv_mm3=tv * grid.voxel_mm3,
        bv_mm3=bv * grid.voxel_mm3,
        new_bv_mm3=new * grid.voxel_mm3,
        bv_tv=bv / tv,
        new_bv_tv=new / tv,
        depths_mm=(),
        new_bv_tv_by_depth=(),
    )


def _triple(vector: NDArray[np.float64]) -> Triple:
    z, y, x = vector.tolist()
    return z, y, x
