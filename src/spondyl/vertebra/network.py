"""The trabecular network: two families of plates, each about the zero surface of a random field, perforated.

Where a field f vanishes lies the middle of a plate. A second field u says where the plate is whole: it ends,
with a round rim, where u falls below a level. A low level leaves plates, a high one struts between the holes:
rods. Plates of the two families cross, which gives the junctions of trabecular bone. All fields are sums of
plane waves, so the network is a function of the point in space and the same animal at every resolution.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from spondyl.compiled import inner, kernel
from spondyl.threads import in_threads
from spondyl.vertebra.plane import share_below
from spondyl.vertebra.waves import Reals, Reals64, Tables, Waves, random_waves, sum_row

SPREAD = 0.15
"""Standard deviation of the wavelength's logarithm: less shows one length everywhere, more frays plates."""

SWELL = 0.18
"""Change of a plate's thickness, as a share, where the field of holes is one standard deviation higher."""

EVEN = 0.7
"""How even plates are: 1 divides a field by its own slope, which pinches crossings; 0 by its mean slope."""

LEAST_SLOPE = 0.05
"""Share of the mean slope of a field below which a slope is not taken for a distance."""


NEVER = -1e3
"""Level of holes of a point that lies in no plate, whole or not."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a network is made of.

    Parameters
    ----------
    wavelength_mm : of the fields, across z.
    thickness_mm : of plates.
    hole_level : level of the fields of holes below which plates are perforated, in standard deviations.
    stretch : ratio of lengths along z to those across it.
    richer_ends : fall of the level of holes from the middle of the body to its ends.
    """

    wavelength_mm: float
    thickness_mm: float
    hole_level: float
    stretch: float
    richer_ends: float = 0.0


@dataclass(frozen=True, slots=True)
class Network:
    """A drawn network: a recipe and its fields.

    Parameters
    ----------
    recipe : what it is made of.
    families : for both families of plates the field whose zero is their middle, and the field of their holes.
    half_height_mm : half of the height over which the level of holes changes.
    """

    recipe: Recipe
    families: tuple[tuple[Waves, Waves], tuple[Waves, Waves]]
    half_height_mm: float

    def levels(self, z: Reals64) -> Reals64:
        """Return the level of holes at heights, mm; its mean over the height is that of the recipe."""
        relative = np.clip(np.abs(z) / self.half_height_mm, 0, 1)
        level: Reals64 = self.recipe.hole_level - self.recipe.richer_ends * (relative**2 - 1 / 3)
        return level

    def at_level(self, level: float) -> Network:
        """Return the network with another level of holes."""
        return replace(self, recipe=replace(self.recipe, hole_level=level))

    def deformed(self, matrix: Reals64) -> Network:
        """Return the network with its wave vectors multiplied by a matrix (3, 3); plates are as thick.

        The recipe goes on telling the wavelength and the stretch that were asked for.
        """
        one, two = (
            (replace(f, vectors=f.vectors @ matrix.T), replace(u, vectors=u.vectors @ matrix.T))
            for f, u in self.families
        )
        return replace(self, families=(one, two))


def draw_network(rng: np.random.Generator, recipe: Recipe, half_height_mm: float) -> Network:
    """Draw the fields of a network.

    Draws do not depend on the recipe: with one generator, a changed recipe changes this animal's bone and
    makes no other animal of it.
    """
    wave = partial(random_waves, rng, recipe.wavelength_mm, recipe.stretch, spread=SPREAD)
    return Network(recipe, ((wave(), wave()), (wave(), wave())), half_height_mm)


def mean_slope(waves: Waves) -> float:
    """Return the root mean square slope of a field, 1/mm."""
    return float(np.sqrt((waves.vectors**2).sum(1).mean()))


def levels_of(network: Network, fields: Reals) -> Reals64:
    """Return the level of holes below which each point lies in a plate of each family, (2, points).

    Parameters
    ----------
    fields : value and gradient (z, y, x) at the points of plates and holes, family by family, (4, 4, points).
    """
    slopes = np.sqrt((fields[:, 1:] ** 2).sum(1))
    found = np.empty((2, fields.shape[2]))
    for number, (plates, holes) in enumerate(network.families):
        (f, u), (steep, slope) = fields[2 * number : 2 * number + 2, 0], slopes[2 * number : 2 * number + 2]
        full = network.recipe.thickness_mm / 2 * np.maximum(1 + SWELL * u, 0.2)
        off = np.abs(f) / (full * (EVEN * steep + (1 - EVEN) * mean_slope(plates)))
        rim = 1 - np.sqrt(1 - np.minimum(off, 1) ** 2)
        found[number] = u - rim * full * np.maximum(slope, LEAST_SLOPE * mean_slope(holes))
        found[number, off >= 1] = NEVER
    return found


def network_share(
    network: Network, z: Reals64, y: Reals64, x: Reals64, where: NDArray[np.bool_], threads: int
) -> Reals:
    """Return the bone share of voxels, float32 (z, y, x); zero beyond `where`.

    Parameters
    ----------
    z, y, x : coordinates of the voxels' centres, mm, evenly spaced.
    where : voxels to fill.
    """
    share = np.zeros((z.size, y.size, x.size), np.float32)
    edges = [abs(axis[-1] - axis[0]) / max(axis.size - 1, 1) for axis in (z, y, x)]
    (f, u), (g, v) = network.families
    tables = (f.along(z, y, x), u.along(z, y, x), g.along(z, y, x), v.along(z, y, x))
    slopes = [mean_slope(waves) for family in network.families for waves in family]
    numbers = np.array([network.recipe.thickness_mm / 2, *slopes, *edges], np.float32)
    levels = network.levels(z).astype(np.float32)
    in_threads(partial(_fill, tables, levels, numbers, where, share), range(z.size), threads)
    return share


@kernel
def _fill(
    tables: tuple[Tables, Tables, Tables, Tables],
    levels: Reals,
    numbers: Reals,
    where: NDArray[np.bool_],
    share: Reals,
    k: int,
) -> None:
    """Fill plane k; `numbers` are half the thickness, mean slopes of the four fields, edges of a voxel."""
    size = where.shape[2]
    sums = np.empty((4, 4, size), np.float32)
    for j in range(where.shape[1]):
        first, last = -1, 0
        for i in range(size):
            if where[k, j, i]:
                first = i if first < 0 else first
                last = i + 1
        if first < 0:
            continue
        for field in range(4):
            sum_row(tables[field], k, j, first, sums[field, :, : last - first])
        for i in range(first, last):
            if where[k, j, i]:
                one = _family(sums[0, :, i - first], sums[1, :, i - first], levels[k], numbers, 1)
                two = _family(sums[2, :, i - first], sums[3, :, i - first], levels[k], numbers, 3)
                share[k, j, i] = 1 - (1 - one) * (1 - two)


@inner
def _family(f: Reals, u: Reals, level: float, numbers: Reals, slopes: int) -> float:
    """Return the share of a voxel in the plates of one family."""
    full = numbers[0] * max(1 + SWELL * u[0], 0.2)
    slope = np.sqrt(u[1] * u[1] + u[2] * u[2] + u[3] * u[3])
    rim = min((u[0] - level) / max(slope, LEAST_SLOPE * numbers[slopes + 1]) / full, 1.0)
    if rim <= 0:
        return 0.0
    true = np.sqrt(f[1] * f[1] + f[2] * f[2] + f[3] * f[3])
    steep = max(true, LEAST_SLOPE * numbers[slopes])
    half = full * np.sqrt(rim * (2 - rim)) * (EVEN * true + (1 - EVEN) * numbers[slopes]) / steep
    away = f[0] / steep
    if abs(away) > half + numbers[5] + numbers[6] + numbers[7]:
        return 0.0
    nz, ny, nx = f[1] / steep * numbers[5], f[2] / steep * numbers[6], f[3] / steep * numbers[7]
    both = share_below(half - away, nz, ny, nx) + share_below(half + away, nz, ny, nx) - 1
    return max(both, 0.0)
