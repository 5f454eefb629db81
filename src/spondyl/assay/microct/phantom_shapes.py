"""Shapes of a phantom: granules with pores, struts of bone, a layer of new bone on granules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]
FINE = 3
"""Fine voxels along the edge of a voxel; odd, so that one lies at its centre."""

SOFT, BONE, NEW_BONE = 0, -1, -2
"""Owners of a fine voxel that are not a granule; granules are numbered from 1."""

FACETS = 14
NEAREST = 0.7
"""Least distance of a facet from the centre of its granule, in radii."""

TRIES = 20
"""Granules tried for each that would fit if they left no gaps; most of them meet one that lies already."""

JITTER = 0.25
"""How far a node of the lattice of struts may lie off its place along each axis, in lattice spacings."""

CONNECTED = 0.8
"""Probability of a strut between neighbouring nodes."""


@dataclass(frozen=True, slots=True, eq=False)
class Granule:
    """A ball cut by facets, in fine voxels.

    Parameters
    ----------
    centre, radius : of the ball, (z, y, x).
    normals, distances : of the facets from the centre, shapes (14, 3) and (14,).
    """

    centre: NDArray[np.float64]
    radius: float
    normals: NDArray[np.float64]
    distances: NDArray[np.float64]

    def outside(self, box: Box) -> NDArray[np.float32]:
        """Return how far each voxel of a box lies outside, negative inside; less than the true distance."""
        away = offsets(box, self.centre)
        far = np.sqrt(away[0] ** 2 + away[1] ** 2 + away[2] ** 2) - np.float32(self.radius)
        for normal, distance in zip(self.normals, self.distances, strict=True):
            plane = sum(np.float32(n) * a for n, a in zip(normal, away, strict=True))
            np.maximum(far, plane - np.float32(distance), out=far)
        return np.asarray(far)


def draw_granules(
    size: int, rng: np.random.Generator, diameters: tuple[float, float], pores: tuple[float, float, float]
) -> tuple[NDArray[np.int16], list[Granule]]:
    """Draw granules that do not overlap, centred at random places of the lower half along z.

    Parameters
    ----------
    size : fine voxels along each side.
    rng : random numbers.
    diameters : lowest and highest, fine voxels.
    pores : lowest and highest diameter, fine voxels, and the share of a granule that is pores.

    Returns
    -------
    owner : number of the granule each fine voxel belongs to, 0 in none, shape (size, size, size).
    granules : in the order of their numbers.
    """
    owner = np.zeros((size,) * 3, dtype=np.int16)
    low, high = diameters[0] / 2, diameters[1] / 2
    granules: list[Granule] = []
    taken = np.zeros_like(owner, dtype=np.bool_)
    for _ in range(round(TRIES * size**3 / (low + high) ** 3)):
        centre, radius = rng.uniform(0, size, 3) * (0.5, 1, 1), rng.uniform(low, high)
        if any(_surely_meet(centre, radius, other) for other in granules):
            continue
        granule = _granule(rng, centre, radius)
        box = around(granule.centre - granule.radius, granule.centre + granule.radius, size)
        inside = granule.outside(box) <= 0
        if np.any(taken[box][inside]):
            continue
        taken[box] |= inside
        granules.append(granule)
        solid = inside & ~_pores(granule, box, rng, pores)
        owner[box][solid] = len(granules)
    return owner, granules


def _surely_meet(centre: NDArray[np.float64], radius: float, other: Granule) -> bool:
    """Tell whether the balls that two granules hold wholly overlap; it spares drawing the second."""
    return bool(np.sum((centre - other.centre) ** 2) < (NEAREST * (radius + other.radius)) ** 2)


def _granule(rng: np.random.Generator, centre: NDArray[np.float64], radius: float) -> Granule:
    normals = rng.standard_normal((FACETS, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Granule(centre, radius, normals, radius * rng.uniform(NEAREST, 1.0, FACETS))


def _pores(
    granule: Granule, box: Box, rng: np.random.Generator, pores: tuple[float, float, float]
) -> NDArray[np.bool_]:
    """Balls at random places; as many as give the asked share when they overlap at random."""
    low, high, share = pores
    mean_cube = np.mean(np.linspace(low, high, 101) ** 3)
    number = rng.poisson(-np.log(1 - share) * (2 * granule.radius) ** 3 * 6 / np.pi / mean_cube)
    hole = np.zeros(tuple(b.stop - b.start for b in box), dtype=np.bool_)
    places = granule.centre + rng.uniform(-granule.radius, granule.radius, (number, 3))
    for place, radius in zip(places, rng.uniform(low / 2, high / 2, number), strict=True):
        away = offsets(box, place)
        hole |= away[0] ** 2 + away[1] ** 2 + away[2] ** 2 <= np.float32(radius**2)
    return hole


def draw_struts(
    owner: NDArray[np.int16], rng: np.random.Generator, spacing: float, thickness: tuple[float, float]
) -> None:
    """Draw rods with round ends between the nodes of a jittered lattice, wherever no granule lies.

    Parameters
    ----------
    owner : changed in place.
    rng : random numbers.
    spacing : of the lattice, fine voxels.
    thickness : lowest and highest diameter, fine voxels.
    """
    size = owner.shape[0]
    for first, second in _edges(rng, size, spacing):
        radius = rng.uniform(*thickness) / 2
        box = around(np.minimum(first, second) - radius, np.maximum(first, second) + radius, size)
        if any(b.stop <= b.start for b in box):
            continue
        along = second - first
        away = offsets(box, first)
        share = sum(np.float32(d) * a for d, a in zip(along, away, strict=True)) / np.float32(along @ along)
        share = np.clip(share, 0, 1)
        square = sum((a - np.float32(d) * share) ** 2 for d, a in zip(along, away, strict=True))
        part = owner[box]
        part[(square <= radius**2) & (part == SOFT)] = BONE


def _edges(
    rng: np.random.Generator, size: int, spacing: float
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    count = int(np.ceil(size / spacing)) + 2
    places = np.stack(np.meshgrid(*[np.arange(count)] * 3, indexing="ij"), axis=-1) - 0.5
    nodes = (places + rng.uniform(-JITTER, JITTER, places.shape)) * spacing
    for axis in range(3):
        there = rng.random(nodes.shape[:3]) < CONNECTED
        first = np.moveaxis(nodes, axis, 0)[:-1]
        second = np.moveaxis(nodes, axis, 0)[1:]
        kept = np.moveaxis(there, axis, 0)[:-1]
        yield from zip(first[kept], second[kept], strict=True)


def draw_layers(
    owner: NDArray[np.int16],
    granules: list[Granule],
    patches: NDArray[np.bool_],
    rng: np.random.Generator,
    thickness: tuple[float, float],
) -> None:
    """Cover granules with new bone where `patches` is True; pores and other granules stay as they are.

    Parameters
    ----------
    owner : changed in place.
    granules : as drawn.
    patches : one for each voxel, shape (size / 3, size / 3, size / 3).
    rng : random numbers.
    thickness : lowest and highest, fine voxels; one for each granule.
    """
    for granule in granules:
        depth = rng.uniform(*thickness)
        reach = granule.radius + depth
        box = around(granule.centre - reach, granule.centre + reach, owner.shape[0])
        far = granule.outside(box)
        index = np.ix_(*[np.arange(b.start, b.stop) // FINE for b in box])
        part = owner[box]
        part[(far > 0) & (far <= depth) & patches[index] & (part <= SOFT)] = NEW_BONE


def around(low: NDArray[np.float64], high: NDArray[np.float64], size: int) -> Box:
    """Return the box from `low` to `high`, cut at the borders of the array."""
    start = np.clip(np.floor(low).astype(int), 0, size)
    stop = np.clip(np.ceil(high).astype(int) + 1, 0, size)
    z, y, x = (slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))
    return z, y, x


def offsets(box: Box, centre: NDArray[np.float64]) -> list[NDArray[np.float32]]:
    """Return how far the voxels of a box lie from a point along each axis, ready to be broadcast."""
    ranges = [np.arange(b.start, b.stop) - c for b, c in zip(box, centre, strict=True)]
    return [a.astype(np.float32) for a in np.ix_(*ranges)]
