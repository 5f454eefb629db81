"""The widest ways down through a graft, found coarsely first and then closely."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.bed import Bed, Bodies
from spondyl.graft.hole import Hole
from spondyl.graft.pores import clearance, widest_path
from spondyl.graft.wall import MARGIN
from spondyl.volume.grid import Triple

Points = NDArray[np.float32]

POINTS = 2_000_000
"""Points at which clearance is known at most."""

FINEST = 0.05
"""Distance between such points in sizes of the smallest granule."""

CLOSE = 0.25
"""Voxels by which a way may be narrower than found on the voxels, before all is looked through again."""


def pore_sizes(bed: Bed, hole: Hole, threads: int) -> tuple[float, float]:
    """Return the widest way down, mm, between granules and with spheroids in the way as well."""
    corner = (np.array([s.start for s in hole.box]) - MARGIN) * np.array(hole.edges)
    grains, lot = (replace(b, centres_mm=b.centres_mm - corner) for b in (bed.granules, bed.spheroids))
    fine, edges = fine_wall(bed, hole)
    between = _width([grains], hole, fine, edges, threads)
    return between, _width([grains, lot], hole, fine, edges, threads) if len(lot) else between


def _width(obstacles: list[Bodies], hole: Hole, fine: Points, edges: Triple, threads: int) -> float:
    """Return the widest way, looked for on the voxels and then, within their doubt, on fine points."""
    coarse = hole.wall.astype(np.float32)
    found = _way(obstacles, coarse, coarse, hole.edges, hole.down, 0.0, threads)
    if fine.shape == coarse.shape:
        return found
    doubt = max(hole.edges)
    # Wider than this no way is, so farther from surfaces than this nothing needs to be known.
    far = np.minimum(fine, np.float32(found / 2 + 2 * doubt))
    for least in (max(0.0, found / 2 - CLOSE * doubt), 0.0):
        closer = _way(obstacles, far, fine, edges, hole.down, least, threads)
        if closer > 0:
            return closer
    return 0.0


def _way(
    obstacles: list[Bodies],
    far: Points,
    wall: Points,
    edges: Triple,
    down: NDArray[np.float64],
    least: float,
    threads: int,
) -> float:
    """Return the widest way among obstacles on points where clearance is at most `far`."""
    clear = far
    for bodies in obstacles:
        clear = clearance(bodies, clear, edges, threads)
    top, bottom = (touching(clear, wall, edges, sign * down, least) for sign in (-1.0, 1.0))
    return widest_path(clear, top, bottom, least)


def touching(
    clear: Points, wall: Points, edges: Triple, way: NDArray[np.float64], least: float
) -> NDArray[np.bool_]:
    """Tell at which points the largest ball about them touches the wall in a direction.

    It does where moving its middle by its radius, and by one distance between points more, leaves the hole.
    """
    from scipy.ndimage import map_coordinates

    inside = np.flatnonzero(clear > least)
    at = np.array(np.unravel_index(inside, clear.shape), np.float64)
    ahead = (way / np.array(edges))[:, None] * (clear.ravel()[inside] + max(edges))
    end = np.zeros(clear.size, np.bool_)
    end[inside] = map_coordinates(wall, at + ahead, order=1, mode="nearest") < 0
    return end.reshape(clear.shape)


def fine_wall(bed: Bed, hole: Hole) -> tuple[Points, Triple]:
    """Return the wall's distance on points as close as the smallest granule asks for, and their distances."""
    from scipy.ndimage import zoom

    small = (
        float(np.cbrt(6 / np.pi * bed.granules.volumes_mm3.min()))
        if len(bed.granules)
        else 2 * hole.widest_mm
    )
    wanted = math.ceil(max(hole.edges) / (FINEST * small))
    parts = max(1, min(wanted, int((POINTS / hole.wall.size) ** (1 / 3))))
    coarse = hole.wall.astype(np.float32)
    if parts == 1:
        return coarse, hole.edges
    factors = [((n - 1) * parts + 1) / n for n in coarse.shape]
    z, y, x = (edge / parts for edge in hole.edges)
    return np.asarray(zoom(coarse, factors, order=1, grid_mode=False)), (z, y, x)
