"""Fields of a graft from the shapes of its granules and spheroids."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.bed import Bed, Bodies
from spondyl.graft.recipe import Mix
from spondyl.graft.voxels import Blocks, blocks, make_room
from spondyl.spheroid import SpheroidLot
from spondyl.volume.grid import Triple

Array = NDArray[np.float64]

STEPS = 64
"""Shells into which what a spheroid carries is cut, whatever shells its lot has."""

LIVING, ALL, RIPE = 0, 1, 2
"""Columns of a profile: living cells, all cells, living cells times maturity."""


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """What :class:`spondyl.graft.Graft` holds for each voxel of a box."""

    tcp: Array
    micropore: Array
    spheroid: Array
    carrier: Array
    void: Array
    granule: NDArray[np.int32]
    spheroid_number: NDArray[np.int32]
    cells_per_mm3: Array
    viability: Array
    maturity: Array


def fields(
    mix: Mix, bed: Bed, hole: Array, corner: tuple[int, int, int], edges: Triple, threads: int
) -> Fields:
    """Return the fields of a bed on a grid.

    Parameters
    ----------
    hole : share of each voxel that is hole (z, y, x).
    corner : first voxel of `hole` in the grid whose frame the bed has.
    edges : voxel edges, mm.
    threads : changes no result.
    """
    shape = (hole.shape[0], hole.shape[1], hole.shape[2])
    voxel = math.prod(edges)
    shift = np.array(corner) * np.array(edges)
    room = hole.ravel()
    grains = _shares(_moved(bed.granules, shift), shape, edges, np.zeros((0, 1)), room, "granules", threads)
    granule = np.minimum(grains.summed(grains.share, room.size), room)
    left = room - granule
    profile = profiles(mix.lot) if mix.lot else np.zeros((0, 1))
    lot = _shares(_moved(bed.spheroids, shift), shape, edges, profile, left, "spheroids", threads)
    spheroid = np.minimum(lot.summed(lot.share, room.size), left)
    carrier = _gel(mix, left - spheroid, voxel)
    porosity = mix.granules.micro_porosity if mix.granules else 0.0
    tcp = (1 - porosity) * granule
    living, alive, ripe = _cells(lot, bed.cells, room.size)
    return Fields(
        tcp=tcp.reshape(shape),
        micropore=(granule - tcp).reshape(shape),
        spheroid=spheroid.reshape(shape),
        carrier=carrier.reshape(shape),
        void=np.maximum(left - spheroid - carrier, 0.0).reshape(shape),
        granule=_owner(grains, room.size).reshape(shape),
        spheroid_number=_owner(lot, room.size).reshape(shape),
        cells_per_mm3=(living / voxel).reshape(shape),
        viability=alive.reshape(shape),
        maturity=ripe.reshape(shape),
    )


def profiles(lot: SpheroidLot) -> Array:
    """Return what a spheroid carries for its volume, by its distance from the middle: columns × steps.

    Cells lie equally dense all through it, living and dead together.
    """
    ends = lot.shell_um / lot.shell_um[-1]
    middles = (np.arange(STEPS) + 0.5) / STEPS
    shell = np.minimum(np.searchsorted(ends, middles), ends.size - 1)
    viability = np.asarray(lot.viability, np.float64)[shell]
    maturity = np.asarray(lot.maturity, np.float64)[shell]
    return np.stack([viability, np.ones(STEPS), viability * maturity])


def _moved(bodies: Bodies, shift: Array) -> Bodies:
    return replace(bodies, centres_mm=bodies.centres_mm - shift)


def _shares(
    bodies: Bodies,
    shape: tuple[int, int, int],
    edges: Triple,
    profile: Array,
    room: Array,
    what: str,
    threads: int,
) -> Blocks:
    made = blocks(bodies, shape, edges, profile, threads)
    return make_room(made, room, bodies.volumes_mm3 / math.prod(edges), what)


def _gel(mix: Mix, left: Array, voxel: float) -> Array:
    """Return the share of gel: all that is left, or a volume spread evenly over it."""
    if mix.carrier is None:
        return np.zeros_like(left)
    left = np.maximum(left, 0.0)
    if mix.carrier_mm3 is None:
        return left
    free = float(left.sum()) * voxel
    if mix.carrier_mm3 > free * (1 + 1e-12):
        allowed = f"{free:.3g} mm³ are left between granules and spheroids"
        raise GraftError(Mistake("carrier volume", f"{mix.carrier_mm3:.3g} mm³", allowed))
    return np.asarray(left * (mix.carrier_mm3 / free))


def _cells(lot: Blocks, cells: Array, voxels: int) -> tuple[Array, Array, Array]:
    """Return living cells, their share of all cells and their mean maturity in each voxel."""
    if not cells.size:
        return np.zeros(voxels), np.zeros(voxels), np.zeros(voxels)
    scale = cells / lot.by_body(lot.weights[LIVING])
    living, total, ripe = (lot.summed(column * scale[lot.body], voxels) for column in lot.weights)
    # Each spheroid's voxels add up to its cells; the last digits of all together are mended here.
    living *= cells.sum() / living.sum()
    nothing = np.zeros(voxels)
    alive = np.divide(living, total, out=nothing.copy(), where=total > 0)
    return living, np.minimum(alive, 1.0), np.divide(ripe, living, out=nothing, where=living > 0)


def _owner(made: Blocks, voxels: int) -> NDArray[np.int32]:
    """Return the number, from 1, of the body with the largest share of each voxel; 0 for none."""
    filled = np.flatnonzero(made.share > 0)
    # The last written wins: the largest share, of equal ones the first body.
    order = np.lexsort((-made.body[filled], made.share[filled]))
    owner = np.zeros(voxels, np.int32)
    owner[made.voxel[filled[order]]] = made.body[filled[order]] + 1
    return owner
