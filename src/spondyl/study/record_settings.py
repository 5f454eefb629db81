"""From the tables of curves, plates, sections and pictures to what the assays take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from spondyl.errors import Mistake, StudyError
from spondyl.quantity import convert

if TYPE_CHECKING:
    from spondyl.assay import compression, qpcr, spheroids

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


def pixel_of(table: Mapping[str, Any], step: str) -> float | None:
    """Return the edge of a picture's pixel, µm; None where the files say it.

    Raises
    ------
    StudyError
        No length, or none above zero.
    """
    given = table["pixel"]
    return None if given is None else convert(given, "um", where=f"study.toml, {step}.pixel", positive=True)


def channels_of(table: Mapping[str, Any]) -> spheroids.Channels:
    """Return which channel of a picture of spheroids shows what.

    Raises
    ------
    StudyError
        The same channel for living and dead.
    """
    from spondyl.assay.spheroids import Channels

    return Channels(table["outline"], table["living"], table["cycling"], table["dead"])


def record_mistakes(tables: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    """Return what the assays would refuse of the tables, by their names."""
    makes: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
        "compression": curve_settings,
        "qpcr": lambda table: plate_settings(table, "sample"),
        "histology": lambda table: pixel_of(table, "histology"),
        "spheroids": lambda table: (channels_of(table), pixel_of(table, "spheroids")),
    }
    return [one for name, table in tables.items() for one in _refused(partial(makes[name], table), name)]


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
