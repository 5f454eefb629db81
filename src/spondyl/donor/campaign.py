"""One protocol, one kind of donor, thousands of them: what each gives per gram of fat and when.

Everything is computed for one gram in flasks without end. Densities, days and doublings do not depend on the
amount of fat, and cells are in proportion to it until the flasks at hand are full; then they are those of the
full flasks. So a passage gives ``min(grams · per gram, full flasks)``, which has an exact inverse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.donor.culture import Passage, cells_on, day_of, isolated, passages
from spondyl.donor.protocol import Protocol
from spondyl.donor.traits import Traits

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Passages of n donors.

    Parameters
    ----------
    traits : of the donors.
    protocol : of the culture.
    gram : passages of one gram of fat, flasks without end.
    full : passages of more fat than the flasks at hand take, or None without a limit.
    """

    traits: Traits
    protocol: Protocol
    gram: tuple[Passage, ...]
    full: tuple[Passage, ...] | None

    def given(self, fat_g: Array | float) -> tuple[Passage, ...]:
        """Return the passages of an amount of fat, g."""
        start = isolated(fat_g, self.traits)
        return passages(start, self.traits, self.protocol, len(self.gram))

    def fat_for(self, cells: float) -> Array:
        """Return the grams for which each passage ends with `cells` living ones, (passages, n)."""
        per_gram = np.array([each.end.living for each in self.gram])
        return self._fat(
            cells, per_gram, None if self.full is None else np.array([each.end.living for each in self.full])
        )

    def fat_by(self, cells: float, day: float) -> Array:
        """Return the grams for which `cells` living ones can be detached on some day up to `day`, (n,)."""
        full = None if self.full is None else self._by(self.full, day)
        least: Array = self._fat(cells, self._by(self.gram, day), full).min(axis=0)
        return least

    def by(self, done: tuple[Passage, ...], day: float) -> Array:
        """Return the most living cells that can be had on some day up to `day`, (n,)."""
        most: Array = self._by(done, day).max(axis=0)
        return most

    def on(self, done: tuple[Passage, ...], days: Array) -> Array:
        """Return the living cells to be had on days since harvest, (n, m), also after the last passage."""
        found = np.repeat(done[-1].end.living[:, None], len(days), axis=1)
        for each in reversed(done):
            here = cells_on(each, self.traits, self.protocol, days)
            found = np.where(np.isnan(here), found, here)
        return found

    def day_of(self, done: tuple[Passage, ...], cells: float) -> Array:
        """Return the first day on which `cells` living ones can be detached, (n,); infinite where never."""
        days = [day_of(each, cells, self.traits, self.protocol) for each in done]
        first: Array = np.min(days, axis=0)
        return first

    def _by(self, done: tuple[Passage, ...], day: float) -> Array:
        """Return the living cells of each passage at its end, or on `day` within it; 0 before it."""
        rows = []
        for each in done:
            now = cells_on(each, self.traits, self.protocol, np.array([day]))[:, 0]
            ended = np.where(each.end.day <= day, each.end.living, 0.0)
            rows.append(np.where(np.isnan(now), ended, now))
        return np.array(rows)

    @staticmethod
    def _fat(cells: float, per_gram: Array, full: Array | None) -> Array:
        with np.errstate(divide="ignore"):
            grams: Array = cells / per_gram
        return grams if full is None else np.where(full * (1 + 1e-12) >= cells, grams, np.inf)


def campaign(traits: Traits, protocol: Protocol, count: int) -> Campaign:
    """Run `count` passages of every donor."""
    endless = replace(protocol, flasks=None)
    gram = passages(isolated(1.0, traits), traits, endless, count)
    full = None
    if protocol.flasks is not None:
        plenty = 2 * protocol.most_area * protocol.plating / traits.yield_per_g
        full = passages(isolated(plenty, traits), traits, protocol, count)
    return Campaign(traits, protocol, gram, full)
