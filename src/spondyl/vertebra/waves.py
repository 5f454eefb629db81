"""Smooth random fields: sums of plane waves, known at every point of space whatever the voxels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from spondyl.compiled import inner

Reals = NDArray[np.float32]
Reals64 = NDArray[np.float64]
Tables = tuple[Reals, Reals, Reals, Reals, Reals, Reals, Reals]

WAVES = 64
"""Waves in one field: enough that its values are close to normal and no direction shows."""

GOLDEN = (np.sqrt(5) - 1) / 2
"""Part of a turn from one wave to the next: never near a turn that was before."""


CHUNK = 50_000
"""Points worked on at once, to bound memory."""


@dataclass(frozen=True, slots=True)
class Waves:
    """A sum of cosines with unit variance.

    Parameters
    ----------
    vectors : wave vectors (z, y, x), 1/mm, shape (n, 3).
    phases : shape (n,).
    """

    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]

    def along(self, z: Reals64, y: Reals64, x: Reals64) -> Tables:
        """Return the tables from which rows of a grid are summed; z, y, x are its coordinates, mm."""
        kz, ky, kx = self.vectors.T
        weight = np.sqrt(2 / len(self.phases))
        down = weight * np.exp(1j * (np.outer(z, kz) + self.phases))
        back = np.exp(1j * np.outer(y, ky))
        across = np.exp(1j * np.outer(kx, x))
        parts = (part for table in (down, back, across) for part in (table.real, table.imag))
        zr, zi, yr, yi, xr, xi = (np.ascontiguousarray(part, np.float32) for part in parts)
        return zr, zi, yr, yi, xr, xi, self.vectors.astype(np.float32)

    def at(self, points: Reals64) -> tuple[Reals64, Reals64]:
        """Return values (m,) and gradients (m, 3), 1/mm, at points (m, 3), mm."""
        weight = np.sqrt(2 / len(self.phases))
        values, slopes = np.empty(len(points)), np.empty((len(points), 3))
        for first in range(0, len(points), CHUNK):
            part = slice(first, first + CHUNK)
            phase = points[part] @ self.vectors.T + self.phases
            values[part] = weight * np.cos(phase).sum(1)
            slopes[part] = -weight * np.sin(phase) @ self.vectors
        return values, slopes


def random_waves(
    rng: np.random.Generator, wavelength_mm: float, stretch: float, *, spread: float, count: int = WAVES
) -> Waves:
    """Draw a field of one wavelength, stretched along z.

    Directions are spread evenly over the half sphere and lengths over their distribution, one of each in each
    of `count` equal parts: a field is as anisotropic as its stretch says, whatever the draw.

    Parameters
    ----------
    wavelength_mm : across z.
    stretch : ratio of lengths along z to those across it, 1 for none.
    spread : standard deviation of the wavelength's logarithm.
    """
    up = (np.arange(count) + rng.random(count)) / count
    turn = 2 * np.pi * (GOLDEN * np.arange(count) + rng.random())
    away = np.sqrt(1 - up * up)
    ways = np.stack([up, away * np.cos(turn), away * np.sin(turn)], 1)
    part = (rng.permutation(count) + rng.random(count)) / count
    lengths = wavelength_mm * np.exp(spread * ndtri(part))
    vectors = 2 * np.pi * ways / lengths[:, None] / np.array([stretch, 1.0, 1.0])
    return Waves(vectors, rng.uniform(0, 2 * np.pi, count))


@inner
def sum_row(tables: Tables, k: int, j: int, first: int, out: Reals) -> None:
    """Sum waves and their gradient over voxels of row (k, j).

    Parameters
    ----------
    tables : of :meth:`Waves.along`.
    first : voxel of the row at which `out` begins.
    out : value and gradient (z, y, x), shape (4, voxels); overwritten.
    """
    zr, zi, yr, yi, xr, xi, vectors = tables
    size = out.shape[1]
    out[:] = np.float32(0)
    for wave in range(zr.shape[1]):
        a = zr[k, wave] * yr[j, wave] - zi[k, wave] * yi[j, wave]
        b = zr[k, wave] * yi[j, wave] + zi[k, wave] * yr[j, wave]
        kz, ky, kx = vectors[wave, 0], vectors[wave, 1], vectors[wave, 2]
        for i in range(size):
            c, s = xr[wave, first + i], xi[wave, first + i]
            out[0, i] += a * c - b * s
            slope = a * s + b * c
            out[1, i] -= kz * slope
            out[2, i] -= ky * slope
            out[3, i] -= kx * slope
