"""The shape of granules: from the balls that were poured to broken grains of the same volume.

A granule takes the corners that its neighbours leave free (:mod:`spondyl.graft.limits`), up to a certain
reach, and loses as much elsewhere to broken faces. No face cuts off a point where it touches something, so it
still rests where it rested, now with a piece of its face.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.compiled import inner, kernel
from spondyl.graft.falling import put
from spondyl.graft.pouring import chance

CANDIDATES = 12
"""Directions drawn for each face, of which the one farthest from faces and contacts is taken."""

RAYS = 2000
"""Directions over which volume and surface are summed."""

HALVINGS = 40
NEAREST = 0.3
"""Distance in radii that a face keeps from the middle."""

TOUCHING = 1.02
"""Distance in radii up to which a plane beside a granule counts as touched."""


def rays(number: int = RAYS) -> NDArray[np.float64]:
    """Return directions spread evenly over the sphere (Fibonacci spiral), (n, 3).

    Examples
    --------
    >>> bool(abs(rays().mean(axis=0)).max() < 1e-3)
    True
    """
    turn = np.pi * (3 - np.sqrt(5.0)) * np.arange(number)
    z = 1 - (2 * np.arange(number) + 1.0) / number
    flat = np.sqrt(1 - z * z)
    return np.stack([z, flat * np.sin(turn), flat * np.cos(turn)], axis=1)


@inner
def a_direction(key: Any, number: int, into: Any) -> None:
    """Draw a direction, all alike."""
    z = 2 * chance(key, 2 * number) - 1
    turn = 2 * np.pi * chance(key, 2 * number + 1)
    flat = np.sqrt(max(0.0, 1 - z * z))
    into[0], into[1], into[2] = z, flat * np.sin(turn), flat * np.cos(turn)


@inner
def along(a: Any, b: Any) -> float:
    """Return the product of two directions."""
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@inner
def choose_faces(key: Any, touched: Any, count: int, normals: Any, weights: Any) -> None:
    """Choose where the broken faces of a granule look: away from what it touches and from each other."""
    tried = np.empty(3)
    facets = weights.size
    for face in range(facets):
        farthest = 2.0
        for candidate in range(CANDIDATES):
            a_direction(key, face * CANDIDATES + candidate, tried)
            closest = -1.0
            for n in range(count):
                closest = max(closest, along(tried, touched[n]))
            for n in range(face):
                closest = max(closest, along(tried, normals[n]))
            if closest < farthest:
                farthest = closest
                put(normals[face], tried)
        weights[face] = 0.6 + 0.8 * chance(key, 2 * facets * CANDIDATES + face)


@inner
def cut(
    depth: float, reach: float, weights: Any, least: Any, stretch: Any, bound: Any, offsets: Any
) -> float:
    """Cut the broken faces of a granule whose ball has radius 1; return its volume as a share of the ball's.

    Parameters
    ----------
    depth : of the cuts, from the sphere of its reach.
    weights, least : of each face: share of the depth, and distance below which it would cut off a contact.
    stretch : for each ray and face, how far the ray runs to a plane at distance 1; 1e30 where never.
    bound : for each ray, how far it runs to what bounds the granule.
    offsets : of the faces, made here.
    """
    for face in range(weights.size):
        offsets[face] = max(max(reach - depth * weights[face], NEAREST), least[face])
    volume = 0.0
    for n in range(stretch.shape[0]):
        far = bound[n]
        for face in range(weights.size):
            far = min(far, offsets[face] * stretch[n, face])
        volume += far * far * far
    return float(volume / stretch.shape[0])


@inner
def surface(reach: float, directions: Any, normals: Any, offsets: Any) -> float:
    """Return the surface of a granule as a share of its ball's."""
    area = 0.0
    for n in range(directions.shape[0]):
        far, lean = reach, 1.0
        for plane in range(offsets.size):
            ahead = along(directions[n], normals[plane])
            if ahead * far > offsets[plane]:
                far, lean = offsets[plane] / ahead, ahead
        area += far * far / lean
    return float(area / directions.shape[0])


@inner
def look(
    reach: float, directions: Any, normals: Any, offsets: Any, faces: Any, bound: Any, stretch: Any
) -> None:
    """Find how far each ray runs to what bounds a granule, and to each of its faces put at distance 1."""
    for n in range(directions.shape[0]):
        bound[n] = reach
        for plane in range(offsets.size):
            ahead = along(directions[n], normals[plane])
            if ahead * bound[n] > offsets[plane]:
                bound[n] = offsets[plane] / ahead
        for face in range(faces.shape[0]):
            ahead = along(directions[n], faces[face])
            stretch[n, face] = 1 / ahead if ahead > 1e-6 else 1e30


@inner
def break_one(
    key: Any, reach: float, directions: Any, normals: Any, offsets: Any, faces: Any, depths: Any
) -> None:
    """Break the faces of one granule so that, within the planes about it, it has its ball's volume."""
    facets = depths.size
    weights, least = np.empty(facets), np.zeros(facets)
    bound, stretch = np.empty(directions.shape[0]), np.empty((directions.shape[0], facets))
    touched, count = np.empty((offsets.size, 3)), 0
    for plane in range(offsets.size):
        if offsets[plane] <= TOUCHING:
            put(touched[count], normals[plane])
            count += 1
    choose_faces(key, touched, count, faces, weights)
    look(reach, directions, normals, offsets, faces, bound, stretch)
    for face in range(facets):
        for n in range(count):
            least[face] = max(least[face], along(faces[face], touched[n]))
    for _ in range(2):
        low, high = 0.0, 2 * reach
        for _ in range(HALVINGS):
            depth = 0.5 * (low + high)
            if cut(depth, reach, weights, least, stretch, bound, depths) > 1.0:
                low = depth
            else:
                high = depth
        if cut(high, reach, weights, least, stretch, bound, depths) <= 1 + 1e-6:
            return
        for face in range(facets):
            least[face] = 0.0  # so many contacts that only cutting some off leaves its volume


@kernel
def break_granules(
    first: int, last: int, keys: Any, facets: int, reach: float, directions: Any, beside: Any, surfaces: Any
) -> None:
    """Cut granules `first` to `last` to the volume of their balls.

    Parameters
    ----------
    keys : one random word for each granule.
    facets : broken faces of each.
    reach : of its corners, in radii.
    directions : of :func:`rays`.
    beside : normals, offsets and counts of the planes that bound each granule, in radii, with room for the
        faces after them.
    surfaces : of the granules as shares of their balls', made here.
    """
    normals, offsets, counts = beside
    for granule in range(first, last):
        planes, used = counts[granule], counts[granule] + facets
        break_one(
            keys[granule],
            reach,
            directions,
            normals[granule, :planes],
            offsets[granule, :planes],
            normals[granule, planes:used],
            offsets[granule, planes:used],
        )
        surfaces[granule] = surface(reach, directions, normals[granule, :used], offsets[granule, :used])
