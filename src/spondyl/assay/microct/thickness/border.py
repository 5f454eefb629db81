"""Balls that would grow beyond the border of the volume of interest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.thickness.balls import (
    BRICK,
    finished,
    found,
    joined,
    joined_to,
    layers,
    packed,
    unpacked,
)
from spondyl.assay.microct.thickness.distance import squared_distance
from spondyl.assay.microct.thickness.faces import Faces
from spondyl.assay.microct.thickness.fit import one_sided
from spondyl.assay.microct.thickness.labels import PHASE, UNKNOWN, Edges
from spondyl.assay.microct.thickness.share import share
from spondyl.compiled import bare, kernel


def end_at_border(
    squared: NDArray[np.float32],
    labels: NDArray[np.uint8],
    masked: bool,
    centres: tuple[int, int],
    outside: tuple[int, int],
    edges: Edges,
    faces: Faces,
    threads: int,
) -> None:
    """Shorten, in place, the balls that reach beyond the border and touch the surface from one side only.

    Parameters
    ----------
    squared : squared radius of the ball at each voxel, shape (z, y, x); afterwards 0 outside the phase, and
        negative where the ball was shortened.
    labels : same shape.
    masked : whether any voxel of the array lies outside the volume of interest.
    centres : first layer of the balls and the layer after the last.
    outside : layers of the volume of interest below and above those of the array.
    edges : voxel edges (z, y, x), in the unit of `squared`.
    faces : of the phase.
    threads : changes no result.
    """
    cut = squared_distance(labels, UNKNOWN, edges, threads) if masked else np.empty((0, 0, 0), np.float32)
    ends = np.asarray(edges, np.float64), np.asarray(outside, np.int64)
    balls = joined(share(threads, _crossing, layers(centres), squared, labels, cut, *ends))
    growing = one_sided(balls, np.ones(len(balls.places), np.bool_), edges, faces, threads)
    places = balls.places[growing]
    share(threads, _shorten, [(0, len(places))], places, squared, cut, *ends)
    if masked:
        np.putmask(squared, labels != PHASE, np.float32(0))


@bare
def _end(z: int, y: int, x: int, shape: Any, cut: Any, edges: Any, outside: Any) -> Any:
    """Return the squared distance to the border of the volume of interest."""
    nz, ny, nx = shape
    dz = edges[0] * min(outside[0] + z + 1, outside[1] + nz - z)
    dy, dx = edges[1] * min(y + 1, ny - y), edges[2] * min(x + 1, nx - x)
    end = min(dz, min(dy, dx)) ** 2
    return min(end, cut[z, y, x]) if cut.size > 0 else end


@kernel
def _shorten(first: int, last: int, places: Any, squared: Any, cut: Any, edges: Any, outside: Any) -> None:
    for place in places[first:last]:
        z, y, x = unpacked(place)
        squared[z, y, x] = -_end(z, y, x, squared.shape, cut, edges, outside)


@kernel
def _crossing(first: int, last: int, squared: Any, labels: Any, cut: Any, edges: Any, outside: Any) -> Any:
    """Return the balls of one layer of bricks that reach beyond the border."""
    _, ny, nx = squared.shape
    lists, brick = found(BRICK**3)
    n = bricks = 0
    for y0 in range(0, ny, BRICK):
        for x0 in range(0, nx, BRICK):
            box = (first, last, y0, min(ny, y0 + BRICK), x0, min(nx, x0 + BRICK))
            count = _beyond(squared, labels, cut, box, edges, outside, brick)
            if count > 0:
                lists = joined_to(lists, n, bricks, brick, count)
                n, bricks = n + count, bricks + 1
    return finished(lists, n, bricks)


@bare
def _beyond(squared: Any, labels: Any, cut: Any, box: Any, edges: Any, outside: Any, brick: Any) -> int:
    """Write the balls of a brick that reach beyond the border; return how many."""
    n, (places, sizes) = 0, brick
    for z in range(box[0], box[1]):
        for y in range(box[2], box[3]):
            for x in range(box[4], box[5]):
                if labels[z, y, x] != PHASE:
                    continue
                size = squared[z, y, x]
                if size > _end(z, y, x, squared.shape, cut, edges, outside):
                    places[n], sizes[n] = packed(z, y, x), size
                    n += 1
    return n
