"""A hole is drilled into the bone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, QuantityError, VertebraError, nearest_word
from spondyl.graft import Cavity
from spondyl.quantity import convert
from spondyl.threads import available_threads
from spondyl.vertebra.hole import Hole, Triple, hole_share
from spondyl.vertebra.vertebra import CANAL, OUTSIDE, Vertebra

Reals = NDArray[np.float32]

DIRECTIONS = {
    "anterior": (0.0, 1.0, 0.0),
    "left": (0.0, 0.0, -1.0),
    "right": (0.0, 0.0, 1.0),
    "cranial": (-1.0, 0.0, 0.0),
    "caudal": (1.0, 0.0, 0.0),
}
"""Way of the drill (z, y, x) from the named side into the bone."""

SHAPES = ("cylinder", "hemisphere")


def drill(
    bone: Vertebra,
    *,
    diameter: str,
    depth: str | None = None,
    direction: str | Sequence[float] = "anterior",
    centre: Sequence[str] | None = None,
    shape: str = "cylinder",
    threads: int | None = None,
) -> Vertebra:
    """Return the bone with a hole.

    Parameters
    ----------
    bone : before.
    diameter, depth : of the hole, such as "2 mm"; depth is measured from where the drill's axis meets the
        bone. A hemisphere is half as deep as wide, and its depth may be left out.
    direction : side from which it is drilled: "anterior", "left", "right", "cranial", "caudal", or the way of
        the drill (z, y, x).
    centre : place that the drill's axis passes (z, y, x), from the middle of a made body, such as
        ("0 mm", "0 mm", "0.3 mm"); the middle of the bone if None.
    shape : "cylinder" or "hemisphere".
    threads : used; changes no digit.

    Raises
    ------
    VertebraError
        If the hole misses the bone, is larger than it, or comes out on the other side.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> hole = rat("L5", seed=7, voxel="200 um").drill(diameter="1.5 mm", depth="1.5 mm").cavity
    >>> hole.inwards
    (0.0, 1.0, 0.0)
    """
    if bone.cavity is not None:
        raise VertebraError(Mistake("drill", "a bone with a hole", "must be a whole bone"))
    radius, deep = _sizes(diameter, depth, shape)
    hole = _placed(bone, radius, deep, direction, _point(bone, centre), shape)
    _refuse(bone, hole)
    # The surface bulges before the plane of the mouth here and there: the drill takes that as well.
    z, y, x = (m - hole.radius * n for m, n in zip(hole.mouth, hole.inwards, strict=True))
    before = Hole("cylinder", hole.radius, hole.radius, (z, y, x), hole.inwards)
    team = threads or available_threads()
    share = hole_share(bone.grid, hole, team) + hole_share(bone.grid, before, team)
    np.minimum(share, 1, out=share)
    drilled = bone.share * (1 - share)
    cavity = Cavity(bone.grid, share * envelope(bone), hole.inwards)
    note = f"{hole.shape} drilled, {2 * hole.radius:g} mm wide, {hole.depth:g} mm deep"
    return replace(bone, share=drilled, cavity=cavity, notes=(*bone.notes, note))


def envelope(bone: Vertebra) -> Reals:
    """Return the share of each voxel inside the bone's outer surface: that of bone where walls meet it."""
    beyond = (bone.region == OUTSIDE) | (bone.region == CANAL)
    edge = beyond.copy()
    for axis in range(3):
        there, near = np.moveaxis(beyond, axis, 0), np.moveaxis(edge, axis, 0)
        near[1:] |= there[:-1]
        near[:-1] |= there[1:]
    return np.where(edge, bone.share, np.float32(1))


def _sizes(diameter: str, depth: str | None, shape: str) -> tuple[float, float]:
    wrong: list[Mistake] = []
    if shape not in SHAPES:
        near = nearest_word(str(shape), SHAPES)
        wrong.append(Mistake("drill › shape", repr(shape), f"must be {' or '.join(SHAPES)}", near))
    lengths = []
    for name, given in (("diameter", diameter), ("depth", depth)):
        if given is None:
            if shape == "cylinder":
                wrong.append(Mistake(f"drill › {name}", "none", "must be a length such as '2 mm'"))
            continue
        try:
            lengths.append(convert(given, "mm", where=f"drill › {name}", positive=True))
        except QuantityError as problem:
            wrong.extend(problem.mistakes)
    if (
        not wrong
        and shape == "hemisphere"
        and len(lengths) == 2
        and not np.isclose(lengths[1] * 2, lengths[0])
    ):
        allowed = f"must be half the diameter, {lengths[0] / 2:g} mm, or left out"
        wrong.append(Mistake("drill › depth", f"{lengths[1]:g} mm for a hemisphere", allowed))
    if wrong:
        raise VertebraError(wrong)
    return lengths[0] / 2, lengths[1] if len(lengths) == 2 else lengths[0] / 2


def _point(bone: Vertebra, centre: Sequence[str] | None) -> Triple:
    """Return the place that the drill's axis passes, mm in the world (z, y, x)."""
    if centre is None and bone.seed >= 0:
        return 0.0, 0.0, 0.0
    if centre is None:
        places = np.argwhere((bone.region != OUTSIDE) & (bone.region != CANAL))
        middle = (places.min(0) + places.max(0)) / 2
        z, y, x = np.array(bone.grid.origin_mm) + middle * np.array(bone.grid.spacing_mm)
        return float(z), float(y), float(x)
    if isinstance(centre, str) or len(centre) != 3:
        allowed = "must be three lengths (z, y, x) such as ('0 mm', '0 mm', '0.3 mm')"
        raise VertebraError(Mistake("drill › centre", repr(centre), allowed))
    z, y, x = (
        convert(part, "mm", where=f"drill › centre ({axis})")
        for part, axis in zip(centre, "zyx", strict=True)
    )
    return z, y, x


def _placed(
    bone: Vertebra,
    radius: float,
    depth: float,
    direction: str | Sequence[float],
    point: Triple,
    shape: str,
) -> Hole:
    """Return the hole with its mouth where the drill's axis first meets the bone."""
    inwards = _way(direction)
    from scipy.ndimage import map_coordinates

    spacing, origin = np.array(bone.grid.spacing_mm), np.array(bone.grid.origin_mm)
    step = spacing.min() / 4
    length = float(np.linalg.norm(bone.grid.size_mm)) + float(np.linalg.norm(np.array(point) - origin))
    steps = np.arange(-length, length, step)
    path = np.array(point) + steps[:, None] * np.array(inwards)
    solid = map_coordinates(bone.share, ((path - origin) / spacing).T, order=1, mode="constant")
    whole = ((bone.region != OUTSIDE) & (bone.region != CANAL)).astype(np.float32)
    within = map_coordinates(whole, ((path - origin) / spacing).T, order=1, mode="constant")
    walls, insides = (np.flatnonzero(along >= 0.5) for along in (solid, within))
    if not walls.size and not insides.size:
        z, y, x = point
        given = f"an axis through ({z:.3g}, {y:.3g}, {x:.3g}) mm that meets no bone"
        raise VertebraError(Mistake("drill › centre", given, "must lead through the bone"))
    if insides.size and (not walls.size or (walls[0] - insides[0]) * step > 2 * spacing.max()):
        # A wall thinner than half a voxel: the bone begins where its inside does.
        solid, walls = within, insides
    first = int(walls[0])
    part = 0.0
    if first > 0:
        part = float((solid[first] - 0.5) / max(solid[first] - solid[first - 1], 1e-9))
    z, y, x = (float(v) for v in path[first] - part * step * np.array(inwards))
    return Hole(shape, radius, depth, (z, y, x), inwards)


def _way(direction: str | Sequence[float]) -> Triple:
    if isinstance(direction, str):
        if direction not in DIRECTIONS:
            near = nearest_word(direction, DIRECTIONS)
            allowed = f"must be one of {', '.join(DIRECTIONS)}, or three numbers (z, y, x)"
            raise VertebraError(Mistake("drill › direction", repr(direction), allowed, near))
        return DIRECTIONS[direction]
    way = np.asarray(direction, dtype=np.float64)
    size = float(np.linalg.norm(way)) if way.shape == (3,) else 0.0
    if not (np.isfinite(size) and size > 0):
        allowed = "must be three numbers (z, y, x), not all zero"
        raise VertebraError(Mistake("drill › direction", repr(direction), allowed))
    z, y, x = (float(v) for v in way / size)
    return z, y, x


def _refuse(bone: Vertebra, hole: Hole) -> None:
    """Refuse a hole that is wider than the bone or comes out on the other side."""
    spacing, origin = np.array(bone.grid.spacing_mm), np.array(bone.grid.origin_mm)
    whole = (bone.region != OUTSIDE) & (bone.region != CANAL)
    places = np.argwhere(whole) * spacing + origin - np.array(hole.mouth)
    along = places @ np.array(hole.inwards)
    off = np.linalg.norm(places - along[:, None] * np.array(hole.inwards), axis=1)
    wrong = []
    axis = along[off <= 1.5 * spacing.max()]
    axis = np.sort(axis[axis > -spacing.max()])
    gaps = np.flatnonzero(np.diff(axis) > 2.5 * spacing.max())
    through = float(axis[gaps[0]] if gaps.size else axis[-1]) if axis.size else 0.0
    if hole.depth >= through:
        given = f"{hole.depth:.3g} mm where the bone is {through:.3g} mm deep"
        wrong.append(Mistake("drill › depth", given, "must end inside the bone"))
    inside = (along > -spacing.max()) & (along < hole.depth)
    across = np.abs(_widths(places[inside], hole.inwards)).min() if inside.any() else 0.0
    if 2 * hole.radius >= across:
        given = f"{2 * hole.radius:.3g} mm where the bone is {across:.3g} mm across"
        wrong.append(Mistake("drill › diameter", given, "must be less than the bone is wide"))
    elif (off[inside] > hole.radius).sum() == 0:
        wrong.append(Mistake("drill › diameter", f"{2 * hole.radius:.3g} mm", "must leave bone around it"))
    if wrong:
        raise VertebraError(wrong)


def _widths(places: NDArray[np.float64], inwards: Triple) -> NDArray[np.float64]:
    """Return the extents of places across a direction, along the two grid axes that lie most across it."""
    order = np.argsort(np.abs(inwards))[:2]
    return np.asarray(places[:, order].max(0) - places[:, order].min(0))
