"""A vertebra made from numbers: body, walls, end-plates, network, mineral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, VertebraError
from spondyl.quantity import shipped
from spondyl.threads import available_threads
from spondyl.vertebra.body import Body, level_sets, shares
from spondyl.vertebra.network import Network, network_share
from spondyl.vertebra.recipes import Asked, recipe, usual
from spondyl.vertebra.sounding import POINTS, Lattice, own_network
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

FILLED = 0.33
"""Share of the box around a body that lies inside its walls, about."""


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
    network = trabecular_network(plan, threads)
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


def trabecular_network(plan: Plan, threads: int) -> Network:
    """Return the network of a plan, with its morphometry as nearly as this animal can."""
    richer = shipped()["vertebra"]["richer_ends"].value
    wanted = recipe(plan.asked, level=plan.usual_level, richer_ends=richer, where=plan.where)
    half = plan.body.height_mm / 2
    return own_network(plan.seed, wanted, usual(wanted, plan.asked), half, _lattice(plan, threads), threads)


def _lattice(plan: Plan, threads: int) -> Lattice:
    """Return points spread over the space inside the walls; whatever the voxel, they are the same."""
    body = plan.body
    spans = (
        (-body.height_mm / 2, body.height_mm / 2),
        (-body.depth_mm / 2, body.back_mm),
        (-body.width_mm / 2, body.width_mm / 2),
    )
    apart = (FILLED * np.prod([high - low for low, high in spans]) / POINTS) ** (1 / 3)
    z, y, x = (np.arange(low + apart / 2, high, apart) for low, high in spans)
    inside = level_sets(body, z, y, x, threads)[1] > 0
    if not inside.any():
        given = f"no room inside walls of {body.cortex_mm:.3g} mm"
        raise VertebraError(Mistake(plan.where, given, "must leave room for trabecular bone"))
    return Lattice(z, y, x, inside)


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
