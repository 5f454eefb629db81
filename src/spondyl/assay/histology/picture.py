"""A picture of a stained section."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.picture_files import read_picture
from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float32]

SMALLEST = 32
PIXEL_UM = (0.05, 20.0)
COLOURLESS = 0.01
"""Mean difference between the colours of a picture, over its range, below which it is grey."""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One picture in transmitted light.

    Parameters
    ----------
    light : red, green and blue from 0 to 1, (rows, columns, 3).
    pixel_um : edge of a pixel.
    name : of the file.

    Raises
    ------
    MeasurementError
        Another shape, a grey picture, values that are no numbers, or a pixel size that no microscope has.
    """

    light: Floats
    pixel_um: float
    name: str = "section"

    def __post_init__(self) -> None:
        wrong = []
        if self.light.ndim != 3 or self.light.shape[2] != 3 or min(self.light.shape[:2]) < SMALLEST:
            given = " × ".join(str(edge) for edge in self.light.shape)
            allowed = f"must be red, green and blue with at least {SMALLEST} pixels an edge"
            wrong.append(Mistake(self.name, f"a picture of {given}", allowed))
        elif not np.isfinite(self.light).all():
            wrong.append(Mistake(self.name, "values that are no numbers", "must all be finite"))
        elif float(np.abs(np.diff(self.light, axis=2)).mean()) < COLOURLESS:
            wrong.append(
                Mistake(self.name, "a grey picture", "stains are told apart by colour: give one in colour")
            )
        if not PIXEL_UM[0] <= self.pixel_um <= PIXEL_UM[1]:
            allowed = f'must lie from {PIXEL_UM[0]:g} to {PIXEL_UM[1]:g} µm; state it: --pixel "1 um"'
            wrong.append(Mistake(f"{self.name}, pixel size", f"{self.pixel_um:.6g} µm", allowed))
        if wrong:
            raise MeasurementError(wrong)


def read(path: Path, pixel_um: float | None = None) -> Section:
    """Read a picture of a section; see :func:`spondyl.assay.picture_files.read_picture`.

    Parameters
    ----------
    path : TIFF, PNG or JPEG in colour.
    pixel_um : edge of a pixel; comes before what the file says.

    Raises
    ------
    MeasurementError
        What the reader or :class:`Section` refuses.
    """
    found = read_picture(path, pixel_um)
    light = found.values.transpose(1, 2, 0).astype(np.float32) / (found.largest or 1.0)
    return Section(light[..., :3] if light.shape[2] == 4 else light, found.pixel_um, path.name)
