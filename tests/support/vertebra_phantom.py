"""A vertebra-like body whose every compartment is known, evaluated at any points in space.

An elliptic cylinder along z with a waist, walls and end-plates of one thickness, a random network of plates
inside, canals through the wall, a pedicle at the back. All is a function of the point, so a moved vertebra is
sampled at moved points and no interpolation enters the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from spondyl.volume import Grid

WAVES = 40


@dataclass(frozen=True)
class Vertebra:
    """Lengths in mm; the centre of the body is the origin."""

    seed: int = 1
    height: float = 2.4
    radii: tuple[float, float] = (1.0, 1.3)  # y, x at the waist
    flare: float = 0.12
    wall: float = 0.14
    dome: float = 0.08
    wavelength: float = 0.55
    plate: float = 0.45  # half width of the band of the field that is bone
    canals: int = 0
    canal_radius: float = 0.03
    pedicle: bool = False

    def field(self, z: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.seed)
        ways = rng.normal(size=(WAVES, 3))
        ways *= 2 * np.pi / self.wavelength / np.linalg.norm(ways, axis=1, keepdims=True)
        phases = rng.uniform(0, 2 * np.pi, WAVES)
        total = np.zeros(z.shape, dtype=np.float32)
        for (a, b, c), phase in zip(ways, phases, strict=True):
            total += np.cos((a * z + b * y + c * x + phase).astype(np.float32))
        return total * np.float32(np.sqrt(2 / WAVES))

    def radius(self, z: np.ndarray) -> np.ndarray:
        """Factor on the two radii at a height."""
        return 1 + self.flare * (2 * z / self.height) ** 2

    def outer(self, z: np.ndarray, y: np.ndarray, x: np.ndarray, inset: float = 0.0) -> np.ndarray:
        grow = self.radius(z)
        a, b = (r * grow - inset for r in self.radii)
        # Flat faces along the grid would jump by whole sampling steps; so end-plates are domed.
        dome = self.dome * ((y / self.radii[0]) ** 2 + (x / self.radii[1]) ** 2)
        return (np.abs(z) < self.height / 2 - inset - dome) & ((y / a) ** 2 + (x / b) ** 2 < 1)

    def pedicles(self, z: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        if not self.pedicle:
            return np.zeros(z.shape, dtype=bool)
        tube = (np.abs(x) - 0.7) ** 2 + (z - 0.2) ** 2 < 0.25**2
        return tube & (y > 0) & (y < 2.0)

    def pores(self, z: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Canals along z in the middle of the wall, blind at both ends."""
        found = np.zeros(z.shape, dtype=bool)
        for number in range(self.canals):
            angle = 2 * np.pi * number / self.canals
            grow = self.radius(z)
            a, b = (r * grow - self.wall / 2 for r in self.radii)
            centre_y, centre_x = a * np.sin(angle), b * np.cos(angle)
            found |= (y - centre_y) ** 2 + (x - centre_x) ** 2 < self.canal_radius**2
        return found & (np.abs(z) < self.height / 2 - 2 * self.wall)

    def bone(self, z: np.ndarray, y: np.ndarray, x: np.ndarray, plate: float | None = None) -> np.ndarray:
        inside = self.outer(z, y, x, self.wall)
        network = np.abs(self.field(z, y, x)) < (self.plate if plate is None else plate)
        shell = self.outer(z, y, x) & ~inside & ~self.pores(z, y, x)
        return shell | (inside & network) | (self.pedicles(z, y, x) & ~self.outer(z, y, x))


def points(grid: Grid, rotation: np.ndarray | None = None, shift: tuple[float, float, float] = (0, 0, 0)):
    """Coordinates of the voxel centres about the middle of the array, moved back by a motion."""
    axes = [(np.arange(n) + 0.5) * s - n * s / 2 for n, s in zip(grid.shape, grid.spacing_mm, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij")
    moved = np.stack([z - shift[0], y - shift[1], x - shift[2]])
    if rotation is not None:
        moved = np.tensordot(rotation.T, moved, axes=1)
    return moved[0], moved[1], moved[2]


def recorded(bone: np.ndarray, seed: int, noise: float = 60.0, blur: float = 0.7) -> np.ndarray:
    """Densities as a scanner would record them: 900 in bone, 100 in marrow, blurred, with noise."""
    grey = gaussian_filter(np.where(bone, 900.0, 100.0), blur)
    return (grey + np.random.default_rng(seed).normal(0, noise, bone.shape)).astype(np.float32)


def moved_scan(
    vertebra: Vertebra,
    grid: Grid,
    motion,
    seed: int,
    *,
    noise: float = 60.0,
    stood=None,
    fine_steps=3,
    **bone,
) -> np.ndarray:
    """Densities of a vertebra that stood at a point (by default in the middle of the grid) and was moved."""
    fine = Grid(tuple(fine_steps * n for n in grid.shape), tuple(s / fine_steps for s in grid.spacing_mm))
    middle = np.array(grid.size_mm) / 2
    stood = middle if stood is None else np.array(stood)
    shift = tuple(np.array(motion(tuple(stood))) - middle)
    solid = vertebra.bone(*points(fine, np.array(motion.rotation), shift), **bone).astype(np.float32)
    (z, y, x), k = grid.shape, fine_steps
    share = solid.reshape(z, k, y, k, x, k).mean(axis=(1, 3, 5))
    grey = gaussian_filter(100 + 800 * share, 0.7, mode="nearest")
    return (grey + np.random.default_rng(seed).normal(0, noise, grid.shape)).astype(np.float32)
