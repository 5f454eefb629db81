"""What the person may choose of three phases."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spondyl.errors import MeasurementError, Mistake

MOST_NOISE, MOST_BLUR = 1e4, 10.0


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """How the phantoms are made that a scan is judged by.

    Parameters
    ----------
    noise_mgha_cm3 : standard deviation of the noise, mg HA/cm³; None measures it in the marrow of the scan.
    blur_voxels : standard deviation of the point spread, voxels; None measures it on surfaces of the scan.
    adapt : when the phases of the scan are denser or lighter than those of the phantoms, train once more with
        the densities of the scan.

    Raises
    ------
    MeasurementError
        If a number is not finite or out of range.
    """

    noise_mgha_cm3: float | None = None
    blur_voxels: float | None = None
    adapt: bool = False

    def __post_init__(self) -> None:
        limits = (("noise", self.noise_mgha_cm3, MOST_NOISE), ("blur", self.blur_voxels, MOST_BLUR))
        wrong = [
            Mistake(f"phases › {name}", f"{given}", f"must be from 0 to {most:g}, or left out")
            for name, given, most in limits
            if given is not None and not (math.isfinite(given) and 0 <= given <= most)
        ]
        if wrong:
            raise MeasurementError(wrong)
