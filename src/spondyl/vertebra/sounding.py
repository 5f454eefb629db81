"""An animal's own network, sounded at points of its body, and trimmed to what its recipe should give.

Few wavelengths fit into a body, so a drawn network is by chance denser, finer or more drawn out than others
of its recipe. Points of a lattice tell its share of bone; points beside them, a part of a plate away along
each axis, how much surface it has and how it is directed. Lengths, stretch and the level of holes are moved
until all three are those that its recipe has on average. The lattice is that of the body, not of the voxels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import kernel
from spondyl.threads import in_threads
from spondyl.vertebra.network import Network, Recipe, draw_network, levels_of
from spondyl.vertebra.recipes import Usual
from spondyl.vertebra.streams import stream
from spondyl.vertebra.waves import Reals, Reals64, Tables, sum_row

POINTS = 50_000
"""Points of the lattice in the space that a network fills, about."""

LAG = 0.5
"""How far beside a point its neighbours lie, in thicknesses of plates."""

ROUNDS = 3
"""Times that the network is deformed; what is left is then less than the points can tell."""

FURTHEST = 1.15
"""Largest factor of one round."""


LEVELS = (-3.0, 2.5)
"""Lowest and highest level of holes: plates without any, and hardly a plate."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Points spread evenly over a space.

    Parameters
    ----------
    z, y, x : coordinates, mm, evenly spaced.
    inside : which points lie in the space, (z, y, x).
    """

    z: Reals64
    y: Reals64
    x: Reals64
    inside: NDArray[np.bool_]

    def heights(self) -> Reals64:
        """Return z of the points inside."""
        return self.z[np.nonzero(self.inside)[0]]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the points tell of a network.

    Parameters
    ----------
    differ : share of neighbours of which one lies in bone and one does not, mean of the axes.
    fabric : mean of the dyads of the plates' normals (z, y, x) over the points in them, (3, 3), of trace 1.
    """

    differ: float
    fabric: Reals64

    @property
    def ratio(self) -> float:
        """Normals across z over those along it."""
        return float(np.sqrt(self.fabric[1, 1] * self.fabric[2, 2]) / self.fabric[0, 0])


def own_network(
    seed: int, wanted: Recipe, usual: Usual, half_height_mm: float, lattice: Lattice, threads: int
) -> Network:
    """Return the network of an animal.

    Parameters
    ----------
    seed : of the animal.
    wanted : recipe that has the morphometry asked for on average.
    usual : share of bone, surface and direction of such networks on average.
    lattice : over the space that the network fills.
    """
    network, lag = draw_network(stream(seed, "network"), wanted, half_height_mm), LAG * wanted.thickness_mm
    for _ in range(ROUNDS):
        fields = sounded(network, lattice, threads)
        network = _with_bone(network, fields, usual.bv_tv, lattice)
        found = told(network, fields, lattice, lag, threads)
        longer = float(np.clip(found.differ / usual.differ, 1 / FURTHEST, FURTHEST))
        turned = _towards(found.fabric, usual.ratio, usual.ratio_slope)
        recipe = replace(network.recipe, thickness_mm=network.recipe.thickness_mm * longer)
        network = replace(network.deformed(turned / longer), recipe=recipe)
    return _with_bone(network, sounded(network, lattice, threads), usual.bv_tv, lattice)


def _towards(fabric: Reals64, ratio: float, slope: float) -> Reals64:
    """Return the deformation of wave vectors that brings a fabric to one of a ratio, round about z.

    A stretch by a factor divides normals along it by the factor to the power of `slope`.
    """
    target = np.array([1.0, ratio, ratio]) / (1 + 2 * ratio)
    values, vectors = np.linalg.eigh(fabric)
    change = np.diag(np.log(target)) - (vectors * np.log(np.maximum(values, 1e-3))) @ vectors.T
    change -= np.trace(change) / 3 * np.eye(3)
    values, vectors = np.linalg.eigh(change / slope)
    factors = np.clip(np.exp(values), 1 / FURTHEST, FURTHEST)
    found: Reals64 = (vectors * factors) @ vectors.T
    return found


def _with_bone(network: Network, fields: Reals, bv_tv: float, lattice: Lattice) -> Network:
    """Return the network at the level of holes at which it has a share of bone."""
    offset = network.recipe.hole_level - network.levels(lattice.heights())
    level = np.quantile(levels_of(network, fields).max(0) + offset, 1 - bv_tv)
    return network.at_level(float(np.clip(level, *LEVELS)))


def told(network: Network, fields: Reals, lattice: Lattice, lag: float, threads: int) -> Told:
    """Return what points, and neighbours a lag (mm) further along each axis, tell of a network.

    Parameters
    ----------
    fields : of :func:`sounded` at the points themselves.
    """
    levels = network.levels(lattice.heights())
    plates = levels < levels_of(network, fields)
    differ = []
    for ahead in ((lag, 0.0, 0.0), (0.0, lag, 0.0), (0.0, 0.0, lag)):
        beside = levels < levels_of(network, sounded(network, lattice, threads, ahead)).max(0)
        differ.append((beside != plates.any(0)).mean())
    fabric = np.eye(3) * 1e-9
    for family, held in enumerate(plates):
        normals = fields[2 * family, 1:, held].astype(np.float64)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        fabric += normals.T @ normals
    return Told(max(float(np.mean(differ)), 1 / levels.size), fabric / np.trace(fabric))


def sounded(
    network: Network, lattice: Lattice, threads: int, ahead: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> Reals:
    """Return the fields that :func:`spondyl.vertebra.network.levels_of` takes, at points of a lattice.

    Parameters
    ----------
    ahead : how far beside the points inside, mm (z, y, x).
    """
    first = np.concatenate([[0], np.cumsum(lattice.inside.sum((1, 2)))])
    z, y, x = (axis + by for axis, by in zip((lattice.z, lattice.y, lattice.x), ahead, strict=True))
    out = np.empty((4, 4, first[-1]), np.float32)
    for number, waves in enumerate(waves for family in network.families for waves in family):
        plane = partial(_plane, waves.along(z, y, x), lattice.inside, first, out[number])
        in_threads(plane, range(z.size), threads)
    return out


@kernel
def _plane(tables: Tables, inside: NDArray[np.bool_], first: NDArray[np.int64], out: Reals, k: int) -> None:
    """Write value and gradient of a field at the points of plane k."""
    row = np.empty((4, inside.shape[2]), np.float32)
    at = first[k]
    for j in range(inside.shape[1]):
        if not inside[k, j].any():
            continue
        sum_row(tables, k, j, 0, row)
        for i in range(inside.shape[2]):
            if inside[k, j, i]:
                for part in range(4):
                    out[part, at] = row[part, i]
                at += 1
