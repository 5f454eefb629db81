"""The true load–displacement curve of a specimen, before any machine touches it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MechanicsError, Mistake
from spondyl.mechanics.failure_curve import FailureCurve

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """Load against the shortening of the specimen alone.

    Parameters
    ----------
    displacement_mm : shape (points,), rising from 0.
    load_N : shape (points,), 0 at first, positive in compression.

    Raises
    ------
    MechanicsError
        If the displacement does not rise from 0 or nothing is ever carried.
    """

    displacement_mm: Floats
    load_N: Floats  # noqa: N815  the unit is the newton

    def __post_init__(self) -> None:
        x, load = self.displacement_mm, self.load_N
        fits = x.shape == load.shape and x.size > 2 and bool(np.isfinite(x).all() and np.isfinite(load).all())
        if not fits or x[0] != 0 or (np.diff(x) <= 0).any() or load.max() <= 0:
            allowed = "the displacement must rise from 0 in as many points as the load, which is positive"
            raise MechanicsError(Mistake("specimen", f"{x.size} points", allowed))


def of_failure(curve: FailureCurve) -> Specimen:
    """Return the curve of a body that was loaded until it failed in the computer."""
    return Specimen(curve.displacement_mm, curve.load_n)


def parametric(
    stiffness_N_per_mm: float,  # noqa: N803  the unit is the newton
    yield_load_N: float,  # noqa: N803
    ultimate_load_N: float,  # noqa: N803
    ultimate_displacement_mm: float,
    residual: float = 0.6,
    points: int = 2001,
) -> Specimen:
    """Return a curve of the usual shape: straight, bending over to its peak, falling to a residual load.

    Parameters
    ----------
    stiffness_N_per_mm : of the straight part.
    yield_load_N : load at which it ends; below the ultimate load.
    ultimate_load_N, ultimate_displacement_mm : of the peak, which lies right of the straight part.
    residual : share of the ultimate load that is left at one and a half times the ultimate displacement.
    points : of the curve.

    Raises
    ------
    MechanicsError
        If such a curve cannot be.

    Examples
    --------
    >>> curve = parametric(500.0, 120.0, 150.0, 0.5)
    >>> float(curve.load_N.max())
    150.0
    """
    numbers = (stiffness_N_per_mm, yield_load_N, ultimate_load_N, ultimate_displacement_mm, residual)
    straight = yield_load_N / stiffness_N_per_mm if stiffness_N_per_mm > 0 else math.nan
    rise, run = ultimate_load_N - yield_load_N, ultimate_displacement_mm - straight
    possible = all(math.isfinite(n) and n > 0 for n in numbers) and residual < 1 and rise > 0 and run > 0
    if not possible or rise > stiffness_N_per_mm * run:
        given = f"a peak of {ultimate_load_N:g} N at {ultimate_displacement_mm:g} mm"
        allowed = "the peak must lie above the end of the straight part and right of the elastic line"
        raise MechanicsError(Mistake("specimen", given, allowed))
    x = np.linspace(0.0, 1.5 * ultimate_displacement_mm, points)
    x = np.unique(np.concatenate([x, [straight, ultimate_displacement_mm]]))
    # A power law leaves the straight part with its slope and meets the peak level.
    power = stiffness_N_per_mm * run / rise
    left = np.clip((ultimate_displacement_mm - x) / run, 0.0, 1.0)
    load = np.where(x <= straight, stiffness_N_per_mm * x, ultimate_load_N - rise * left**power)
    after = np.clip((x - ultimate_displacement_mm) / (0.5 * ultimate_displacement_mm), 0.0, 1.0)
    load = load - (1 - residual) * ultimate_load_N * after**2 * (3 - 2 * after)
    return Specimen(x, load)
