"""What a process leaves is looked at before another process takes it up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import bounds, home
from spondyl.errors import HealingError, Mistake
from spondyl.healing.process import Now
from spondyl.healing.region import Region
from spondyl.healing.state import TISSUES, State

Array = NDArray[np.float64]

SMALLEST = -1e-12
"""Round-off below zero that is put to zero; anything lower is a fault."""

CLOSES = 1e-9
"""How far the shares of a voxel may be from one."""


class Careful:
    """Looks at each field as soon as it is there, and names what is wrong."""

    def checked(self, values: Array, field: str, process: str, now: Now) -> Array:
        """Return a field without what is round-off below zero.

        Raises
        ------
        HealingError
            If it has a wrong shape, is negative or not finite: the process, field, place and day.
        """
        where = f"healing, day {now.state.day:g}, {process} › {field}"
        _check_shape(values, where, now.region)
        least, most = bounds(values)
        if not (np.isfinite(least) and np.isfinite(most)) or least < SMALLEST * max(1.0, most):
            bad = ~np.isfinite(values) | (
                values < SMALLEST * max(1.0, abs(most) if np.isfinite(most) else 1.0)
            )
            place = tuple(int(i) for i in np.argwhere(home(bad))[0])
            given = f"{float(values[place]):g} in voxel {place}"
            allowed = "must be finite and not negative; the last good state is kept"
            raise HealingError(Mistake(where, given, allowed))
        return np.maximum(values, 0.0) if least < 0 else values

    def check_shares(self, state: State, region: Region, process: str) -> None:
        """Raise unless the shares of each open voxel sum to one."""
        wrong = _off(state, region)
        if not wrong.max() <= CLOSES:
            place = tuple(int(i) for i in np.unravel_index(int(wrong.argmax()), wrong.shape))
            where = f"healing, day {state.day:g}, {process}"
            given = f"shares of {float(_total(state)[place]):.12g} in voxel {place}"
            raise HealingError(Mistake(where, given, "must sum to one; the last good state is kept"))


class Quick:
    """Looks at all fields of a step together: a device computes on and is waited for once."""

    def __init__(self) -> None:
        self.least: list[Any] = []
        self.most: list[Any] = []
        self.off: list[Any] = []

    def checked(self, values: Array, field: str, process: str, now: Now) -> Array:
        """Return a field without anything below zero."""
        _check_shape(values, f"healing, day {now.state.day:g}, {process} › {field}", now.region)
        self.least.append(values.min())
        self.most.append(values.max())
        return np.maximum(values, 0.0)

    def check_shares(self, state: State, region: Region, process: str) -> None:  # noqa: ARG002 - as Careful's
        """Note how far shares are from one."""
        self.off.append(_off(state, region).max())

    def fine(self) -> bool:
        """Tell whether nothing was wrong, as :class:`Careful` judges it."""
        if not self.most:
            return True
        least, most = np.stack(self.least), np.stack(self.most)
        good = (least >= SMALLEST * np.maximum(most, 1.0)) & np.isfinite(most)
        return bool(good.all()) and (not self.off or bool((np.stack(self.off) <= CLOSES).all()))


def _check_shape(values: Array, where: str, region: Region) -> None:
    if values.shape != region.open.shape:
        raise HealingError(Mistake(where, f"shape {values.shape}", f"must be {region.open.shape}"))


def _off(state: State, region: Region) -> Array:
    """Return how far the sum of shares is from one, or from none where the region is closed."""
    total = _total(state)
    return np.where(region.open, np.abs(total - 1), total)


def _total(state: State) -> Array:
    return sum((state[name] for name in TISSUES[1:]), state[TISSUES[0]])
