"""How two numbers of the table were fitted: the radius law, and the oxygen uptake of a cell in a spheroid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spondyl.quantity import convert
from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.radius import REFERENCE_CELLS

# Murphy 2017, abstract: cells, radius and its standard deviation, um.
RADII = ((15_000.0, 176.0, 8.0), (30_000.0, 251.0, 12.0), (60_000.0, 353.0, 18.0))

MOST_FALL = 0.10
"""Fall of oxygen from the surface to the middle of the largest spheroids, at most (Murphy 2017, abstract)."""

PRIOR = ("3e-18 mol/s", "3e-17 mol/s")
"""Central 95 % of the prior of the uptake of one cell: from pellets to monolayers (Pattappa 2011)."""

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class RadiusFit:
    """A fitted radius law, um: radius = scale · (cells / 30,000) ^ exponent."""

    scale: float
    scale_sd: float
    exponent: float
    exponent_sd: float

    def radius_um(self, cells: float) -> float:
        """Return the fitted radius of a spheroid of so many cells."""
        return float(self.scale * (cells / REFERENCE_CELLS) ** self.exponent)


@dataclass(frozen=True, slots=True)
class UptakeFit:
    """The oxygen uptake of a cell in a spheroid, nmol/day.

    Parameters
    ----------
    ceiling : uptake at which oxygen would fall by just as much as it did at most.
    median, low, high : of the prior below that ceiling, with its central 95 %.
    """

    ceiling: float
    median: float
    low: float
    high: float


def radius_fit(radii: tuple[tuple[float, float, float], ...] = RADII) -> RadiusFit:
    """Fit the radius law by least squares in the logarithm, weighted by the standard deviations.

    Examples
    --------
    >>> fit = radius_fit()
    >>> round(fit.scale, 1), round(fit.exponent, 3)
    (249.8, 0.502)
    """
    cells, radius, sd = (np.asarray(column) for column in zip(*radii, strict=True))
    weight = radius / sd
    design = np.stack([np.ones_like(cells), np.log(cells / REFERENCE_CELLS)], axis=1) * weight[:, None]
    answer = np.linalg.lstsq(design, np.log(radius) * weight, rcond=None)[0]
    spread = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    scale = math.exp(answer[0])
    return RadiusFit(scale, scale * float(spread[0]), float(answer[1]), float(spread[1]))


def uptake_fit(numbers: Numbers, oxygen_outside: float) -> UptakeFit:
    """Cut the prior of the uptake at what the flat profiles of large spheroids allow.

    In a ball that takes up q for each cell, oxygen falls by q n R² / (6 D) from the surface to the middle
    (Michaelis–Menten uptake is saturated there). In the largest spheroids, 60,000 cells in 353 µm, it fell
    by less than 10 %.

    Parameters
    ----------
    numbers : give the diffusivity and the half-level.
    oxygen_outside : level around the spheroids, mmol/L.
    """
    from scipy.special import ndtr, ndtri

    cells, radius_um, _ = RADII[-1]
    radius = radius_um / 1000
    density = cells / (4 / 3 * math.pi * radius**3)
    fall = MOST_FALL * oxygen_outside
    ceiling = 6 * numbers.oxygen_diffusion * fall / (density * radius**2)
    ceiling *= 1 + numbers.oxygen_half / oxygen_outside
    low, high = (math.log(convert(end, "nmol/day", where="prior")) for end in PRIOR)
    middle, spread = (low + high) / 2, (high - low) / (2 * NORMAL_95)
    below = ndtr((math.log(ceiling) - middle) / spread)
    quantiles = ndtri(below * np.asarray([0.5, 0.025, 0.975]))
    median, least, most = (math.exp(middle + spread * float(at)) for at in quantiles)
    return UptakeFit(ceiling, median, least, most)
