"""How a microscope sees: its pixels, its blur, its lamp and its camera."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import InstrumentError, Mistake
from spondyl.quantity import Parameter, convert_number, shipped

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Optics:
    """Settings of a picture.

    Parameters
    ----------
    pixel_um : edge of a pixel.
    pixels : of an edge of the square picture.
    blur_um : standard deviation of the point spread.
    shading : share by which the corners are darker than the middle.
    noise : standard deviation of the camera over its range.
    photons : that a full pixel holds; their number varies.
    bits : of the camera.

    Raises
    ------
    InstrumentError
        A number out of its range.
    """

    pixel_um: float
    pixels: int
    blur_um: float
    shading: float
    noise: float
    photons: float
    bits: int

    def __post_init__(self) -> None:
        least = {"pixel_um": 0.02, "pixels": 32, "photons": 1.0, "bits": 8}
        most = {"pixels": 8192, "shading": 0.9, "noise": 0.5, "bits": 16}
        wrong = []
        for one in fields(self):
            low, high = least.get(one.name, 0.0), most.get(one.name, np.inf)
            value = getattr(self, one.name)
            if not low <= value <= high:
                wrong.append(
                    Mistake(f"microscope, {one.name}", f"{value:g}", f"must lie from {low:g} to {high:g}")
                )
        if wrong:
            raise InstrumentError(wrong)

    @property
    def wide_um(self) -> float:
        """Edge of the picture."""
        return self.pixel_um * self.pixels

    def seen(self, light: Floats, draws: np.random.Generator) -> NDArray[np.uint16]:
        """Return what the camera records of light from 0 to 1, (rows, columns)."""
        from scipy.ndimage import gaussian_filter

        blurred = gaussian_filter(light, self.blur_um / self.pixel_um)
        place = np.linspace(-1, 1, self.pixels)
        lamp = 1 - self.shading / 2 * (place[:, None] ** 2 + place[None] ** 2)
        counted = draws.poisson(np.clip(blurred * lamp, 0, None) * self.photons) / self.photons
        value = counted + self.noise * draws.standard_normal(light.shape)
        full = 2**self.bits - 1
        return np.asarray(np.rint(np.clip(value, 0, 1) * full), np.uint16)


def optics(parameters: Mapping[str, Parameter] | None = None) -> Optics:
    """Return the microscope of the parameter table; :func:`dataclasses.replace` changes single settings.

    Parameters
    ----------
    parameters : of the stage "instrument/microscope"; None for those that ship.
    """
    table = shipped()["instrument/microscope"] if parameters is None else parameters

    def number(name: str, unit: str) -> float:
        return convert_number(table[name].value, table[name].unit, unit, where=f"microscope › {name}")

    return Optics(
        number("pixel", "um"),
        round(number("pixels", "1")),
        number("blur", "um"),
        number("shading", "1"),
        number("noise", "1"),
        number("photons", "1"),
        round(number("bits", "1")),
    )
