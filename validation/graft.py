"""Grafts: packing of equal spheres, volumes, doses, pores, resolution and strength of the ceramic."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from spondyl.graft import Cavity, Granules, mix, pack, repack, tcp_strength_mpa
from spondyl.graft.bed import balls
from spondyl.graft.filling import pour_mix
from spondyl.graft.hole import hole
from spondyl.graft.pores import clearance, widest_path
from spondyl.spheroid import SpheroidLot
from spondyl.volume import Grid
from validation.row import Row, below, number

JAR = "beta-TCP 0.3-0.6 mm"
SUBJECT = "graft"


def spheres() -> Iterator[Row]:
    """Equal spheres of 0.5 mm poured into a box of 6 mm: share of its middle that they fill."""
    size = 0.5
    jar = Granules(size, size, micro_porosity=0.0, reach=1.0, facets=12, density_mg_mm3=3.07)
    share = np.pad(np.ones((48, 48, 48), np.float32), 2)
    space = hole(Cavity(Grid(share.shape, (0.125,) * 3), share, (1.0, 0.0, 0.0)))
    points = np.random.default_rng(0).uniform(1.3, 5.1, (400_000, 3))
    for drops, truth, width in ((1, 0.582, 0.015), (8, 0.595, 0.045)):
        poured = pour_mix(replace(mix(granules=jar), drops=drops), space, np.zeros(0), 3)
        centres = poured.centres[poured.landed]
        found = float((cKDTree(centres).query(points)[0] < size / 2).mean())
        note = "dropped and rolled once (0.582)" if drops == 1 else "lowest of 8 (0.55 to 0.64)"
        yield number(SUBJECT, f"packing of equal spheres, {note}", truth, found, absolute=width)
        nearest = float(cKDTree(centres).query(centres, k=2)[0][:, 1].min())
        yield below(SUBJECT, f"deepest overlap, {note}", 1e-6, max(1 - nearest / size, 0.0), "of a diameter")


def doses() -> Iterator[Row]:
    """400 spheroids of 2000 cells with as many granules as fit into a hole of 2 mm, 25 µm voxels."""
    graft = pack(mix(_spheroids(400), JAR, carrier="fibrin"), drilled(0.025), seed=7)
    voxel = graft.bone.voxel_mm3
    yield number(
        SUBJECT, "living cells in the voxels", 800_000, graft.cells_per_mm3.sum() * voxel, relative=1e-12
    )
    volume = float(graft.bed.granules.volumes_mm3.sum())
    yield number(
        SUBJECT, "granules in the voxels", volume, graft.granules.sum() * voxel, relative=1e-12, unit="mm³"
    )
    total = sum(part.sum() for part in graft.composition().values()) * voxel
    yield number(SUBJECT, "parts together", graft.sheet.hole_mm3, total, relative=1e-12, unit="mm³")
    fullest = max(float((graft.granules + graft.spheroid - graft.hole).max()), 0.0)
    yield below(SUBJECT, "overfull voxels", 1e-12, fullest, "of a voxel")


def resolution() -> Iterator[Row]:
    """The same graft on 50 and 25 µm against the mean of its 12.5 µm voxels: order of the error of β-TCP."""
    coarse = pack(mix(_spheroids(200), JAR, mass="2.5 mg"), drilled(0.05), seed=3)
    finest = repack(coarse, drilled(0.0125)).whole("tcp")
    errors = []
    for graft in (coarse, repack(coarse, drilled(0.025))):
        field = graft.whole("tcp")
        n, parts = field.shape[0], finest.shape[0] // field.shape[0]
        truth = finest.reshape(n, parts, n, parts, n, parts).mean(axis=(1, 3, 5))
        errors.append(float(np.abs(field - truth).sum() / truth.sum()))
    yield below(SUBJECT, "β-TCP at 50 µm against 12.5 µm, mean difference", 0.02, errors[0], "of the β-TCP")
    order = math.log2(errors[0] / errors[1])
    yield below(
        SUBJECT, "first order less the order from 50 to 25 µm", 0.1, 1 - order, f"(order {order:.2f})"
    )


def pores() -> Iterator[Row]:
    """Windows of the simple cubic lattice of touching spheres of diameter 1."""
    step = 1 / 40
    corners = np.stack(np.meshgrid(*[np.arange(3.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    open_space = np.full((81, 81, 81), np.float32(1))
    clear = clearance(balls(corners, np.full(27, 0.5)), open_space, (step,) * 3)
    top, bottom = np.zeros(clear.shape, bool), np.zeros(clear.shape, bool)
    top[0], bottom[-1] = True, True
    found = widest_path(clear, top, bottom)
    yield number(
        SUBJECT, "widest way through the simple cubic lattice, √2 − 1", math.sqrt(2) - 1, found, relative=1e-4
    )


def strength() -> Iterator[Row]:
    """Compressive strength of porous β-TCP by the shipped law against target C21, not fitted to it."""
    for porosity, measured in ((0.435, 32.9), (0.625, 8.3), (0.683, 6.1), (0.744, 10.4)):
        found = tcp_strength_mpa(porosity)
        ratio = max(found / measured, measured / found)
        check = f"C21, strength at {100 * porosity:g} % pores"
        yield Row(SUBJECT, check, f"{measured:g} MPa", f"{found:.3g} MPa", "factor 2", ratio <= 2)


CHECKS = (spheres, doses, resolution, pores, strength)


def drilled(edge: float, diameter: float = 2.0, depth: float = 2.0) -> Cavity:
    """Return a drill hole whose grid has its first corner at 0, whatever the voxel."""
    margin, parts = 0.2, 8
    wide, long = round((diameter + 2 * margin) / edge), round((depth + 2 * margin) / edge)
    low = np.arange(long) * edge
    along = np.clip(np.minimum(low + edge - margin, margin + depth - low) / edge, 0, 1)
    fine: NDArray[np.float64] = (np.arange(wide * parts) + 0.5) / parts * edge - margin - diameter / 2
    disc = (
        (fine[:, None] ** 2 + fine**2 < diameter**2 / 4).reshape(wide, parts, wide, parts).mean(axis=(1, 3))
    )
    share = (along[:, None, None] * disc).astype(np.float32)
    return Cavity(Grid(share.shape, (edge,) * 3, (edge / 2,) * 3), share, (1.0, 0.0, 0.0))


def _spheroids(count: int) -> SpheroidLot:
    shells = np.linspace(0, 90, 11)[1:]
    return SpheroidLot(
        species="rat",
        count=count,
        cells_each=2000.0,
        radius_um=90.0,
        radius_sd_um=5.0,
        day=7.0,
        shell_um=shells,
        viability=np.linspace(0.7, 0.98, 10),
        oxygen_mM=np.full(10, 0.1),
        maturity=np.linspace(0.5, 0.4, 10),
        expression={},
        secretion={},
    )
