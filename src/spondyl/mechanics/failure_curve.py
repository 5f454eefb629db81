"""The load–displacement curve of a body loaded until it fails, and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.mechanics.damage_law import State
from spondyl.mechanics.model import Model

Array = NDArray[np.float64]
Stopped = Literal["load fell", "end of travel", "no equilibrium"]


class CurvePoint(NamedTuple):
    """A point of the curve.

    Parameters
    ----------
    travel : share of the whole travel.
    displacement_mm, load_n : see :class:`FailureCurve`.
    damage_share : mean damage D of all elements.
    dissipated_n_mm : work done less the elastic energy still stored, N mm.
    iterations : linear solves it took.
    """

    travel: float
    displacement_mm: float
    load_n: float
    damage_share: float
    dissipated_n_mm: float
    iterations: int


class YieldPoint(NamedTuple):
    """Where the curve meets the elastic line moved by an offset: displacement, mm, and load, N."""

    displacement_mm: float
    load_n: float


@dataclass(frozen=True, slots=True)
class FailureCurve:
    """Load against displacement, and the state of the elements at the end.

    The displacement is that of the prescribed degree of freedom that moves furthest; the load is the force
    that does the same work with it as all reactions do together: for a platen, its force. Both are positive
    in the direction of the motion.

    Parameters
    ----------
    points : from rest on.
    stiffness_n_per_mm : load per displacement before any element yields.
    gauge_mm : length of the array along the direction of the motion, to which strains refer.
    stopped : "load fell" below the asked share of its peak, at the "end of travel", or because "no
        equilibrium" was found even in the smallest step: the body breaks suddenly there.
    model : what was loaded; parts that nothing holds have been removed.
    nodes : node numbers, ascending, (n,).
    displacement : of the nodes at the last point, mm, (3, n).
    state : of the elements at the last point, in the order of the array.
    damage : D of the elements at the last point, (m,).
    """

    points: tuple[CurvePoint, ...]
    stiffness_n_per_mm: float
    gauge_mm: float
    stopped: Stopped
    model: Model
    nodes: NDArray[np.int64]
    displacement: Array
    state: State
    damage: Array

    @property
    def displacement_mm(self) -> Array:
        """Displacement of each point, mm."""
        return np.array([point.displacement_mm for point in self.points])

    @property
    def load_n(self) -> Array:
        """Load of each point, N."""
        return np.array([point.load_n for point in self.points])

    @property
    def ultimate_load_n(self) -> float:
        """Largest load, N."""
        return float(self.load_n.max())

    @property
    def ultimate_displacement_mm(self) -> float:
        """Displacement at the largest load, mm."""
        return float(self.displacement_mm[self.load_n.argmax()])

    @property
    def peaked(self) -> bool:
        """Whether the load fell after its largest value; otherwise more travel may carry more."""
        highest = max(range(len(self.points)), key=lambda number: self.points[number].load_n)
        return highest < len(self.points) - 1 or self.stopped == "no equilibrium"

    @property
    def plastic_strain(self) -> Array:
        """Plastic strain of the elements at the last point, Voigt order, engineering shear, (6, m)."""
        return np.ascontiguousarray(self.state.plastic.T)

    def yield_point(self, offset_strain: float = 0.002) -> YieldPoint | None:
        """Return where the curve crosses the elastic line moved by a strain; None where it never does.

        Parameters
        ----------
        offset_strain : share of the gauge length; 0.2 % is customary for bone.
        """
        displacement, load = self.displacement_mm, self.load_n
        below = load - self.stiffness_n_per_mm * (displacement - offset_strain * self.gauge_mm)
        crossed = np.flatnonzero(below <= 0)
        if not crossed.size:
            return None
        after = int(crossed[0])
        part = below[after - 1] / (below[after - 1] - below[after])
        d, f = displacement[after - 1 : after + 1], load[after - 1 : after + 1]
        return YieldPoint(float(d[0] + part * (d[1] - d[0])), float(f[0] + part * (f[1] - f[0])))
