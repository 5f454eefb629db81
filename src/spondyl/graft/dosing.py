"""Counting what a graft holds, for its dose sheet."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.graft.bed import Bed, Bodies
from spondyl.graft.fields import ALL, LIVING, Fields, profiles
from spondyl.graft.hole import Hole
from spondyl.graft.recipe import Mix
from spondyl.graft.sheet import Sheet
from spondyl.graft.ways import pore_sizes

Array = NDArray[np.float64]

NARROW = 8.0
"""Granules across a hole below which walls loosen the packing noticeably."""


def dose_sheet(mix: Mix, bed: Bed, hole: Hole, made: Fields, seed: int, threads: int) -> Sheet:
    """Return the dose sheet of a graft."""
    voxel = math.prod(hole.edges)
    total = hole.volume_mm3
    tcp, micro = float(made.tcp.sum()) * voxel, float(made.micropore.sum()) * voxel
    jar, grains = mix.granules, bed.granules
    volume = float(grains.volumes_mm3.sum())
    living = float(bed.cells.sum())
    pores = pore_sizes(bed, hole, threads)
    sheet = Sheet(
        cells_living=living,
        cells_total=living / living_share(mix),
        cells_per_mm3=living / total,
        spheroids=len(bed.spheroids),
        spheroid_radius_um=1000 * _mean(bed.spheroids.radii_mm),
        granules=len(grains),
        granule_size_um=1000 * float((sizes(grains) * grains.volumes_mm3).sum()) / volume if volume else 0.0,
        sphericity=_mean(sphericities(grains)),
        tcp_mg=volume * jar.mg_per_mm3 if jar else 0.0,
        hole_mm3=total,
        tcp_mm3=tcp,
        micropore_mm3=micro,
        spheroid_mm3=float(made.spheroid.sum()) * voxel,
        carrier_mm3=float(made.carrier.sum()) * voxel,
        void_mm3=float(made.void.sum()) * voxel,
        macro_porosity=1 - (tcp + micro) / total,
        micro_porosity=jar.micro_porosity if jar else 0.0,
        total_porosity=1 - tcp / total,
        fill_height=fill_height(bed, hole),
        pore_um=1000 * pores[0],
        pore_beside_spheroids_um=1000 * pores[1],
        carrier=mix.carrier or "none",
        seed=seed,
        warnings=(),
    )
    return replace(sheet, warnings=warnings(sheet, mix, hole))


def sizes(bodies: Bodies) -> Array:
    """Return the diameter of the ball of each body's volume, mm."""
    return np.asarray(np.cbrt(6 / np.pi * bodies.volumes_mm3))


def sphericities(bodies: Bodies) -> Array:
    """Return the sphericity of each body (Wadell 1935): surface of the ball of its volume over its own."""
    return np.asarray(np.cbrt(36 * np.pi * bodies.volumes_mm3**2) / bodies.surfaces_mm2)


def living_share(mix: Mix) -> float:
    """Return the living share of the cells of a spheroid."""
    if mix.lot is None:
        return 1.0
    profile = profiles(mix.lot)
    steps = profile.shape[1]
    volume = np.diff((np.arange(steps + 1) / steps) ** 3)
    return float((profile[LIVING] * volume).sum() / (profile[ALL] * volume).sum())


def fill_height(bed: Bed, hole: Hole) -> float:
    """Return how high the filling reaches, as a share of the hole's depth."""
    axes = [np.arange(n) * e for n, e in zip(hole.share.shape, hole.edges, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    deep = (z * hole.down[0] + y * hole.down[1] + x * hole.down[2])[hole.share >= 0.5]
    half = 0.5 * float(np.abs(hole.down) @ np.array(hole.edges))
    top, bottom = float(deep.min()) - half, float(deep.max()) + half
    corner = np.array([s.start for s in hole.box]) * np.array(hole.edges)
    tops = [
        (b.centres_mm - corner) @ hole.down - sizes(b) / 2 for b in (bed.granules, bed.spheroids) if len(b)
    ]
    if not tops:
        return 0.0
    return float(np.clip((bottom - min(t.min() for t in tops)) / (bottom - top), 0.0, 1.0))


def warnings(sheet: Sheet, mix: Mix, hole: Hole) -> tuple[str, ...]:
    """Return what may surprise a person who reads the sheet."""
    said = []
    if sheet.spheroids and sheet.granules and 2 * sheet.spheroid_radius_um > sheet.pore_um:
        said.append(
            f"spheroids of {2 * sheet.spheroid_radius_um:.0f} µm are wider than the widest way down "
            f"({sheet.pore_um:.0f} µm): they must go in with the granules, not after them"
        )
    if sheet.granules and sheet.pore_um == 0:
        said.append("no way leads from the opening to the bottom between the granules")
    if (sheet.granules or sheet.spheroids) and sheet.fill_height < 0.9:
        said.append(
            f"the filling reaches {100 * sheet.fill_height:.0f} % of the depth: the rest stays without graft"
        )
    if sheet.granules and 2000 * hole.widest_mm < NARROW * sheet.granule_size_um:
        across = 2000 * hole.widest_mm / sheet.granule_size_um
        said.append(f"the hole is {across:.1f} granules wide: its wall makes the packing looser than in bulk")
    if sheet.spheroids and mix.carrier is None:
        said.append("no carrier holds the spheroids in place")
    return tuple(said)


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else 0.0
