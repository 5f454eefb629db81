"""The shape of granules: balls with broken faces that still touch what they touched.

A granule is the sphere it was poured as, cut by planes. No part leaves the sphere, so shapes cannot overlap; no
plane cuts off a point where the granule touches another or the wall, so it still rests where it rested.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.compiled import inner, kernel
from spondyl.graft.pouring import chance

CANDIDATES = 12
"""Directions drawn for each face, of which the one farthest from faces and contacts is taken."""

RAYS = 2000
"""Directions over which volume and surface are summed."""

HALVINGS = 40
DEEPEST = 0.9
"""Depth of a cut in radii that is never exceeded: a granule contains its middle."""


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
def choose_faces(key: Any, contacts: Any, count: int, normals: Any, weights: Any) -> None:
    """Choose where the faces of one granule look, away from its contacts and from each other."""
    tried = np.empty(3)
    facets = normals.shape[0]
    for face in range(facets):
        farthest = 2.0
        for candidate in range(CANDIDATES):
            a_direction(key, face * CANDIDATES + candidate, tried)
            closest = -1.0
            for n in range(count):
                closest = max(closest, along(tried, contacts[n]))
            for n in range(face):
                closest = max(closest, along(tried, normals[n]))
            if closest < farthest:
                farthest = closest
                normals[face] = tried
        weights[face] = 0.6 + 0.8 * chance(key, 2 * facets * CANDIDATES + face)


@inner
def cut(depth: float, weights: Any, least: Any, stretch: Any, offsets: Any) -> float:
    """Cut the faces of a granule of radius 1; return its volume as a share of the ball's.

    `stretch` is, for each ray and face, how far the ray runs to a plane at distance 1; 1e30 where never.
    """
    for face in range(offsets.size):
        offsets[face] = max(1 - min(depth * weights[face], DEEPEST), least[face])
    volume = 0.0
    for n in range(stretch.shape[0]):
        reach = 1.0
        for face in range(offsets.size):
            reach = min(reach, offsets[face] * stretch[n, face])
        volume += reach * reach * reach
    return volume / stretch.shape[0]


@inner
def surface(stretch: Any, offsets: Any) -> float:
    """Return the surface of a granule as a share of the ball's."""
    area = 0.0
    for n in range(stretch.shape[0]):
        reach, lean = 1.0, 1.0
        for face in range(offsets.size):
            if offsets[face] * stretch[n, face] < reach:
                reach, lean = offsets[face] * stretch[n, face], 1 / stretch[n, face]
        area += reach * reach / lean
    return area / stretch.shape[0]


@kernel
def break_granules(
    first: int, last: int, keys: Any, contacts: Any, counts: Any, solidity: float, directions: Any,
    normals: Any, offsets: Any, surfaces: Any,
) -> None:
    """Cut granules `first` to `last` to their solidity.

    Parameters
    ----------
    keys : one random word for each granule.
    contacts, counts : directions in which each touches something (n, most, 3), and how many.
    solidity : volume wanted as a share of the ball's.
    directions : of :func:`rays`.
    normals, offsets : of the planes that are made, (n, facets, 3) and (n, facets) in radii.
    surfaces : of the granules as shares of the ball's, (n,).
    """
    facets = normals.shape[1]
    weights, least = np.empty(facets), np.empty(facets)
    stretch = np.empty((directions.shape[0], facets))
    for granule in range(first, last):
        count = counts[granule]
        choose_faces(keys[granule], contacts[granule], count, normals[granule], weights)
        for n in range(directions.shape[0]):
            for face in range(facets):
                ahead = along(directions[n], normals[granule, face])
                stretch[n, face] = 1 / ahead if ahead > 1e-6 else 1e30
        for attempt in range(2):
            for face in range(facets):
                least[face] = 0.0
                for n in range(count if attempt == 0 else 0):
                    least[face] = max(least[face], along(normals[granule, face], contacts[granule, n]))
            low, high = 0.0, 2.0
            for _ in range(HALVINGS):
                depth = 0.5 * (low + high)
                if cut(depth, weights, least, stretch, offsets[granule]) > solidity:
                    low = depth
                else:
                    high = depth
            if cut(high, weights, least, stretch, offsets[granule]) <= solidity * (1 + 1e-9):
                break
        surfaces[granule] = surface(stretch, offsets[granule])
