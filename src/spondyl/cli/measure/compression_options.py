"""The texts of the options of ``spondyl measure compression`` as settings of the assay."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from spondyl.cli.options import named

if TYPE_CHECKING:
    from spondyl.assay.compression import Settings, Stated

VERB = "measure compression"


def stated(units: Mapping[str, str | None], columns: Mapping[str, str | None], flip: Sequence[str]) -> Stated:
    """Return what the person says about the file's units, columns and signs."""
    from spondyl.assay.compression import Stated

    given_units = {kind: text for kind, text in units.items() if text is not None}
    given_columns = {kind: text for kind, text in columns.items() if text is not None}
    return named(VERB, lambda: Stated(given_units, given_columns, tuple(flip)))


def settings(
    length: str | None,
    area: str | None,
    diameter: str | None,
    compliance: str | None,
    toe: str,
    region: str | None,
    offset: str | None,
) -> Settings:
    """Return how the curve is measured.

    Raises
    ------
    StudyError
        An option that is no quantity, or two that contradict each other.
    """
    from spondyl.assay.compression import Settings, offset_of
    from spondyl.errors import MeasurementError, Mistake
    from spondyl.quantity import convert

    if area is not None and diameter is not None:
        given = f"an area ({area}) and a diameter ({diameter})"
        raise MeasurementError(Mistake(f"{VERB}, area", given, "give one of them"))
    area_mm2 = None if area is None else convert(area, "mm^2", where=f"{VERB}, area", positive=True)
    if diameter is not None:
        across = convert(diameter, "mm", where=f"{VERB}, diameter", positive=True)
        area_mm2 = math.pi / 4 * across**2
    gives_way = 0.0
    if compliance is not None:
        gives_way = convert(compliance, "mm/N", where=f"{VERB}, machine compliance")
    strain, moved = (None, None) if offset is None else offset_of(offset, f"{VERB}, offset")
    return named(
        VERB,
        lambda: Settings(
            length_mm=None
            if length is None
            else convert(length, "mm", where=f"{VERB}, length", positive=True),
            area_mm2=area_mm2,
            compliance_mm_per_N=gives_way,
            toe=toe,  # type: ignore[arg-type]  # any text is checked there
            region=_region(region),
            offset_strain=strain,
            offset_mm=moved,
        ),
    )


def _region(text: str | None) -> tuple[float, float] | None:
    from spondyl.errors import MeasurementError, Mistake

    if text is None:
        return None
    low, _, high = text.partition("-")
    try:
        return float(low), float(high)
    except ValueError:
        allowed = "must be two shares of the ultimate load, such as 0.3-0.7"
        raise MeasurementError(Mistake("region", repr(text[:40]), allowed)) from None
