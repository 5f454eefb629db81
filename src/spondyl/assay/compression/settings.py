"""What the person chose before a load curve is measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from spondyl.errors import MeasurementError, Mistake, nearest_word
from spondyl.quantity import convert


@dataclass(frozen=True, slots=True)
class Settings:
    """How a load curve becomes numbers.

    Parameters
    ----------
    length_mm : of the specimen along the load; with `area_mm2` it gives modulus and stress.
    area_mm2 : cross-section.
    compliance_mm_per_N : of machine and fixture, taken off the displacement; 0 for none.
    toe : "on" when the curve has a toe, which is taken off: displacements count from where the straight part
        meets zero load. "off" when it has none: they count from the first sample, and the straight part
        begins there. "auto" looks.
    region : shares of the ultimate load between which the straight part lies; None to find it.
    offset_strain : strain by which the elastic line is moved for yield; None for the shipped number.
    offset_mm : the same as a displacement, for a specimen of unknown length.

    Raises
    ------
    MeasurementError
        A number out of its range, or settings that contradict each other.
    """

    length_mm: float | None = None
    area_mm2: float | None = None
    compliance_mm_per_N: float = 0.0  # noqa: N815  the unit is the newton
    toe: Literal["auto", "on", "off"] = "auto"
    region: tuple[float, float] | None = None
    offset_strain: float | None = None
    offset_mm: float | None = None

    def __post_init__(self) -> None:
        wrong = []
        for name in ("length_mm", "area_mm2", "offset_strain", "offset_mm"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                wrong.append(Mistake(name, f"{value:g}", "must be a number above zero"))
        if not (math.isfinite(self.compliance_mm_per_N) and self.compliance_mm_per_N >= 0):
            given = f"{self.compliance_mm_per_N:g} mm/N"
            wrong.append(Mistake("machine compliance", given, "must be zero or above"))
        if self.toe not in ("auto", "on", "off"):
            near = nearest_word(str(self.toe), ("auto", "on", "off"))
            wrong.append(Mistake("toe", repr(self.toe), "must be auto, on or off", near))
        if self.region is not None and not 0 <= self.region[0] < self.region[1] <= 1:
            given = f"{self.region[0]:g} to {self.region[1]:g}"
            wrong.append(Mistake("region", given, "must be two shares of the ultimate load, such as 0.3-0.7"))
        if self.offset_strain is not None and self.length_mm is None:
            wrong.append(Mistake("offset", "a strain without a length", "give the length of the specimen"))
        if self.offset_strain is not None and self.offset_mm is not None:
            wrong.append(Mistake("offset", "a strain and a displacement", "give one of them"))
        if wrong:
            raise MeasurementError(wrong)

    @property
    def yield_rule(self) -> Literal["strain", "displacement", "stiffness"]:
        """Which line the curve must fall below to have yielded."""
        if self.offset_mm is not None:
            return "displacement"
        return "strain" if self.length_mm is not None else "stiffness"


def offset_of(text: str, where: str) -> tuple[float | None, float | None]:
    """Return the offset of yield that a text says: as a strain, or as a displacement in mm.

    Parameters
    ----------
    text : such as "0.2 %" or "0.05 mm".
    where : named in messages.

    Raises
    ------
    QuantityError
        If it is neither.

    Examples
    --------
    >>> offset_of("0.2 %", "offset"), offset_of("50 um", "offset")
    ((0.002, None), (None, 0.05))
    """
    if text.strip().endswith("%"):
        return convert(text.strip().removesuffix("%").strip(), "1", where=where) / 100, None
    return None, convert(text, "mm", where=where, positive=True)
