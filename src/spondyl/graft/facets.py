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

RAYS = 3000
"""Directions over which volume and surface are summed."""

HALVINGS = 60
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
                closest = max(closest, np.dot(tried, contacts[n]))
            for n in range(face):
                closest = max(closest, np.dot(tried, normals[n]))
            if closest < farthest:
                farthest = closest
                normals[face] = tried
        weights[face] = 0.6 + 0.8 * chance(key, 2 * facets * CANDIDATES + face)


@inner
def cut(depth: float, weights: Any, least: Any, normals: Any, directions: Any, offsets: Any) -> tuple[float, float]:
    """Cut the faces of a granule of radius 1; return its volume and its surface as shares of the ball's."""
    for face in range(offsets.size):
        offsets[face] = max(1 - min(depth * weights[face], DEEPEST), least[face])
    volume, surface = 0.0, 0.0
    for n in range(directions.shape[0]):
        reach, lean = 1.0, 1.0
        for face in range(offsets.size):
            ahead = np.dot(directions[n], normals[face])
            if ahead * reach > offsets[face]:
                reach, lean = offsets[face] / ahead, ahead
        volume += reach**3
        surface += reach**2 / lean
    return volume / directions.shape[0], surface / directions.shape[0]


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
    for granule in range(first, last):
        count = counts[granule]
        choose_faces(keys[granule], contacts[granule], count, normals[granule], weights)
        for attempt in range(2):
            for face in range(facets):
                least[face] = 0.0
                for n in range(count if attempt == 0 else 0):
                    least[face] = max(least[face], np.dot(normals[granule, face], contacts[granule, n]))
            low, high = 0.0, 2.0
            for _ in range(HALVINGS):
                depth = 0.5 * (low + high)
                volume, _ = cut(depth, weights, least, normals[granule], directions, offsets[granule])
                if volume > solidity:
                    low = depth
                else:
                    high = depth
            volume, surface = cut(high, weights, least, normals[granule], directions, offsets[granule])
            surfaces[granule] = surface
            if volume <= solidity * (1 + 1e-9):
                break
