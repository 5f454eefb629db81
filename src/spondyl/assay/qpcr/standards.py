"""Standard curves: copies a cycle from wells of known quantity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.qpcr.plate import CtPlate

Floats = NDArray[np.float64]

FEWEST_QUANTITIES = 3
PLAUSIBLE = (1.5, 2.3)
"""Copies a cycle between which an efficiency is believed; 2 is a doubling."""


@dataclass(frozen=True, slots=True)
class StandardCurve:
    """The line of the cycle against log10 of the quantity.

    Parameters
    ----------
    gene : target.
    slope : cycles a decade, about -3.32 for a doubling.
    intercept : cycle at a quantity of 1.
    factor, factor_se : copies a cycle, 10^(-1/slope), and its standard error.
    r_squared : of the line.
    quantities, wells : how many different quantities, and wells.
    """

    gene: str
    slope: float
    intercept: float
    factor: float
    factor_se: float
    r_squared: float
    quantities: int
    wells: int

    @property
    def plausible(self) -> bool:
        """Whether the efficiency can be one."""
        return PLAUSIBLE[0] <= self.factor <= PLAUSIBLE[1]

    def quantity(self, cq: float) -> float:
        """Return the quantity that comes up at a cycle."""
        return float(10 ** ((cq - self.intercept) / self.slope))


def standard_curves(plate: CtPlate) -> dict[str, StandardCurve]:
    """Return the standard curve of every gene that has one: at least three different quantities detected, and
    cycles that fall with the quantity."""
    found = {}
    for gene in dict.fromkeys(plate.gene):
        mask = plate.where(kind="std", gene=gene) & np.isfinite(plate.cq) & np.isfinite(plate.quantity)
        quantity, cq = plate.quantity[mask], plate.cq[mask]
        if np.unique(quantity).size >= FEWEST_QUANTITIES:
            curve = _fitted(gene, np.log10(quantity), cq)
            if curve is not None:
                found[gene] = curve
    return found


def _fitted(gene: str, log_quantity: Floats, cq: Floats) -> StandardCurve | None:
    n = cq.size
    x, y = log_quantity - log_quantity.mean(), cq - cq.mean()
    slope = float(x @ y / (x @ x))
    if slope >= 0:
        return None
    residual = y - slope * x
    se = math.sqrt(float(residual @ residual) / (n - 2) / float(x @ x))
    factor = 10 ** (-1 / slope)
    explained = 1 - float(residual @ residual) / float(y @ y)
    return StandardCurve(
        gene=gene,
        slope=slope,
        intercept=float(cq.mean() - slope * log_quantity.mean()),
        factor=factor,
        factor_se=factor * math.log(10) / slope**2 * se,
        r_squared=explained,
        quantities=int(np.unique(log_quantity).size),
        wells=n,
    )
