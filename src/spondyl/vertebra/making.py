"""A vertebra made from numbers: body, walls, end-plates, network, mineral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError
from spondyl.quantity import shipped
from spondyl.threads import available_threads
from spondyl.vertebra.body import Body, level_sets, shares
from spondyl.vertebra.network import (
    Network,
    Recipe,
    bone_at,
    draw_network,
    fields_at,
    network_share,
)
from spondyl.vertebra.recipes import Asked, recipe
from spondyl.vertebra.streams import stream
from spondyl.vertebra.vertebra import CANAL, CORTEX, END_PLATE, OUTSIDE, TRABECULAR, Vertebra
from spondyl.vertebra.waves import random_waves
from spondyl.volume import Grid

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]

MARGIN = 3
"""Empty voxels kept around the bone."""

COARSEST = 12
"""Voxels that the width of the body needs."""

MOST_VOXELS = 400_000_000
"""Voxels of the largest array that is made."""

POINTS = 40_000
"""Points at which the bone volume fraction of a network is counted while its level is sought."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a vertebra is made from.

    Parameters
    ----------
    species, level, seed : whose it is.
    body : its form.
    asked : its trabecular morphometry.
    usual_level : of holes where no spacing is asked for.
    numbers : densities and other numbers of the animal.
    voxel_mm : edge of a voxel.
    where : begins error messages.
    """

    species: str
    level: str
    seed: int
    body: Body
    asked: Asked
    usual_level: float
    numbers: Mapping[str, float]
    voxel_mm: float
    where: str


def make(plan: Plan, threads: int | None = None) -> Vertebra:
    """Return the vertebra of a plan.

    The result does not depend on the number of threads, and its form and network not on the voxel: a coarser
    one holds the shares of the same bone.
    """
    threads = threads or available_threads()
    z, y, x = _axes(plan)
    outer, within, side = level_sets(plan.body, z, y, x, threads)
    edges = (plan.voxel_mm,) * 3
    region = _regions(plan.body, outer, within, side, (z, y, x))
    network = trabecular_network(plan)
    network = at_bone_volume(network, plan.asked.bv_tv, _points_inside(plan, region, (z, y, x)))
    hollow = shares(within, edges, threads)
    share = shares(outer, edges, threads)
    np.minimum(hollow, share, out=hollow)
    share -= hollow
    hollow *= network_share(network, z, y, x, hollow > 0, threads)
    share += hollow
    density = _mineral(plan, region, (z, y, x))
    shape = (z.size, y.size, x.size)
    return Vertebra(
        grid=Grid(shape, edges, (float(z[0]), float(y[0]), float(x[0]))),
        share=share,
        tissue_density=density,
        region=region,
        species=plan.species,
        level=plan.level,
        seed=plan.seed,
        notes=(f"made: {plan.species} {plan.level}, seed {plan.seed}",),
        numbers=MappingProxyType({**plan.numbers, "hole_level": network.recipe.hole_level}),
    )


def trabecular_network(plan: Plan) -> Network:
    """Return the network of a plan, before its level of holes is set to this animal's fields."""
    richer = shipped()["vertebra"]["richer_ends"].value
    wanted = recipe(plan.asked, level=plan.usual_level, richer_ends=richer, where=plan.where)
    return draw_network(stream(plan.seed, "network"), wanted, plan.body.height_mm / 2)


def at_bone_volume(network: Network, bv_tv: float, points: Reals64) -> Network:
    """Return the network with the level of holes at which it has the bone volume fraction.

    Parameters
    ----------
    points : (m, 3), mm, spread evenly over the space that the network fills.
    """
    values = fields_at(network, points)
    low, high = -3.0, 2.5
    for _ in range(24):
        middle = (low + high) / 2
        trial = _with_level(network, middle)
        share = bone_at(trial, values, trial.levels(points[:, 0])).mean()
        low, high = (middle, high) if share > bv_tv else (low, middle)
    return _with_level(network, (low + high) / 2)


def _with_level(network: Network, level: float) -> Network:
    changed: Recipe = replace(network.recipe, hole_level=level)
    return replace(network, recipe=changed)


def _axes(plan: Plan) -> tuple[Reals64, Reals64, Reals64]:
    """Return the coordinates of the voxels' centres: bone with a margin, the body's middle between voxels."""
    body, h = plan.body, plan.voxel_mm
    side = body.width_mm / 2 + 3 * body.relief_mm
    front = body.depth_mm / 2 + 3 * body.relief_mm
    spans = (
        (-body.height_mm / 2 - body.relief_mm, body.height_mm / 2 + body.relief_mm),
        (-front, body.back_mm + 3 * body.relief_mm),
        (-side, side),
    )
    first = [int(np.floor(low / h)) - MARGIN for low, _ in spans]
    last = [int(np.ceil(high / h)) + MARGIN for _, high in spans]
    voxels = int(np.prod([b - a for a, b in zip(first, last, strict=True)], dtype=np.int64))
    wrong = []
    if body.width_mm / h < COARSEST:
        most = 1000 * body.width_mm / COARSEST
        wrong = [Mistake(f"{plan.where} › voxel", f"{1000 * h:g} um", f"must be at most {most:.0f} um")]
    elif voxels > MOST_VOXELS:
        least = 1000 * h * (voxels / MOST_VOXELS) ** (1 / 3)
        given = f"{1000 * h:g} um, which makes {voxels:.3g} voxels"
        wrong = [Mistake(f"{plan.where} › voxel", given, f"must be at least {least:.0f} um")]
    if wrong:
        raise VertebraError(wrong)
    z, y, x = (np.asarray((np.arange(a, b) + 0.5) * h, np.float64) for a, b in zip(first, last, strict=True))
    return z, y, x


def _regions(
    body: Body, outer: Reals, within: Reals, side: Reals, axes: tuple[Reals64, Reals64, Reals64]
) -> NDArray[np.uint8]:
    region = np.full(outer.shape, OUTSIDE, np.uint8)
    bone = outer > 0
    region[bone] = np.where(side[bone] > 0, CORTEX, END_PLATE)
    region[within > 0] = TRABECULAR
    if body.stump_mm > 0:
        z, y, x = np.ix_(*axes)
        at, radius = body.canal
        canal = (np.hypot(y - at, x) < radius) & (abs(z) < body.height_mm / 2) & (y < body.back_mm)
        region[canal & ~bone] = CANAL
    return region


def _points_inside(plan: Plan, region: NDArray[np.uint8], axes: tuple[Reals64, Reals64, Reals64]) -> Reals64:
    """Return random points of the trabecular compartment: voxels by place, a point within each."""
    inside = np.flatnonzero(region.ravel() == TRABECULAR)
    if not inside.size:
        given = f"no room inside walls of {plan.body.cortex_mm:.3g} mm"
        raise VertebraError(Mistake(plan.where, given, "must leave room for trabecular bone"))
    draw = stream(plan.seed, "points")
    chosen = inside[(draw.random(POINTS) * inside.size).astype(np.int64)]
    places = np.unravel_index(chosen, region.shape)
    centres = np.stack([axis[place] for axis, place in zip(axes, places, strict=True)], 1)
    return np.asarray(centres + (draw.random(centres.shape) - 0.5) * plan.voxel_mm)


def _mineral(plan: Plan, region: NDArray[np.uint8], axes: tuple[Reals64, Reals64, Reals64]) -> Reals:
    """Return the mineral density of tissue: a mean by compartment that varies slowly from place to place."""
    varies = shipped()["vertebra"]["density_variation"].value
    length = plan.body.width_mm / 6
    waves = random_waves(stream(plan.seed, "mineral"), length, 1.0, spread=0.3, count=12)
    every = max(1, round(length / 8 / plan.voxel_mm))
    coarse = [axis[::every] for axis in axes]
    points = np.stack(np.meshgrid(*coarse, indexing="ij"), -1).reshape(-1, 3)
    field = waves.at(points)[0].reshape([axis.size for axis in coarse]).astype(np.float32)
    for axis, whole in enumerate(axes):
        place = np.clip(np.arange(whole.size) / every, 0, field.shape[axis] - 1).astype(np.float32)
        below = np.minimum(place.astype(int), max(field.shape[axis] - 2, 0))
        part = (place - below).reshape([-1 if a == axis else 1 for a in range(3)]).astype(np.float32)
        above = np.minimum(below + 1, field.shape[axis] - 1)
        field = field.take(below, axis) * (1 - part) + field.take(above, axis) * part
    mean = np.where(region == TRABECULAR, plan.numbers["tissue_density"], plan.numbers["cortex_density"])
    density: Reals = mean.astype(np.float32) + np.float32(varies) * field
    return density
