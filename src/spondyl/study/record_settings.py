"""From the tables ``[compression]`` and ``[qpcr]`` to what the assays take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from spondyl.errors import Mistake, StudyError
from spondyl.quantity import convert

if TYPE_CHECKING:
    from spondyl.assay import compression, qpcr

T = TypeVar("T")


def curve_settings(table: Mapping[str, Any]) -> tuple[compression.Settings, compression.Stated]:
    """Return how records are measured, and what is stated about their files.

    Raises
    ------
    StudyError
        A quantity that is none, an unknown unit, or settings that contradict each other.
    """
    from spondyl.assay.compression import Settings, Stated, offset_of

    here = "study.toml, compression"

    def quantity(name: str, unit: str) -> float | None:
        text = table[name]
        return None if text is None else convert(text, unit, where=f"{here}.{name}", positive=True)

    offset = table["offset"]
    strain, moved = (None, None) if offset is None else offset_of(offset, f"{here}.offset")
    region = table["region"]
    units = {"force": table["force_unit"], "displacement": table["displacement_unit"]}
    given = {kind: text for kind, text in units.items() if text is not None}
    settings = Settings(
        length_mm=quantity("length", "mm"),
        area_mm2=quantity("area", "mm^2"),
        compliance_mm_per_N=table["compliance"],
        toe=table["toe"],
        region=None if region is None else (region[0], region[1]),
        offset_strain=strain,
        offset_mm=moved,
    )
    return settings, Stated(units=given, flip=tuple(table["flip"]))


def plate_settings(table: Mapping[str, Any], sample: str) -> qpcr.Settings:
    """Return how a plate is measured on which one sample stands for itself.

    Raises
    ------
    StudyError
        An efficiency that cannot be, or a reference gene that is named twice.
    """
    from spondyl.assay.qpcr import Settings

    return Settings(
        reference=tuple(table["reference"]),
        control=sample,
        efficiency=table["efficiency"],
        efficiencies=dict(table["efficiencies"]),
    )


def record_mistakes(compression: Mapping[str, Any] | None, qpcr: Mapping[str, Any] | None) -> list[Mistake]:
    """Return what the assays would refuse of the tables."""
    wrong = [] if compression is None else _refused(lambda: curve_settings(compression), "compression")
    return wrong + ([] if qpcr is None else _refused(lambda: plate_settings(qpcr, "sample"), "qpcr"))


def _refused(make: Callable[[], T], table: str) -> list[Mistake]:
    try:
        make()
    except StudyError as error:
        here = "study.toml, "
        return [
            one
            if one.where.startswith(here)
            else Mistake(f"{here}{table}.{one.where}", one.given, one.allowed, one.nearest)
            for one in error.mistakes
        ]
    return []
