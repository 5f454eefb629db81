"""The calibration of Scanco files: from stored numbers to mg HA/cm³.

Scanco's scanners store ``µ · mu_scaling``, the linear attenuation coefficient in 1/cm times a whole number,
and calibrate ``density = slope · µ + intercept``. So ``density = slope / mu_scaling · stored + intercept``,
in ISQ and in AIM alike; see ``docs/decisions/0002-scanco-density.md``.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from spondyl.volume.scan import Meaning

_DENSITY = re.compile(r"mg\s*HA\s*/\s*(?:ccm|cm3|cm³|cm\^3)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the stored numbers mean: ``slope * stored + intercept`` is `meaning`."""

    meaning: Meaning
    slope: float
    intercept: float
    notes: tuple[str, ...] = ()


def calibration(
    mu_scaling: float, unit: str | None, slope: float | None, intercept: float | None
) -> Calibration:
    """Return the calibration that a Scanco header gives; RAW when it gives none.

    Parameters
    ----------
    mu_scaling : whole number by which µ (1/cm) was multiplied.
    unit : unit of the calibrated values, as the header spells it.
    slope, intercept : of density against µ.

    Examples
    --------
    >>> calibration(8192, "mg HA/ccm", 1638.4, -390.0)
    Calibration(meaning=<Meaning.DENSITY: 'mg HA/cm3'>, slope=0.2, intercept=-390.0, notes=())
    """
    if unit is None or slope is None or intercept is None:
        return Calibration(Meaning.RAW, 1.0, 0.0)
    if not is_density(unit) or slope == 0:
        note = f"the calibration in {unit!r} (slope {slope:g}) is not one of density and was not used"
        return Calibration(Meaning.RAW, 1.0, 0.0, (note,))
    if mu_scaling <= 0:
        note = f"the density calibration was not used: mu_scaling is {mu_scaling:g}"
        return Calibration(Meaning.RAW, 1.0, 0.0, (note,))
    return Calibration(Meaning.DENSITY, slope / mu_scaling, intercept)


def is_density(unit: str) -> bool:
    """Tell whether `unit` is mg HA/cm³ in one of its spellings."""
    return bool(_DENSITY.search(unit))


def vax_float(four: bytes) -> float:
    """Decode a VAX F float, the OpenVMS heritage of Scanco's files.

    Examples
    --------
    >>> vax_float(bytes.fromhex("783e988b"))
    0.06068
    """
    (number,) = struct.unpack("<f", four[2:4] + four[0:2])
    return float(f"{number / 4:.7g}")  # 24 bits are worth seven digits


def vax_double(eight: bytes) -> float:
    """Decode a VAX G-like double as Scanco writes it.

    Examples
    --------
    >>> vax_double(bytes.fromhex("2040000000000000"))
    2.0
    """
    (number,) = struct.unpack("<d", eight[6:8] + eight[4:6] + eight[2:4] + eight[0:2])
    return float(number) / 4
