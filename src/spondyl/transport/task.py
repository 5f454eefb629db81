"""What every backend is given and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.transport.domain import Domain

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Sweeps of implicit diffusion along lines of voxels, with half of the reaction before and half after.

    Parameters
    ----------
    domain : the grid.
    fields : amounts per volume of voxel, (k, z, y, x).
    diffusivity : mm²/day, (k,) or (k, z, y, x).
    decay : share that vanishes, 1/day, (k,) or (k, z, y, x).
    source : amounts per volume of voxel and day, (k, z, y, x), or None.
    held, values : which voxels are held, and at what, (k, z, y, x), or None.
    sweeps : axis and days of each sweep.
    days : of the reaction.
    order : of a sweep in time, 1 or 2.
    threads : how many may be used.
    """

    domain: Domain
    fields: Array
    diffusivity: Array
    decay: Array
    source: Array | None
    held: Mask | None
    values: Array | None
    sweeps: tuple[tuple[int, float], ...]
    days: float
    order: int
    threads: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Spreading:
    """What became of the fields; sums per field over all voxels of what came, vanished and was exchanged."""

    fields: Array
    supplied: Array
    removed: Array
    held: Array


@dataclass(frozen=True, slots=True, eq=False)
class Migration:
    """Steps of advection up a potential.

    Parameters
    ----------
    domain : the grid.
    fields : amounts per volume of voxel, (k, z, y, x).
    velocities : of each field, voxels swept through the upper faces in a day, (3, z, y, x).
    ceiling : that no concentration passes, (k,); infinite for none.
    days, steps : the time, and into how many steps it is cut.
    threads : how many may be used.
    """

    domain: Domain
    fields: Array
    velocities: tuple[Array, ...]
    ceiling: Array
    days: float
    steps: int
    threads: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """A fast species to be brought to rest: 0 = ∇·(D∇c) − q c / (K + c) + p (s − c).

    Parameters
    ----------
    domain : the grid.
    diffusivity : D, mm²/day; one number or a field.
    uptake_max : q, concentration/day.
    half_saturation : K, concentration.
    supply_rate, supply : p and p s, 1/day and concentration/day. Fields (z, y, x), 0 where closed.
    start : to begin from.
    tolerance : residual to reach, over the size of the supply, 2-norms.
    threads : how many may be used.
    """

    domain: Domain
    diffusivity: Array | np.float64
    uptake_max: Array
    half_saturation: float
    supply_rate: Array
    supply: Array
    start: Array
    tolerance: float
    threads: int = 1
