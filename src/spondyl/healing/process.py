"""What a process of healing is: a function of the state now and of the days that pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ratio
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.transport import Domain

Array = NDArray[np.float64]

LEAST_ROOM = 0.02
"""Room that is left in a voxel full of bone: lacunae and canals."""


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What the bone feels.

    Parameters
    ----------
    strain : octahedral shear strain of each voxel of the region, (z, y, x).
    energy : strain energy density of the bone tissue in it, MPa; 0 where there is none.
    reference : energy density at which the bone was at rest, MPa; 0 switches adaptation off.
    """

    strain: Array
    energy: Array
    reference: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Now:
    """Everything that a process may look at.

    Parameters
    ----------
    state, region, known, host, load : see their types.
    threads : for transport; changes no digit.
    prepared : what was worked out of this state already.
    """

    state: State
    region: Region
    known: Numbers
    host: Host
    load: Load
    threads: int
    prepared: dict[str, Domain] = field(default_factory=dict, repr=False)

    @property
    def domain(self) -> Domain:
        """The open voxels with the room that bone and β-TCP leave."""
        if "domain" not in self.prepared:
            self.prepared["domain"] = domain_of(self.state, self.region)
        return self.prepared["domain"]

    def __getitem__(self, name: str) -> Array:
        return self.state.fields[name]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a process does in a step.

    Parameters
    ----------
    fields : new values of the fields that change.
    budget : amounts by name: cells, or mm³ of tissue; "gained" and "lost" are seen from the field.
    """

    fields: Mapping[str, Array]
    budget: Mapping[str, float] = field(default_factory=dict)


Process = Callable[[Now, float], Change]
"""A process: the state now, and the days of the step."""


def domain_of(state: State, region: Region) -> Domain:
    """Return the domain of what moves: not through bone or β-TCP."""
    room = np.clip(1 - state.solid, LEAST_ROOM, 1.0)
    return Domain(region.open, region.edges, np.where(region.open, room, 1.0))


def half(value: Array, at: float) -> Array:
    """Return value / (value + at): one half at `at`."""
    found: Array = value / (value + at)
    return found


def below(value: Array, at: float, steep: int = 4) -> Array:
    """Return 1 far below `at`, one half there, 0 far above."""
    found: Array = 1 / (1 + (value / at) ** steep)
    return found


def relaxed(value: Array, gain: Array | float, loss: Array | float, days: float) -> Array:
    """Return a value after gain and loss rates acted: never negative (Patankar 1980)."""
    found: Array = (value + gain * days) / (1 + loss * days)
    return found


def crowd(now: Now, cells: Array) -> Array:
    """Return the density of cells of repair where they live, per mm³: in the defect's share of each voxel.

    A voxel at the rim of the defect holds half as many as one within; they are as crowded.
    """
    return cells / now.region.place


def injured(now: Now) -> Array:
    """Return the share of a voxel's loose tissue that is not marrow: where repair goes on."""
    loose = now.state.soft
    share = np.where(loose > 1e-9, ratio(loose - now["marrow"], loose), 0.0)
    return share.clip(0, 1)
