"""β-TCP granules: what a person writes on the label, and the sizes that come out of the jar."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import GraftError, Mistake, QuantityError, nearest_word
from spondyl.quantity import Parameter, convert, shipped

MATERIALS = ("beta-TCP", "β-TCP", "b-TCP")
SIZES = ("uniform", "lognormal")
_LABEL = re.compile(
    r"\s*(\S*[^\W\d]\S*)\s+([-+.\dA-Za-z]+?)\s*(?:[-–]\s*([.\dA-Za-z]+?)\s*)?([A-Za-zµμ]+)\s*"
)
_SIEVES_APART = 2.0
"""Standard deviations of a log-normal mass between its median and either sieve."""


@dataclass(frozen=True, slots=True)
class Granules:
    """β-TCP granules between two sieves.

    The size of a granule is the diameter of the ball of its volume.

    Parameters
    ----------
    low_mm, high_mm : sieves that hold back and let pass.
    micro_porosity : pores inside a granule, share of its volume.
    reach : how far the corners of a granule stand out, in radii of the ball of its volume; 1 is a ball.
    facets : broken faces of a granule.
    sizes : how the mass is spread between the sieves: "uniform" over the diameter, or "lognormal" about the
        geometric mean with the sieves two standard deviations away.
    density_mg_mm3 : of β-TCP without pores.

    Raises
    ------
    GraftError
        If a number lies outside what has a meaning; all of them are listed.

    Examples
    --------
    >>> granules("beta-TCP 0.3-0.6 mm").high_mm
    0.6
    """

    low_mm: float
    high_mm: float
    micro_porosity: float
    reach: float
    facets: int
    density_mg_mm3: float
    sizes: str = "uniform"

    def __post_init__(self) -> None:
        wrong = []
        if not (math.isfinite(self.high_mm) and 0 < self.low_mm <= self.high_mm):
            allowed = "must be two lengths above zero, the smaller first, such as 0.3-0.6 mm"
            wrong.append(Mistake("granules › sieves", f"{self.low_mm:g}-{self.high_mm:g} mm", allowed))
        if not 0 <= self.micro_porosity < 1:
            allowed = "must be at least 0 and below 1 (0.6 is 60 %)"
            wrong.append(Mistake("granules › micro-porosity", f"{self.micro_porosity:g}", allowed))
        if not 1 <= self.reach <= 1.6:
            allowed = "must lie between 1, which is a ball, and 1.6"
            wrong.append(Mistake("granules › reach", f"{self.reach:g}", allowed))
        if not (self.facets == int(self.facets) and 6 <= self.facets <= 60):
            wrong.append(
                Mistake("granules › facets", f"{self.facets}", "must be a whole number from 6 to 60")
            )
        if not (math.isfinite(self.density_mg_mm3) and self.density_mg_mm3 > 0):
            wrong.append(
                Mistake("granules › density", f"{self.density_mg_mm3:g} mg/mm³", "must be above zero")
            )
        if self.sizes not in SIZES:
            near = nearest_word(str(self.sizes), SIZES)
            wrong.append(Mistake("granules › sizes", repr(self.sizes), f"must be {' or '.join(SIZES)}", near))
        if wrong:
            raise GraftError(wrong)

    @property
    def mg_per_mm3(self) -> float:
        """Mass of a volume of granules with their inner pores, mg/mm³."""
        return (1 - self.micro_porosity) * self.density_mg_mm3

    def volume_mm3(self, diameter: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the volume of granules of given sizes, inner pores included, mm³."""
        return np.asarray(math.pi / 6 * np.asarray(diameter, np.float64) ** 3)


def granules(
    label: str,
    *,
    micro_porosity: float | None = None,
    reach: float | None = None,
    sizes: str = "uniform",
    parameters: Mapping[str, Parameter] | None = None,
) -> Granules:
    """Read the label of a jar of granules.

    Parameters
    ----------
    label : material and sieves, such as "beta-TCP 0.3-0.6 mm".
    micro_porosity, reach : of :class:`Granules`; None for the assumed numbers of the stage ``graft``.
    sizes : "uniform" or "lognormal".
    parameters : numbers of the stage ``graft``; the shipped ones if None.

    Raises
    ------
    GraftError
        If the label cannot be read, or a number has no meaning.
    """
    table = parameters or shipped()["graft"]
    low, high = _sieves(label)
    return Granules(
        low_mm=low,
        high_mm=high,
        micro_porosity=table["micro_porosity"].value if micro_porosity is None else _number(micro_porosity),
        reach=table["granule_reach"].value if reach is None else _number(reach),
        facets=round(table["granule_facets"].value),
        density_mg_mm3=table["tcp_density"].value,
        sizes=sizes,
    )


def _number(given: object) -> float:
    """Return a given number, or NaN for what is none, which no range holds."""
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else math.nan


def _sieves(label: object) -> tuple[float, float]:
    found = _LABEL.fullmatch(label) if isinstance(label, str) else None
    if found is None:
        allowed = "must be a material and its sieves, such as 'beta-TCP 0.3-0.6 mm'"
        raise GraftError(Mistake("granules", repr(label), allowed))
    material, low, high, unit = found.groups()
    if material.lower() not in [word.lower() for word in MATERIALS]:
        near = nearest_word(material, MATERIALS)
        raise GraftError(Mistake("granules › material", repr(material), "must be beta-TCP", near))
    try:
        small = convert(f"{low} {unit}", "mm", where="granules › sieves", positive=True)
        large = convert(f"{high or low} {unit}", "mm", where="granules › sieves", positive=True)
    except QuantityError as problem:
        raise GraftError(problem.mistakes) from None
    if small > large:
        allowed = f"the smaller sieve must come first: '{material} {high}-{low} {unit}'"
        raise GraftError(Mistake("granules › sieves", f"{low}-{high} {unit}", allowed))
    return small, large


def draw_diameters(jar: Granules, volume_mm3: float, stream: np.random.Generator) -> NDArray[np.float64]:
    """Draw granules until they have a volume, inner pores included, to round-off.

    The last drawn takes what is left, and what is less than the smallest granule is spread over all, each
    changed towards a sieve. Only where the sieves leave no room for that are all scaled alike, by a little.
    Returns no granule where the volume is below that of the smallest.
    """
    smallest = float(jar.volume_mm3(jar.low_mm))
    if jar.low_mm == jar.high_mm:
        drawn = [jar.low_mm] * round(volume_mm3 / smallest)
    else:
        drawn, left = [], volume_mm3
        while left >= smallest * (1 - 1e-12):
            diameter = _diameter(jar, float(stream.random()))
            if float(jar.volume_mm3(diameter)) > left:
                diameter = jar.low_mm * (left / smallest) ** (1 / 3)
            drawn.append(diameter)
            left -= float(jar.volume_mm3(diameter))
    return _adding_up(jar, np.array(drawn), volume_mm3)


def _adding_up(jar: Granules, diameters: NDArray[np.float64], volume_mm3: float) -> NDArray[np.float64]:
    """Change granules a little so that their volumes add up."""
    if not diameters.size:
        return diameters
    volumes = jar.volume_mm3(diameters)
    missing = volume_mm3 - volumes.sum()
    spare = jar.volume_mm3(jar.high_mm if missing > 0 else jar.low_mm) - volumes
    if abs(spare.sum()) > abs(missing):
        volumes = volumes + spare * (missing / spare.sum())
    volumes *= volume_mm3 / volumes.sum()
    return np.asarray(np.cbrt(volumes / jar.volume_mm3(1.0)))


def _diameter(jar: Granules, chance: float) -> float:
    """Return the size below which a share of all granules by number lies."""
    low, high = jar.low_mm, jar.high_mm
    if low == high:
        return low
    if jar.sizes == "uniform":
        # Mass uniform over d means number as d⁻³, which can be inverted.
        return float((low**-2 - chance * (low**-2 - high**-2)) ** -0.5)
    from scipy.special import ndtr, ndtri

    # Mass log-normal about the geometric mean g means number log-normal about g exp(−3 s²), the same s.
    spread = math.log(high / low) / (2 * _SIEVES_APART)
    middle = math.log(low * high) / 2 - 3 * spread**2
    below, above = (float(ndtr((math.log(sieve) - middle) / spread)) for sieve in (low, high))
    found = math.exp(middle + spread * float(ndtri(below + chance * (above - below))))
    return min(max(found, low), high)
