"""Union: whether bone bridges a defect, by rules that can be checked voxel by voxel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.bridge import Gap, gap, joined, neck, spanning
from spondyl.assay.microct.defect import DrillHole
from spondyl.errors import MeasurementError, Mistake
from spondyl.volume import Grid

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

MOST_STRIPS, MOST_LAYERS = 12, 4
"""Strips and layers that are looked at when the voxels are small enough."""
LEAST_VOXELS = 3.0
"""A strip or a layer thinner than this cannot hold a path that turns."""

PLANE_VOXELS = 2.0
"""Distance of the planes of the neck: closer ones, oblique to the array, hold now more, now fewer voxels."""

RIM_RULE = (
    "The hole is cut into {layers} layers of equal depth and each layer into strips along {n} directions "
    "across the hole, {width:.3g} mm wide so that together they cover the whole rim. A strip is bridged when "
    "face-connected bone inside it joins host bone at one rim with host bone at the opposite rim, both "
    "farther than half a radius from the axis of the hole. The score is the share of bridged strips among "
    "those with host bone at both rims. The neck is the smallest cross-section of the bone that joins "
    "opposite rims, over all planes across the bridged directions in the middle half of the hole."
)
END_RULE = (
    "The volume is cut into {n} slices {width:.3g} mm thick that run from end to end. A slice is bridged "
    "when face-connected bone inside it joins bone of one end with bone of the other. The score is the "
    "share of bridged slices among those with bone at both ends. The neck is the smallest cross-section, "
    "over all planes between the ends, of the bone that joins them."
)

Row = tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """How far a defect is bridged.

    Parameters
    ----------
    score : share of strips that are bridged, from 0 to 1; None when none has host bone at both ends.
    bridged : by layer (from the mouth down) and direction: True, False, or None where host bone is missing.
    neck_mm2 : smallest cross-section of the bridge; 0 without one.
    neck_share : the same as a share of the cross-section of the defect in that plane.
    rule : what counts, in words.
    """

    score: float | None
    bridged: tuple[Row, ...]
    neck_mm2: float
    neck_share: float
    rule: str

    @property
    def by_layer(self) -> tuple[float | None, ...]:
        """The score of each layer alone."""
        return tuple(_share(row) for row in self.bridged)

    @property
    def grade(self) -> str:
        """``"complete"`` when every strip is bridged, ``"partial"``, ``"none"`` or ``"not assessable"``."""
        if self.score is None:
            return "not assessable"
        return "complete" if self.score == 1 else "partial" if self.score > 0 else "none"


@dataclass(frozen=True, slots=True, eq=False)
class _Drilled:
    """A hole cut out, its wall, and the coordinates across its axis and below its mouth, mm."""

    cut: Gap
    wall: Bools
    ahead: Floats
    aside: Floats
    down: Floats


def rim_union(
    bone: Bools, hole: DrillHole, grid: Grid, *, directions: int | None = None, layers: int | None = None
) -> Union:
    """Tell how far bone bridges a drilled hole from rim to rim.

    A lining of the wall is no union: it leaves every strip open in the middle, except at the bottom.

    Parameters
    ----------
    bone : True in bone, host and new, shape ``grid.shape``.
    hole : the hole in the coordinates of this scan.
    grid : where the voxels lie.
    directions, layers : how many; by default 12 and 4, or fewer where strips or layers would be thinner than
        3 voxels.

    Raises
    ------
    MeasurementError
        If the hole does not lie in the scan, or is too small for the directions or layers asked.
    """
    across = math.pi * hole.radius_mm
    count = _number("directions", across, max(grid.spacing_mm), directions, MOST_STRIPS)
    depth = _number("layers", hole.depth_mm, max(grid.spacing_mm), layers, MOST_LAYERS)
    drilled = _drilled(bone, hole, grid)
    layer = np.clip((drilled.down * (depth / hole.depth_mm)).astype(np.intp), 0, depth - 1)
    table = np.empty((depth, count), dtype=object)
    necks = [(0.0, 0.0)]
    for number in range(count):
        s, t = _turned(drilled, math.pi * number / count)
        strip = np.abs(t) <= across / count / 2
        for row in range(depth):
            table[row, number] = joined(*_sides(drilled, strip & (layer == row), s))
        if any(table[:, number]):
            bridge = spanning(drilled.cut.bone, *_sides(drilled, strip, s)[1:])
            necks.append(
                neck(bridge, drilled.cut, s, hole.radius_mm / 2, PLANE_VOXELS * max(grid.spacing_mm))
            )
    rows = tuple(tuple(row) for row in table.tolist())
    return _union(rows, min(necks[1:] or necks), RIM_RULE.format(n=count, layers=depth, width=across / count))


def end_union(
    bone: Bools, voi: Bools, grid: Grid, *, axis: int = 0, across: int = 2, slices: int = MOST_STRIPS
) -> Union:
    """Tell how far bone bridges a volume between its two ends along an axis, as between end-plates.

    Parameters
    ----------
    bone : True in bone, host and new, shape ``grid.shape``.
    voi : the volume to be bridged; the bone that faces it from beyond its ends is what must be joined.
    grid : where the voxels lie.
    axis : 0, 1 or 2 (z, y, x): the way the bridge has to run.
    across : axis along which the volume is cut into slices; not `axis`.
    slices : number of slices; fewer where they would be thinner than 3 voxels.

    Raises
    ------
    MeasurementError
        If arrays differ in shape, the volume is empty or reaches the border, or the axes are the same.
    """
    _refuse_ends(bone, voi, grid, axis, across)
    cut = gap(bone, voi, grid)
    low, high = (_facing(cut, axis, step) for step in (1, -1))
    held = np.flatnonzero(cut.voi.any(axis=tuple(i for i in range(3) if i != across)))
    count = max(1, min(slices, int(len(held) / LEAST_VOXELS)))
    cuts = [int(held[0]) + round(len(held) * k / count) for k in range(count + 1)]
    bridged: list[bool | None] = []
    for first, last in pairwise(cuts):
        part = tuple(slice(first, last) if i == across else slice(None) for i in range(3))
        bridged.append(joined(cut.bone[part], low[part], high[part]))
    level = np.indices(cut.voi.shape)[axis] * grid.spacing_mm[axis]
    narrowest = neck(spanning(cut.bone, low, high), cut, level, math.inf, grid.spacing_mm[axis])
    width = len(held) * grid.spacing_mm[across] / count
    return _union((tuple(bridged),), narrowest, END_RULE.format(n=count, width=width))


def _union(rows: tuple[Row, ...], narrowest: tuple[float, float], rule: str) -> Union:
    return Union(_share(tuple(b for row in rows for b in row)), rows, *narrowest, rule)


def _share(row: Row) -> float | None:
    judged = [b for b in row if b is not None]
    return sum(judged) / len(judged) if judged else None


def _number(what: str, length_mm: float, voxel_mm: float, asked: int | None, most: int) -> int:
    fits = int(length_mm / (LEAST_VOXELS * voxel_mm) * (1 + 1e-9))
    if fits < 1:
        given = f"a hole too small for voxels of {voxel_mm:g} mm"
        raise MeasurementError(Mistake("union", given, "must be at least three voxels wide and deep"))
    if asked is not None and not 1 <= asked <= fits:
        allowed = f"must be from 1 to {fits}, so that each is at least 3 voxels wide"
        raise MeasurementError(Mistake(f"union › {what}", str(asked), allowed))
    return asked or min(most, fits)


def _drilled(bone: Bools, hole: DrillHole, grid: Grid) -> _Drilled:
    if bone.shape != grid.shape:
        given = f"bone of shape {bone.shape}"
        raise MeasurementError(Mistake("union", given, f"the scan has shape {grid.shape}"))
    cut = gap(bone, hole.inside(grid), grid)
    way = hole.unit
    first = np.eye(3)[int(np.argmin(np.abs(way)))]
    first = first - way * (first @ way)
    first /= np.linalg.norm(first)
    axes = [
        (np.arange(s.start, s.stop) + 0.5) * step - e
        for s, step, e in zip(cut.box, grid.spacing_mm, hole.entry_mm, strict=True)
    ]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    ahead, aside, down = (v[0] * z + v[1] * y + v[2] * x for v in (first, np.cross(way, first), way))
    wall = cut.host & (np.hypot(ahead, aside) > hole.radius_mm / 2) & (down > 0)
    return _Drilled(cut, wall, ahead, aside, down)


def _turned(drilled: _Drilled, angle: float) -> tuple[Floats, Floats]:
    """Return the coordinates along and across a direction."""
    c, s = math.cos(angle), math.sin(angle)
    return c * drilled.ahead + s * drilled.aside, c * drilled.aside - s * drilled.ahead


def _sides(drilled: _Drilled, strip: Bools, along: Floats) -> tuple[Bools, Bools, Bools]:
    wall = drilled.wall & strip
    return drilled.cut.bone & strip, wall & (along > 0), wall & (along < 0)


def _facing(cut: Gap, axis: int, step: int) -> Bools:
    """Return the host bone whose next voxel along an axis, forwards or backwards, lies in the volume."""
    ahead = np.roll(cut.voi, -step, axis)
    np.moveaxis(ahead, axis, 0)[-1 if step > 0 else 0] = False
    return cut.host & ahead


def _refuse_ends(bone: Bools, voi: Bools, grid: Grid, axis: int, across: int) -> None:
    for name, mask in (("bone", bone), ("voi", voi)):
        if mask.shape != grid.shape:
            given = f"{name} of shape {mask.shape}"
            raise MeasurementError(Mistake("union", given, f"the scan has shape {grid.shape}"))
    if axis == across or not {axis, across} <= {0, 1, 2}:
        given = f"axis {axis} cut along axis {across}"
        raise MeasurementError(Mistake("union › axis", given, "must be two different axes of 0, 1, 2"))
    ends = np.moveaxis(voi, axis, 0)
    if not voi.any() or ends[0].any() or ends[-1].any():
        given = "a volume that is empty or reaches the border of the scan"
        raise MeasurementError(Mistake("union › voi", given, "must end inside the scan at both ends"))
