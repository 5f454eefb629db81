"""Passage after passage, for thousands of donors at once; every cell is accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.growth import Kinetics, course, days_to, grown
from spondyl.donor.protocol import Protocol
from spondyl.donor.traits import Traits

Array = NDArray[np.float64]

_FLAT = 1e-6  # a share a day: growth as slow as that is not followed further


@dataclass(frozen=True, slots=True)
class Suspension:
    """Detached or freshly isolated cells of n donors, arrays of shape (n,).

    Parameters
    ----------
    cells : living and dead.
    viability : living share.
    doublings : cumulative, since isolation.
    passage : how often they were detached.
    day : since harvest.
    """

    cells: Array
    viability: Array
    doublings: Array
    passage: int
    day: Array

    @property
    def living(self) -> Array:
        """Living cells."""
        return self.cells * self.viability


@dataclass(frozen=True, slots=True)
class Passage:
    """From seeding to detaching, arrays of shape (n,).

    Parameters
    ----------
    start : the cells before.
    area_cm2 : of plastic.
    seeded : living cells put on it; the others stay behind for want of flasks.
    settled : of these, what settles.
    pause, days : before the first division, and of growth.
    grown : cells on the plastic at the end.
    doublings : cumulative, at the end.
    confluent : False where the passage was ended before.
    end : the cells detached.
    """

    start: Suspension
    area_cm2: Array
    seeded: Array
    settled: Array
    pause: float
    days: Array
    grown: Array
    doublings: Array
    confluent: NDArray[np.bool_]
    end: Suspension

    @property
    def density(self) -> Array:
        """Density at the beginning, cells/cm²."""
        return self.settled / self.area_cm2


def isolated(fat_g: Array | float, traits: Traits) -> Suspension:
    """Return the cells isolated from fat."""
    none = np.zeros(traits.count)
    return Suspension(fat_g * traits.yield_per_g, traits.viability, none, 0, none)


def kinetics(traits: Traits, protocol: Protocol) -> Kinetics:
    """Return how the cells of these donors grow under a protocol."""
    return Kinetics(traits.doubling_day, traits.exhaustion, protocol.sharpness, protocol.capacity)


def passage(start: Suspension, traits: Traits, protocol: Protocol, days: Array | None = None) -> Passage:
    """Seed, grow and detach once.

    Parameters
    ----------
    start : the cells before.
    traits : of the donors.
    protocol : of the culture.
    days : longest time from seeding to detaching, (n,); that of the protocol if None.
    """
    area, seeded, settled = _seeded(start, traits, protocol)
    cells, density = kinetics(traits, protocol), settled / area
    longest = np.full(traits.count, protocol.longest) if days is None else np.minimum(days, protocol.longest)
    longest = np.maximum(longest - protocol.pause, 0.0)
    needed = days_to(density, start.doublings, np.asarray(protocol.full), cells)
    confluent = needed <= longest
    growing = np.where(confluent, needed, longest)
    ended = grown(density, start.doublings, growing, cells)
    ended = np.where(confluent, np.maximum(density, protocol.full), ended)
    gained = start.doublings + np.log2(ended / density)
    taken = ended * area * protocol.recovery
    day = start.day + protocol.pause + growing
    end = Suspension(taken, traits.detached_viability, gained, start.passage + 1, day)
    return Passage(
        start, area, seeded, settled, protocol.pause, growing, ended * area, gained, confluent, end
    )


def _seeded(start: Suspension, traits: Traits, protocol: Protocol) -> tuple[Array, Array, Array]:
    """Return area, living cells seeded and cells that settle; no more settle than a confluent flask holds."""
    if start.passage == 0:
        wanted, share = start.cells / protocol.plating, traits.adherent_share
    else:
        wanted, share = start.living / protocol.seeding, np.asarray(protocol.settling)
    area = np.minimum(wanted, protocol.most_area)
    seeded = start.living * (area / wanted)
    return area, seeded, np.minimum(seeded * share, protocol.full * area)


def passages(start: Suspension, traits: Traits, protocol: Protocol, count: int) -> tuple[Passage, ...]:
    """Return `count` passages, one after the other."""
    done: list[Passage] = []
    for _ in range(count):
        done.append(passage(done[-1].end if done else start, traits, protocol))
    return tuple(done)


def cells_on(done: Passage, traits: Traits, protocol: Protocol, days: Array) -> Array:
    """Return the living cells that detaching would give on given days since harvest.

    Parameters
    ----------
    done : the passage.
    days : since harvest, (m,).

    Returns
    -------
    cells, (n, m); NaN outside the passage.
    """
    since = days[None, :] - done.start.day[:, None]
    inside = (since >= 0) & (since <= done.pause + done.days[:, None])
    cells = kinetics(traits, protocol)
    density = course(done.density, done.start.doublings, done.days, since - done.pause, cells)
    taken = density * (done.area_cm2 * protocol.recovery * traits.detached_viability)[:, None]
    return np.where(inside, taken, np.nan)


def day_of(done: Passage, cells: Array | float, traits: Traits, protocol: Protocol) -> Array:
    """Return the day since harvest when detaching would give `cells` living ones; infinite where never."""
    each = done.area_cm2 * protocol.recovery * traits.detached_viability
    wanted = np.maximum(cells / each, done.density)
    possible = wanted <= done.grown / done.area_cm2 * (1 + 1e-12)
    reachable = np.where(possible, wanted, done.density)
    days = _days_to(done, reachable, kinetics(traits, protocol))
    # Enough cells to begin with still have to settle before they can be detached again.
    return np.where(possible, done.start.day + done.pause + days, np.inf)


def _days_to(done: Passage, density: Array, cells: Kinetics) -> Array:
    """Return the days of growth to a density, corrected by Newton's method to agree with :func:`grown`."""
    days = np.minimum(days_to(done.density, done.start.doublings, density, cells), done.days)
    for _ in range(2):
        found = grown(done.density, done.start.doublings, days, cells)
        gained = done.start.doublings + np.log2(found / done.density)
        slope = np.log(2) / cells.doubling_day * cells.dividing_share(gained) * found
        slope = np.maximum(slope * (1 - found / cells.capacity), _FLAT * found)
        days = np.clip(days - (found - density) / slope, 0.0, done.days)
    return days
