"""A picture of a microscope: channels on square pixels of known size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float32]

SMALLEST = 32
"""Pixels of the shorter edge; a smaller picture holds no spheroid with an outline."""

PIXEL_UM = (0.02, 50.0)
"""Pixel sizes that a microscope of spheroids can have, µm."""


@dataclass(frozen=True, slots=True, eq=False)
class Micrograph:
    """One picture.

    Parameters
    ----------
    channels : values, shape (channels, rows, columns), finite.
    pixel_um : edge of a pixel.
    largest : value at which the camera is full; None where it is not known.
    name : of the file.
    notes : what the reader noticed.

    Raises
    ------
    MeasurementError
        Another shape, values that are not finite, a picture of one value, or a pixel size that no
        microscope has.
    """

    channels: Floats
    pixel_um: float
    largest: float | None = None
    name: str = "picture"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wrong = []
        if self.channels.ndim != 3 or min(self.channels.shape[1:]) < SMALLEST:
            given = " × ".join(str(edge) for edge in self.channels.shape)
            allowed = f"must be channels × rows × columns with at least {SMALLEST} pixels an edge"
            wrong.append(Mistake(self.name, f"a picture of {given}", allowed))
        elif not np.isfinite(self.channels).all():
            wrong.append(Mistake(self.name, "values that are no numbers", "must all be finite"))
        elif all(float(np.ptp(one)) == 0 for one in self.channels):
            wrong.append(Mistake(self.name, "a picture of one value", "must show something"))
        if not PIXEL_UM[0] <= self.pixel_um <= PIXEL_UM[1]:
            allowed = (
                f"must lie from {PIXEL_UM[0]:g} to {PIXEL_UM[1]:g} µm; the unit in the file may be "
                'wrong: state it with --pixel "1.24 um"'
            )
            wrong.append(Mistake(f"{self.name}, pixel size", f"{self.pixel_um:.6g} µm", allowed))
        if wrong:
            raise MeasurementError(wrong)
