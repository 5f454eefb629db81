"""A load curve from the export of a testing machine; wrong units and signs are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.compression.columns import MEANT, UNITS, Found, found_columns, understood
from spondyl.assay.compression.curve import FEWEST, LoadCurve
from spondyl.assay.compression.export import read_export
from spondyl.errors import MeasurementError, Mistake, nearest_word

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stated:
    """What the person says about an export where the file does not, or says it wrongly.

    Parameters
    ----------
    units : by "force", "displacement" and "time", the unit; comes before that of the file.
    columns : likewise, the heading or the number (from 1) of the column.
    flip : of "force" and "displacement", those whose sign is to be turned.

    Raises
    ------
    MeasurementError
        An unknown unit or name.
    """

    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    flip: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wrong = []
        for kind, text in self.units.items():
            if understood(text) not in UNITS[kind]:
                near = nearest_word(text, UNITS[kind])
                allowed = f"must be one of {', '.join(UNITS[kind])}"
                wrong.append(Mistake(f"{kind} unit", repr(text[:40]), allowed, near))
        for kind in self.flip:
            if kind not in ("force", "displacement"):
                near = nearest_word(kind, ("force", "displacement"))
                wrong.append(Mistake("flip", repr(kind), "must be force or displacement", near))
        if wrong:
            raise MeasurementError(wrong)


def read(path: Path, stated: Stated | None = None) -> LoadCurve:
    """Read an export as Instron, Shimadzu, MTS, Zwick and others write it, see :func:`read_export`.

    Columns are found by their headings, units in the headings or the line below. Where both load and
    displacement are negative in compression, both are turned; where only one is, the file is refused.

    Parameters
    ----------
    path : the file.
    stated : units, columns and signs that the file does not say.

    Raises
    ------
    MeasurementError
        No such column, no unit, load and displacement of opposite sign, or what :func:`read_export` refuses.
    """
    said = stated or Stated()
    export = read_export(path)
    columns = found_columns(path.name, export.headings, export.units, said.columns)
    notes = list(export.notes)
    units = _units(path.name, columns, said, notes)
    numbers = {
        kind: export.numbers[:, each.place] * UNITS[kind][units[kind]] for kind, each in columns.items()
    }
    numbers = _complete(path.name, numbers, notes)
    load, displacement = _turned(path.name, numbers["force"], numbers["displacement"], said.flip, notes)
    time = numbers.get("time")
    if time is not None and (np.diff(time) < 0).any():
        given = "a time that runs backwards"
        raise MeasurementError(Mistake(path.name, given, "lines must stand in the order of recording"))
    return LoadCurve(
        displacement, load, time, path.name, tuple(notes), {"force", "displacement"} <= set(said.units)
    )


def _units(name: str, columns: Mapping[str, Found], said: Stated, notes: list[str]) -> dict[str, str]:
    units, missing = {}, []
    for kind, column in columns.items():
        given = understood(said.units[kind]) if kind in said.units else None
        if given and column.unit and given != column.unit:
            notes.append(f"{column.heading}: the file says {column.unit}, but {given} was stated and is used")
        unit = given or column.unit
        if not unit and kind == "time":
            unit = MEANT[kind]  # no result rests on it
        if not unit:
            remedy = f"state it with --{kind}-unit, such as --{kind}-unit {MEANT[kind]}"
            missing.append(Mistake(f"{name} › {column.heading}", "no unit", remedy))
        units[kind] = unit
    if missing:
        raise MeasurementError(missing)
    return units


def _complete(name: str, numbers: Mapping[str, Floats], notes: list[str]) -> dict[str, Floats]:
    kept = np.isfinite(np.array([numbers["force"], numbers["displacement"]])).all(axis=0)
    if not kept.all():
        notes.append(f"{int((~kept).sum())} lines without force or displacement are left out")
    if kept.sum() < FEWEST:
        given = f"{int(kept.sum())} lines with force and displacement"
        raise MeasurementError(Mistake(name, given, f"needs at least {FEWEST}"))
    return {kind: values[kept] for kind, values in numbers.items()}


def _turned(
    name: str, force: Floats, displacement: Floats, flip: tuple[str, ...], notes: list[str]
) -> tuple[Floats, Floats]:
    """Return load and displacement from the first sample on, both positive in the direction of loading."""
    load = -force if "force" in flip else force
    travel = displacement - displacement[0]
    travel = -travel if "displacement" in flip else travel
    highest = int(np.abs(load).argmax())
    if load[highest] == 0 or not np.ptp(travel):
        raise MeasurementError(Mistake(name, "a load or displacement that never changes", "needs a test"))
    down, back = load[highest] < 0, travel[highest] < 0
    if down and back:
        notes.append("loading is negative in this file: both signs are turned")
        return -load, -travel
    if down or back:
        given = f"a load of {load[highest]:.4g} N at a displacement of {travel[highest]:.4g} mm"
        allowed = (
            "they must have one sign in the direction of loading: export them again, or turn one of them "
            "with --flip force or --flip displacement"
        )
        raise MeasurementError(Mistake(name, given, allowed))
    return load, travel
