"""Holes of known shape, and spheroids to put into them."""

from __future__ import annotations

import numpy as np

from spondyl.graft import Cavity
from spondyl.spheroid import SpheroidLot
from spondyl.volume import Grid

PARTS = 4  # lines across a voxel that is partly hole


def drilled(edge_mm: float, diameter: float = 2.0, depth: float = 2.0, axis: int = 0) -> Cavity:
    """A cylinder whose first corner of the grid lies at 0, whatever the voxel, open at its low end."""
    margin = 0.2
    long, wide = (round((size + 2 * margin) / edge_mm) for size in (depth, diameter))
    along = np.clip(np.minimum(*_ends(long, edge_mm, margin, margin + depth)), 0, 1)
    fine = (np.arange(wide * PARTS) + 0.5) / PARTS * edge_mm - margin - diameter / 2
    disc = (
        (fine[:, None] ** 2 + fine**2 < diameter**2 / 4).reshape(wide, PARTS, wide, PARTS).mean(axis=(1, 3))
    )
    share = np.moveaxis(along[:, None, None] * disc, 0, axis).astype(np.float32)
    down = tuple(1.0 if a == axis else 0.0 for a in range(3))
    return Cavity(Grid(share.shape, (edge_mm,) * 3, (edge_mm / 2,) * 3), share, down)


def _ends(count: int, edge: float, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    starts = np.arange(count) * edge
    return (starts + edge - low) / edge, (high - starts) / edge


def box(size_mm: tuple[float, float, float], edge_mm: float) -> Cavity:
    """A box with two voxels of wall."""
    share = np.pad(np.ones([round(s / edge_mm) for s in size_mm], np.float32), 2)
    return Cavity(Grid(share.shape, (edge_mm,) * 3), share, (1.0, 0.0, 0.0))


def spheroids(count: int, radius_um: float = 90.0, sd_um: float = 5.0, cells: float = 2000.0) -> SpheroidLot:
    """A lot whose core has died in part and is riper than its rim."""
    shells = np.linspace(0, radius_um, 11)[1:]
    return SpheroidLot(
        species="rat",
        count=count,
        cells_each=cells,
        radius_um=radius_um,
        radius_sd_um=sd_um,
        day=7.0,
        shell_um=shells,
        viability=np.linspace(0.7, 0.98, 10),
        oxygen_mM=np.full(10, 0.1),
        maturity=np.linspace(0.5, 0.4, 10),
        expression={},
        secretion={},
    )
