"""Growth of cells on plastic: logistic, at a rate that falls as the cells use up their doublings.

``dN/dt = ln 2 / T · (1 − (P/E)^s) · N (1 − N/K)``, where N is the density, K its capacity, P the cumulative
doublings (they rise by log2 of N), E those at which growth stops and s how suddenly it does. In
``w = ln(N / (K − N))`` the crowding drops out, ``dw/dt = ln 2 / T · (1 − (P/E)^s)``: a slow equation without
a singular point, whose solution for endless doublings is the closed-form logistic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = 48  # of the fourth-order method in a passage: to 1e-6, or 1e-4 where cells exhaust on the way
_PANELS, _NODES = 8, 8  # of the Gauss-Legendre rule for the time a passage takes


@dataclass(frozen=True, slots=True)
class Kinetics:
    """How cells grow, arrays of shape (n,) or numbers.

    Parameters
    ----------
    doubling_day : T, day.
    exhaustion : E, doublings; infinite for cells that never tire.
    sharpness : s.
    capacity : K, cells/cm².
    """

    doubling_day: Array
    exhaustion: Array
    sharpness: float
    capacity: float

    def column(self) -> Kinetics:
        """Return the same with arrays of shape (n, 1)."""
        return replace(self, doubling_day=self.doubling_day[:, None], exhaustion=self.exhaustion[:, None])

    def dividing_share(self, doublings: Array) -> Array:
        """Return the share of the cells that still divide, 0 to 1."""
        used = np.clip(doublings / self.exhaustion, 0.0, 1.0)
        share: Array = 1 - used**self.sharpness
        return share


def grown(density: Array, doublings: Array, days: Array, cells: Kinetics, steps: int = STEPS) -> Array:
    """Return the density after `days`, by the classical Runge-Kutta method in w.

    Parameters
    ----------
    density : at the beginning, cells/cm², above 0 and below the capacity.
    doublings : cumulative, at the beginning.
    days : of growth; arrays are broadcast against each other.
    cells : how they grow.
    steps : of the method.
    """
    w = _from_density(density, cells)
    for _ in range(steps):
        w = _step(w, days / steps, density, doublings, cells)
    return _to_density(w, cells)


def course(density: Array, doublings: Array, longest: Array, days: Array, cells: Kinetics) -> Array:
    """Return the densities on many days of one growth.

    Parameters
    ----------
    density, doublings, cells : as for :func:`grown`, (n,).
    longest : days that the growth lasts, (n,).
    days : of interest, (n, m); those before and after the growth count as its first and last.

    Returns
    -------
    densities, (n, m); between the steps of the method by the cubic through values and slopes.
    """
    h = longest / STEPS
    values = [_from_density(density, cells)]
    for _ in range(STEPS):
        values.append(_step(values[-1], h, density, doublings, cells))
    w = np.stack(values, axis=1)
    column = (density[:, None], doublings[:, None], cells.column())
    slope = h[:, None] * _rate(w, *column)
    place = np.clip(days / np.where(h > 0, h, 1.0)[:, None], 0.0, np.where(h > 0, STEPS, 0)[:, None])
    left = np.minimum(place.astype(np.int64), STEPS - 1)
    return _to_density(_cubic(w, slope, left, place - left), cells)


def _cubic(values: Array, slopes: Array, left: NDArray[np.int64], s: Array) -> Array:
    """Return Hermite's cubic between nodes `left` and `left` + 1, at the share s of the way."""
    v0, v1 = np.take_along_axis(values, left, 1), np.take_along_axis(values, left + 1, 1)
    m0, m1 = np.take_along_axis(slopes, left, 1), np.take_along_axis(slopes, left + 1, 1)
    a, b = m0 - (v1 - v0), (v1 - v0) - m1
    found: Array = (1 - s) * v0 + s * v1 + s * (1 - s) * ((1 - s) * a + s * b)
    return found


def days_to(density: Array, doublings: Array, wanted: Array, cells: Kinetics) -> Array:
    """Return the days until the density is `wanted`; infinite where the cells are exhausted before.

    ``∫ dw / (dw/dt)`` by Gauss-Legendre in panels; 0 where the density is there already.
    """
    start, end = _from_density(density, cells), _from_density(wanted, cells)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    width = np.maximum(end - start, 0.0) / _PANELS
    days = np.zeros(
        np.broadcast_shapes(start.shape, end.shape, np.shape(doublings), np.shape(cells.doubling_day))
    )
    exhausted = doublings + np.log2(wanted / density) >= cells.exhaustion
    for panel in range(_PANELS):
        for node, weight in zip(nodes, weights, strict=True):
            rate = _rate(start + width * (panel + (1 + node) / 2), density, doublings, cells)
            days = days + width * weight / 2 / np.where(rate > 0, rate, np.inf)
    return np.where(exhausted & (end > start), np.inf, days)


def _step(w: Array, h: Array, density: Array, doublings: Array, cells: Kinetics) -> Array:
    k1 = _rate(w, density, doublings, cells)
    k2 = _rate(w + h / 2 * k1, density, doublings, cells)
    k3 = _rate(w + h / 2 * k2, density, doublings, cells)
    k4 = _rate(w + h * k3, density, doublings, cells)
    return w + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def _rate(w: Array, density: Array, doublings: Array, cells: Kinetics) -> Array:
    gained = np.log2(_to_density(w, cells) / density)
    rate: Array = np.log(2) / cells.doubling_day * cells.dividing_share(doublings + gained)
    return rate


def _from_density(density: Array, cells: Kinetics) -> Array:
    share = density / cells.capacity
    return np.log(share) - np.log1p(-share)


def _to_density(w: Array, cells: Kinetics) -> Array:
    density: Array = cells.capacity / (1 + np.exp(-w))
    return density
