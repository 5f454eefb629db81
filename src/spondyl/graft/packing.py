"""A recipe and a hole become a graft."""

from __future__ import annotations

import math
from dataclasses import fields as dataclass_fields
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake
from spondyl.graft.bed import Bed, Bodies, balls
from spondyl.graft.cavity import Cavity
from spondyl.graft.graft import Graft
from spondyl.graft.granules import Granules
from spondyl.graft.hole import Hole, hole
from spondyl.graft.recipe import Mix
from spondyl.graft.wall import MARGIN
from spondyl.threads import available_threads, in_threads

Array = NDArray[np.float64]

SPREAD = 2.0
"""Standard deviations beyond which no spheroid differs from the mean radius."""

SAME_HOLE = 0.1
"""Difference of volume up to which two grids may show one hole."""

GRANULES_AT_ONCE = 32


def pack(mix: Mix, cavity: Cavity, *, seed: int, threads: int | None = None) -> Graft:
    """Pack a recipe into a cavity.

    Granules and spheroids are poured in a well-mixed order along the cavity's `inwards`: each drops from a
    random place of the opening, rolls to where it can go no lower and stays; the lowest of a few tries is
    kept. Then granules get their shapes, and everything its voxels.

    Parameters
    ----------
    mix : what :func:`spondyl.graft.mix` returned.
    cavity : the hole.
    seed : the same number gives the same graft to the last bit, on any number of threads.
    threads : processor threads; None for all.

    Raises
    ------
    GraftError
        If the recipe does not fit, with what was asked and what fits; or the cavity is empty.

    Examples
    --------
    >>> from spondyl.graft import Cavity, mix, pack
    >>> from spondyl.volume import Grid
    >>> share = np.zeros((24, 24, 24), np.float32)
    >>> share[2:22, 2:22, 2:22] = 1
    >>> hole = Cavity(Grid(share.shape, (0.1, 0.1, 0.1)), share, (1.0, 0.0, 0.0))
    >>> graft = pack(mix(granules="beta-TCP 0.3-0.6 mm", mass="3 mg"), hole, seed=1, threads=1)
    >>> round(graft.sheet.tcp_mg, 9), round(float(graft.tcp.sum()) * 0.001 * 3.07, 9)
    (3.0, 3.0)
    """
    _check_seed(seed)
    team = available_threads() if threads is None else threads
    space = hole(cavity)
    return _voxels(mix, settle(mix, space, seed, team), space, cavity, seed, team)


def repack(graft: Graft, cavity: Cavity, *, threads: int | None = None) -> Graft:
    """Return the same granules and spheroids on another grid of the same bone, finer or coarser.

    Parameters
    ----------
    graft : what :func:`pack` returned.
    cavity : the same hole on the other grid.
    threads : processor threads; None for all.

    Raises
    ------
    GraftError
        If the other grid is turned, or its hole has another volume by more than a tenth.
    """
    old, new = graft.bone, cavity.grid
    wrong = []
    if not np.allclose(old.axes, new.axes, atol=1e-6):
        wrong.append(
            Mistake("cavity › grid", "axes that are turned", "must have the axes of the graft's grid")
        )
    if not abs(cavity.volume_mm3 / graft.sheet.hole_mm3 - 1) < SAME_HOLE:
        allowed = f"must be the hole that was packed, of {graft.sheet.hole_mm3:.4g} mm³"
        wrong.append(Mistake("cavity", f"{cavity.volume_mm3:.4g} mm³", allowed))
    if wrong:
        raise GraftError(wrong)
    shift = np.array(old.axes).T @ (np.array(old.origin_mm) - np.array(new.origin_mm))
    grains, lot = graft.bed.granules, graft.bed.spheroids
    moved = Bed(
        replace(grains, centres_mm=grains.centres_mm + shift),
        replace(lot, centres_mm=lot.centres_mm + shift),
        graft.bed.cells,
    )
    team = available_threads() if threads is None else threads
    return _voxels(graft.mix, moved, hole(cavity), cavity, graft.sheet.seed, team)


def _voxels(mix: Mix, bed: Bed, space: Hole, cavity: Cavity, seed: int, threads: int) -> Graft:
    """Return the graft of a bed on the grid of a hole."""
    from spondyl.graft.dosing import dose_sheet
    from spondyl.graft.fields import fields

    corner = (space.box[0].start, space.box[1].start, space.box[2].start)
    made = fields(mix, bed, space.share, corner, space.edges, threads)
    return Graft(
        mix=mix,
        bed=bed,
        sheet=dose_sheet(mix, bed, space, made, seed, threads),
        bone=cavity.grid,
        box=space.box,
        hole=space.share,
        inwards=cavity.inwards,
        **{field.name: getattr(made, field.name) for field in dataclass_fields(made)},
    )


def settle(mix: Mix, space: Hole, seed: int, threads: int) -> Bed:
    """Pour a recipe into a hole and return the shapes at rest."""
    from spondyl.graft.filling import pour_mix

    radii = spheroid_radii(mix, seed)
    poured = pour_mix(mix, space, radii * (1 - mix.give), seed)
    corner = (np.array([s.start for s in space.box]) - MARGIN) * np.array(space.edges)
    kept = poured.landed[: poured.granules]
    grains = balls(poured.centres[: poured.granules][kept], poured.radii[: poured.granules][kept])
    beside = balls(poured.centres[poured.granules :], poured.radii[poured.granules :])
    if mix.granules is not None:
        grains = broken(grains, beside, mix.granules, space, seed, threads)
    cells = mix.cells * radii**3 / float((radii**3).sum()) if radii.size else np.zeros(0)
    moved = replace(grains, centres_mm=grains.centres_mm + corner)
    return Bed(moved, balls(beside.centres_mm + corner, radii), cells)


def spheroid_radii(mix: Mix, seed: int) -> Array:
    """Draw the radii of the spheroids, mm: normal, cut off two standard deviations from the mean."""
    if mix.lot is None or not mix.spheroids:
        return np.zeros(0)
    from scipy.special import erf, erfinv

    stream = np.random.Generator(np.random.Philox(key=[seed, 6]))
    within = erf(SPREAD / math.sqrt(2))
    steps = math.sqrt(2) * erfinv((2 * stream.random(mix.spheroids) - 1) * within)
    return np.asarray((mix.lot.radius_um + mix.lot.radius_sd_um * steps) / 1000)


def broken(grains: Bodies, others: Bodies, jar: Granules, space: Hole, seed: int, threads: int) -> Bodies:
    """Turn balls into broken grains of the same volume that touch what the balls touched.

    Parameters
    ----------
    grains, others : balls of granules and spheroids, in the frame of the hole with its margin.
    """
    from spondyl.graft.facets import break_granules, rays
    from spondyl.graft.limits import limits

    count = len(grains)
    if not count or jar.reach == 1:
        return grains
    beside = limits(
        (grains.centres_mm, grains.radii_mm), (others.centres_mm, others.radii_mm), space, jar.reach
    )
    key = np.random.Philox(key=[seed, 7])
    keys = np.random.Generator(key).integers(0, 2**63, count, dtype=np.uint64)
    normals = np.pad(beside.normals, ((0, 0), (0, jar.facets), (0, 0)))
    offsets = np.pad(beside.offsets, ((0, 0), (0, jar.facets)), constant_values=1e30)
    planes = (normals, offsets, beside.counts)
    surfaces, directions = np.zeros(count), rays()

    def cut(first: int) -> None:
        last = min(first + GRANULES_AT_ONCE, count)
        break_granules(first, last, keys, jar.facets, jar.reach, directions, planes, surfaces)

    in_threads(cut, range(0, count, GRANULES_AT_ONCE), threads)
    return replace(
        grains,
        radii_mm=jar.reach * grains.radii_mm,
        normals=normals,
        offsets_mm=offsets * grains.radii_mm[:, None],
        surfaces_mm2=grains.surfaces_mm2 * surfaces,
    )


def _check_seed(seed: object) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise GraftError(Mistake("seed", repr(seed), "must be a whole number from 0 to 2⁶³ − 1"))
