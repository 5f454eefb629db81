"""The raw data of a test rig: load against displacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float64]

FEWEST = 12
"""Samples of a curve; fewer show no straight part."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadCurve:
    """Load against displacement in the order of recording, both positive in the direction of loading.

    Parameters
    ----------
    displacement_mm, load_N : shape (samples,).
    time_s : shape (samples,); None where it was not recorded.
    name : of the file.
    notes : what the reader noticed.
    stated : whether the person stated both units, rather than the file.

    Raises
    ------
    MeasurementError
        Fewer than twelve samples, unequal numbers, or numbers that are not finite.
    """

    displacement_mm: Floats
    load_N: Floats  # noqa: N815  the unit is the newton
    time_s: Floats | None = None
    name: str = "curve"
    notes: tuple[str, ...] = ()
    stated: bool = False

    def __post_init__(self) -> None:
        x, load = self.displacement_mm, self.load_N
        if x.shape != load.shape or x.ndim != 1 or x.size < FEWEST:
            given = f"{x.size} displacements and {load.size} loads"
            raise MeasurementError(Mistake(self.name, given, f"needs at least {FEWEST} of both, one for one"))
        if not (np.isfinite(x).all() and np.isfinite(load).all()):
            raise MeasurementError(Mistake(self.name, "numbers that are not finite", "leave them out"))
