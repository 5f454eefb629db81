"""The shape of a drill hole, and its share of every voxel: exact in volume, whatever the voxel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.threads import in_threads
from spondyl.vertebra.plane import share_below
from spondyl.volume import Grid

Reals = NDArray[np.float32]
Triple = tuple[float, float, float]

FINE = 4
"""Parts of a voxel's edge in voxels that an edge of the hole crosses, where one plane is not enough."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole with its mouth's middle on the surface of the bone, mm in the world.

    Parameters
    ----------
    shape : "cylinder" or "hemisphere".
    radius, depth : of a hemisphere both are one.
    mouth : middle of the mouth (z, y, x).
    inwards : unit vector (z, y, x).
    """

    shape: str
    radius: float
    depth: float
    mouth: Triple
    inwards: Triple

    @property
    def volume_mm3(self) -> float:
        """Volume of the hole itself, mm³."""
        if self.shape == "hemisphere":
            return 2 / 3 * np.pi * self.radius**3
        return np.pi * self.radius**2 * self.depth


def hole_share(grid: Grid, hole: Hole, threads: int) -> Reals:
    """Return the share of each voxel that lies in the hole, float32.

    Inside the mouth's plane only: above it there is no bone. Voxels cut by one surface take the exact share
    below its tangent plane; those at an edge of the hole are counted in finer parts.
    """
    share = np.zeros(grid.shape, np.float32)
    spacing = np.array(grid.spacing_mm)
    start = np.array(hole.mouth) - np.array(grid.origin_mm)
    numbers = np.array([hole.radius, hole.depth, *start, *hole.inwards, *spacing])
    plane = partial(_plane, numbers, hole.shape == "hemisphere", share)
    in_threads(plane, range(share.shape[0]), threads)
    return share


@kernel
def _plane(numbers: NDArray[np.float64], round_floor: bool, share: Reals, k: int) -> None:
    dz, dy, dx = numbers[8], numbers[9], numbers[10]
    reach = (dz + dy + dx) / 2
    for j in range(share.shape[1]):
        for i in range(share.shape[2]):
            z, y, x = k * dz - numbers[2], j * dy - numbers[3], i * dx - numbers[4]
            first, second, part = _cut(numbers, round_floor, z, y, x, dz, dy, dx)
            if first <= -reach:
                continue
            if second >= reach:
                share[k, j, i] = part
                continue
            fine = 0.0
            for c in range(FINE**3):
                a = (c // FINE**2 + 0.5) / FINE - 0.5
                b = (c // FINE % FINE + 0.5) / FINE - 0.5
                d = (c % FINE + 0.5) / FINE - 0.5
                fine += _cut(
                    numbers, round_floor, z + a * dz, y + b * dy, x + d * dx, dz / FINE, dy / FINE, dx / FINE
                )[2]
            share[k, j, i] = fine / FINE**3


@inner
def _cut(
    numbers: NDArray[np.float64],
    round_floor: bool,
    z: float,
    y: float,
    x: float,
    dz: float,
    dy: float,
    dx: float,
) -> tuple[float, float, float]:
    """Return the smallest and the second smallest distance inside the hole's surfaces, and the share."""
    radius, depth = numbers[0], numbers[1]
    nz, ny, nx = numbers[5], numbers[6], numbers[7]
    along = z * nz + y * ny + x * nx
    oz, oy, ox = z - along * nz, y - along * ny, x - along * nx
    out = np.sqrt(oz * oz + oy * oy + ox * ox)
    part = share_below(along, nz * dz, ny * dy, nx * dx)
    if round_floor:
        away = max(np.sqrt(out * out + along * along), 1e-9)
        side = radius - away
        part *= share_below(side, z / away * dz, y / away * dy, x / away * dx)
        return min(along, side), max(along, side), part
    side, floor = radius - out, depth - along
    size = max(out, 1e-9)
    part *= share_below(side, oz / size * dz, oy / size * dy, ox / size * dx)
    part *= share_below(floor, nz * dz, ny * dy, nx * dx)
    least = min(along, min(side, floor))
    most = max(along, max(side, floor))
    return least, along + side + floor - least - most, part
