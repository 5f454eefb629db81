"""A vertebra-like body with a drilled hole and, later, a slab of new bone across it."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, pi, sqrt
from pathlib import Path

import numpy as np

from spondyl.assay.microct.timelapse import Rigid
from spondyl.assay.microct.timelapse.transform import turn
from spondyl.volume import Grid, Meaning, Volume, write
from vertebra_phantom import Vertebra, moved_scan

GRID = Grid((34, 36, 40), (0.06, 0.06, 0.06))
MIDDLE = tuple(s / 2 for s in GRID.size_mm)
MOTION = turn((0.3, -1.0, 0.5), 7.0, MIDDLE, (0.06, -0.05, 0.04))
RADIUS, BOTTOM = 0.35, -0.02
PLANNED = {"shape": "cylinder", "diameter": "0.7 mm", "depth": "0.7 mm"}
ENTRY = (MIDDLE[0], MIDDLE[1] + BOTTOM - 0.7, MIDDLE[2])


@dataclass(frozen=True)
class Drilled(Vertebra):
    """`healed` is half the thickness of the slab of new bone across z, mm."""

    healed: float = 0.0

    def bone(self, z: np.ndarray, y: np.ndarray, x: np.ndarray, plate: float | None = None) -> np.ndarray:
        hole = (np.hypot(z, x) < RADIUS) & (y < BOTTOM)
        new = hole & (np.abs(z) < self.healed) & self.outer(z, y, x)
        return (super().bone(z, y, x, plate) & ~hole) | new


def share_of_slab(healed: float) -> float:
    """Share of a disc that a strip through its middle covers."""
    part = healed / RADIUS
    return 2 * (asin(part) + part * sqrt(1 - part**2)) / pi


def write_drilled(path: Path, *, seed: int, healed: float, motion: Rigid, noise: int) -> Path:
    body = Drilled(seed=seed, healed=healed, height=1.7, radii=(0.72, 0.85), wall=0.12, wavelength=0.5)
    path.parent.mkdir(parents=True, exist_ok=True)
    values = moved_scan(body, GRID, motion, 100 * seed + noise)
    return write(Volume(np.rint(values).astype(np.int16), GRID, Meaning.DENSITY), path)
