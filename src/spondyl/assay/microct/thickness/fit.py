"""The sphere that touches the surface around a ball of voxels: its diameter is the thickness.

A ball reaches from one voxel centre to another, and neither is the place of the surface. The faces between
the voxels are, on average: half a voxel beyond the last centre inside, whatever the direction. So the sphere
is the one whose distances to the faces it touches, along the normals of the surface there, are alike. A mean
over many faces has not the error of each; the nearest alone would be half a voxel off on an oblique plate.

A sphere of radius r touches the faces it is turned to within the cap where a tangent plane comes no farther
than one step between voxels: centre of the face within r + step, and normal within acos(r / (r + step)). They
are found around the ball, then once more around the sphere that came of them, which sees all sides alike.

The faces near a brick of balls are gathered once for all of them. Which they are depends on all balls of the
brick, not on those asked for, so that every sum has one order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import BRICK, Balls, unpacked
from spondyl.assay.microct.thickness.faces import Faces
from spondyl.assay.microct.thickness.gather import narrowed, nearby, workspace
from spondyl.assay.microct.thickness.labels import Edges
from spondyl.assay.microct.thickness.share import ranges, share
from spondyl.assay.microct.thickness.tangent import tangent
from spondyl.assay.microct.thickness.touch import ROUNDING, touched_sums, touches_one_side
from spondyl.compiled import bare, kernel

HALF = BRICK // 2
"""Edge of a part of a brick, voxels: a power of two."""

PASSES = 2
"""Times the touched faces are found: around the ball, then around the sphere."""

Bools = NDArray[np.bool_]


def one_sided(balls: Balls, wanted: Bools, edges: Edges, faces: Faces, threads: int) -> Bools:
    """Return which of the wanted balls touch the surface from one side only."""
    found = np.zeros(len(balls.places), np.bool_)
    bricks = ranges(len(balls.starts) - 1)
    share(threads, _one_sided, bricks, balls, wanted, np.asarray(edges, np.float64), faces, found)
    return found


def fitted_radii(
    balls: Balls,
    wanted: Bools,
    ended: Bools,
    edges: Edges,
    faces: Faces,
    threads: int,
) -> NDArray[np.float32]:
    """Return the radius of the sphere that touches the surface around each wanted ball, unit of `edges`.

    Balls that ended at the border touch the faces there too.
    """
    found = np.zeros(len(balls.places), np.float32)
    bricks = ranges(len(balls.starts) - 1)
    share(threads, _fit, bricks, balls, wanted, ended, np.asarray(edges, np.float64), faces, found)
    return found


@bare
def _middle(place: int, edges: Any, middle: Any) -> None:
    """Write the middle of the brick that holds a voxel."""
    z, y, x = unpacked(place)
    middle[0] = edges[0] * (z // BRICK * BRICK + 0.5 * (BRICK - 1))
    middle[1] = edges[1] * (y // BRICK * BRICK + 0.5 * (BRICK - 1))
    middle[2] = edges[2] * (x // BRICK * BRICK + 0.5 * (BRICK - 1))


@bare
def _centre(place: int, edges: Any, middle: Any, out: Any) -> None:
    """Write the centre of a voxel, from the middle of its brick."""
    z, y, x = unpacked(place)
    out[0], out[1], out[2] = edges[0] * z - middle[0], edges[1] * y - middle[1], edges[2] * x - middle[2]


@bare
def _part(place: int) -> Any:
    """Return which of the eight parts of its brick holds a voxel."""
    z, y, x = unpacked(place)
    return (z & HALF) // HALF * 4 + (y & HALF) // HALF * 2 + (x & HALF) // HALF


@bare
def _asked(balls: Balls, wanted: Any, b0: int, b1: int, parts: Any) -> None:
    """Write the largest squared radius in each part of a brick, 0 where no ball is wanted."""
    asked = 0
    for part in range(8):
        parts[part] = 0.0
    for b in range(b0, b1):
        part = _part(balls.places[b])
        asked |= wanted[b] << part
        parts[part] = max(parts[part], balls.sizes[b])
    for part in range(8):
        parts[part] *= (asked >> part) & 1


@bare
def _extent(part: int, edges: Any, middle: Any, half: Any) -> None:
    """Write the middle of the centres in a part, from that of its brick, and half their extent."""
    quarter = 0.25 * BRICK
    for axis in range(3):
        middle[axis] = edges[axis] * (quarter if (part >> (2 - axis)) & 1 else -quarter)
        half[axis] = edges[axis] * (quarter - 0.5)


@kernel
def _one_sided(
    first: int, last: int, balls: Balls, wanted: Any, edges: Any, faces: Faces, found: Any
) -> None:
    near, decoded = workspace()
    some, _ = workspace()
    middle, centre, inner, half, parts = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(8)
    step = edges.max() * (1 + ROUNDING)
    for brick in range(first, last):
        b0, b1 = balls.starts[brick], balls.starts[brick + 1]
        _asked(balls, wanted, b0, b1, parts)
        if parts.max() == 0:
            continue
        _middle(balls.places[b0], edges, middle)
        far = np.sqrt(balls.sizes[b0:b1].max()) * (1 + ROUNDING) + step
        near, n = nearby(middle, far, 0, edges, faces, near, 0, decoded)
        for part in range(8):
            if parts[part] == 0:
                continue
            _extent(part, edges, inner, half)
            far = np.sqrt(parts[part]) * (1 + ROUNDING) + step
            some, m = narrowed(near, 0, n, inner, half, far, some, 0, decoded)
            for b in range(b0, b1):
                if wanted[b] and _part(balls.places[b]) == part:
                    _centre(balls.places[b], edges, middle, centre)
                    found[b] = touches_one_side(some, m, centre, np.sqrt(balls.sizes[b]))


@kernel
def _fit(
    first: int,
    last: int,
    balls: Balls,
    wanted: Any,
    ended: Any,
    edges: Any,
    faces: Faces,
    found: Any,
) -> None:
    near, decoded = workspace()
    some, _ = workspace()
    middle, work = np.empty(3), (np.empty(3), np.empty(3), np.empty(15), np.empty(4))
    inner, extent, parts = np.empty(3), np.empty(3), np.empty(8)
    half = 0.5 * np.sqrt(edges[0] ** 2 + edges[1] ** 2 + edges[2] ** 2)
    beyond = half + edges.max() * (1 + ROUNDING)
    for brick in range(first, last):
        b0, b1 = balls.starts[brick], balls.starts[brick + 1]
        _asked(balls, wanted, b0, b1, parts)
        if parts.max() == 0:
            continue
        _middle(balls.places[b0], edges, middle)
        far = np.sqrt(balls.sizes[b0:b1].max()) * (1 + ROUNDING) + beyond
        near, n = nearby(middle, far, 0, edges, faces, near, 0, decoded)
        more = n
        if ended[b0:b1].any():
            near, more = nearby(middle, far, 1, edges, faces, near, n, decoded)
        for part in range(8):
            if parts[part] == 0:
                continue
            _extent(part, edges, inner, extent)
            far = np.sqrt(parts[part]) * (1 + ROUNDING) + beyond
            some, m = narrowed(near, 0, n, inner, extent, far, some, 0, decoded)
            some, most = narrowed(near, n, more, inner, extent, far, some, m, decoded)
            asked = (b0, b1, part, wanted, ended)
            _fit_part(balls, asked, edges, middle, some, m, most, half, work, found)


@bare
def _fit_part(
    balls: Balls,
    asked: Any,
    edges: Any,
    middle: Any,
    near: Any,
    n: int,
    more: int,
    half: float,
    work: Any,
    found: Any,
) -> None:
    """Fit the wanted balls of a part of a brick to `n` faces, to `more` where they ended at the border."""
    b0, b1, part, wanted, ended = asked
    for b in range(b0, b1):
        if wanted[b] and _part(balls.places[b]) == part:
            _centre(balls.places[b], edges, middle, work[0])
            count = more if ended[b] else n
            found[b] = _radius(near, count, np.sqrt(balls.sizes[b]), edges, half, work)


@bare
def _radius(near: Any, n: int, ball: float, edges: Any, half: float, work: Any) -> float:
    centre, move, sums, shift = work
    least, radius, high = 0.5 * min(edges[0], min(edges[1], edges[2])), float(ball), ball + half
    for axis in range(3):
        move[axis] = 0.0
    for _ in range(PASSES):
        touched_sums(near, n, centre, move, radius, sums)
        if sums[14] == 0:
            break
        tangent(sums, shift)
        radius = min(max(radius + shift[3], least), high)
        size = np.sqrt(shift[0] ** 2 + shift[1] ** 2 + shift[2] ** 2)
        part = min(1.0, (high - radius) / max(size, ROUNDING))
        for axis in range(3):
            move[axis] += shift[axis] * part
            centre[axis] += shift[axis] * part
    return radius
