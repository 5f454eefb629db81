"""Grey values to mg HA/cm³: a straight line through rods, or through two points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.microct.rods import Rod
from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import shipped
from spondyl.volume import Meaning, Scan

LEAST_R_SQUARED = 0.99
"""Below it a calibration is refused: with the usual five rods up to 800 mg HA/cm³, residuals near 10 %."""

LEAST_DENSITY = -1000.0
"""Air reads so on scales that put water at zero and hydroxyapatite at its own density."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A straight line from the values of a scan to mineral density.

    Parameters
    ----------
    slope, intercept : density is ``slope * value + intercept``, mg HA/cm³.
    values, densities : the points the line was fitted to, ascending.
    r_squared : share of the spread of the densities that the line explains; None for two points, through
        which any line goes.
    residuals : density given minus density fitted, mg HA/cm³, one for each point.
    curvature : how far a parabola through the points leaves the straight line at most, mg HA/cm³; positive
        when dense rods read too low, as beam hardening makes them; None for fewer than four points.
    """

    slope: float
    intercept: float
    values: tuple[float, ...]
    densities: tuple[float, ...]
    r_squared: float | None
    residuals: tuple[float, ...]
    curvature: float | None

    def describe(self) -> str:
        """Return the calibration in the words of a methods section."""
        quality = "" if self.r_squared is None else f", R² = {self.r_squared:.5f}"
        return (
            f"calibrated to mg HA/cm³ by a straight line through {len(self.values)} points{quality}: "
            f"{self.slope:.6g} × value {'−' if self.intercept < 0 else '+'} {abs(self.intercept):.6g}"
        )


def from_rods(rods: Sequence[Rod], densities: Sequence[float]) -> Calibration:
    """Fit the line through the rods of a phantom by least squares.

    The denser rod attenuates more, so rods and densities are paired in ascending order.

    Parameters
    ----------
    rods : as :func:`spondyl.assay.microct.rods.find_rods` returns them.
    densities : nominal density of each rod, mg HA/cm³, in any order.

    Raises
    ------
    MeasurementError
        Fewer than three densities, one given twice or impossible, another number of rods than of densities,
        rods that are too alike to be told apart, or a fit with R² below 0.99.
    """
    _refuse_densities(densities)
    if len(rods) != len(densities):
        given = f"{len(rods)} {'rod' if len(rods) == 1 else 'rods'}" + _listed(rods)
        allowed = (
            f"{len(densities)} densities were given; give one for each rod, or a region of the scan that "
            "holds just the rods"
        )
        raise MeasurementError(Mistake("calibration › rods", given, allowed))
    ordered = sorted(rods, key=lambda rod: rod.value)
    _refuse_alike(ordered)
    found = _line([rod.value for rod in ordered], sorted(densities))
    if found.r_squared is None or not found.r_squared >= LEAST_R_SQUARED:
        worst = max(found.residuals, key=abs)
        given = f"R² = {found.r_squared:.4f}, one rod {abs(worst):.0f} mg HA/cm³ off the line"
        allowed = (
            f"must be at least {LEAST_R_SQUARED:g}; check the nominal densities, and that the rods found are "
            "the phantom's" + _listed(ordered)
        )
        raise MeasurementError(Mistake("calibration › fit", given, allowed))
    return found


def from_two_points(first: tuple[float, float], second: tuple[float, float]) -> Calibration:
    """Return the line through two known pairs of value and density, mg HA/cm³.

    Raises
    ------
    MeasurementError
        If the values are equal, not finite, or the denser point has the lower value.

    Examples
    --------
    >>> from_two_points((0.0, -200.0), (1000.0, 300.0)).slope
    0.5
    """
    numbers = (*first, *second)
    if not all(math.isfinite(n) for n in numbers):
        raise MeasurementError(Mistake("calibration › points", str(numbers), "must be four finite numbers"))
    low, high = sorted((first, second))
    if low[0] == high[0] or not low[1] < high[1]:
        given = f"value {low[0]:g} at {low[1]:g} and value {high[0]:g} at {high[1]:g} mg HA/cm³"
        raise MeasurementError(
            Mistake("calibration › points", given, "the denser point must have the higher value")
        )
    return _line([low[0], high[0]], [low[1], high[1]])


def calibrated(scan: Scan, calibration: Calibration) -> Scan:
    """Return the scan with values in mg HA/cm³; the stored numbers stay as they are.

    Raises
    ------
    MeasurementError
        If the scan holds labels, or densities already.
    """
    if scan.meaning in (Meaning.LABELS, Meaning.DENSITY):
        given = "labels" if scan.meaning is Meaning.LABELS else "densities already (mg HA/cm³)"
        allowed = "a calibration needs raw values or HU; say that they are raw (--values raw) if they are"
        raise MeasurementError(Mistake(f"{scan.name} › calibration", given, allowed))
    return replace(
        scan,
        meaning=Meaning.DENSITY,
        slope=calibration.slope * scan.slope,
        intercept=calibration.slope * scan.intercept + calibration.intercept,
    )


def _line(values: Sequence[float], densities: Sequence[float]) -> Calibration:
    x, y = np.asarray(values, dtype=np.float64), np.asarray(densities, dtype=np.float64)
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    intercept = float(y.mean() - slope * x.mean())
    left = y - (slope * x + intercept)
    r_squared = 1 - float((left**2).sum() / ((y - y.mean()) ** 2).sum()) if len(x) > 2 else None
    return Calibration(
        slope, intercept, tuple(x.tolist()), tuple(y.tolist()), r_squared, tuple(left.tolist()), _bend(x, y)
    )


def _bend(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """Largest gap between the parabola and its chord: a quarter of the range squared times its bend."""
    if len(x) < 4:
        return None
    scaled = (x - x.mean()) / np.ptp(x)
    return float(np.polyfit(scaled, y, 2)[0] / 4)


def _refuse_densities(densities: Sequence[float]) -> None:
    where, wrong = "calibration › densities", []
    most = shipped()["assay/microct"]["hydroxyapatite_density"].value
    if len(densities) < 3:
        wrong.append(Mistake(where, f"{len(densities)} given", "needs at least three; or give two points"))
    for density in densities:
        if not LEAST_DENSITY <= density <= most:
            allowed = f"must lie between {LEAST_DENSITY:g} and {most:g} mg HA/cm³, solid hydroxyapatite"
            wrong.append(Mistake(where, f"{density:g} mg HA/cm³", allowed))
    if len(set(densities)) < len(densities):
        wrong.append(Mistake(where, "a density twice", "give the density of each rod once"))
    if wrong:
        raise MeasurementError(wrong)


def _refuse_alike(ordered: Sequence[Rod]) -> None:
    for lower, upper in pairwise(ordered):
        doubt = 3 * math.hypot(lower.standard_error, upper.standard_error)
        if upper.value - lower.value <= doubt:
            given = f"two rods with the values {lower.value:.6g} and {upper.value:.6g}"
            allowed = f"their noise cannot tell them apart (±{doubt:.3g}); give a region with one of each"
            raise MeasurementError(Mistake("calibration › rods", given, allowed))


def _listed(rods: Sequence[Rod]) -> str:
    return f" (values {', '.join(f'{rod.value:.5g}' for rod in rods)})" if rods else ""
