"""Records as files, in the manner of the software of four makers of testing machines.

The layouts follow what such exports commonly look like; they are no maker's specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spondyl import files
from spondyl.assay.compression import LoadCurve
from spondyl.errors import MeasurementError, Mistake, nearest_word


@dataclass(frozen=True, slots=True)
class Layout:
    """How a maker's software writes a record.

    Parameters
    ----------
    header : lines before the table; ``{name}`` stands for the name of the specimen.
    headings, units : of time, displacement and load.
    order : of these three in the file.
    mark : between columns.
    quoted : whether cells stand in quotation marks.
    comma : whether decimals follow a comma.
    sign : of displacement and load in compression.
    end : of lines.
    encoding : of the text.
    """

    header: tuple[str, ...]
    headings: tuple[str, str, str]
    units: tuple[str, str, str]
    order: tuple[int, int, int] = (0, 1, 2)
    mark: str = ","
    quoted: bool = False
    comma: bool = False
    sign: int = 1
    end: str = "\r\n"
    encoding: str = "utf-8"


LAYOUTS: Mapping[str, Layout] = {
    "instron": Layout(
        header=('"Test type","Compression"', '"Specimen label","{name}"', ""),
        headings=("Time", "Compressive extension", "Compressive load"),
        units=("(s)", "(mm)", "(N)"),
        quoted=True,
        encoding="utf-8-sig",
    ),
    "shimadzu": Layout(
        header=('"Test Mode","Single"', '"Test Type","Compression"', '"Name","{name}"', ""),
        headings=("Time", "Stroke", "Force"),
        units=("sec", "mm", "N"),
        order=(0, 2, 1),
        quoted=True,
    ),
    "mts": Layout(
        header=("MTS|Compression", "Station Name:\t{name}", ""),
        headings=("Running Time", "Axial Displacement", "Axial Force"),
        units=("s", "mm", "N"),
        mark="\t",
        sign=-1,
        end="\n",
    ),
    "zwick": Layout(
        header=("Prüfprotokoll;Druckversuch", "Probe;{name}", ""),
        headings=("Prüfzeit", "Standardweg", "Standardkraft"),
        units=("s", "mm", "N"),
        mark=";",
        comma=True,
        encoding="cp1252",
    ),
}
"""Layouts by maker."""


def export(record: LoadCurve, path: Path, maker: str = "instron") -> Path:
    """Write a record as a maker's software would, readable by :func:`spondyl.assay.compression.read`.

    Parameters
    ----------
    record : with its times.
    path : of the file, which is replaced.
    maker : one of :data:`LAYOUTS`.

    Raises
    ------
    MeasurementError
        An unknown maker, or a record without times.
    """
    if maker not in LAYOUTS:
        near = nearest_word(maker, LAYOUTS)
        raise MeasurementError(Mistake("maker", repr(maker), f"must be one of {', '.join(LAYOUTS)}", near))
    if record.time_s is None:
        raise MeasurementError(Mistake(record.name, "a record without times", "such files have them"))
    layout = LAYOUTS[maker]
    columns = np.column_stack(
        [record.time_s, layout.sign * record.displacement_mm, layout.sign * record.load_N]
    )
    lines = [line.format(name=record.name) for line in layout.header]
    lines += [_row(layout, layout.headings), _row(layout, layout.units)]
    places = (4, 5, 4)
    for numbers in columns:
        cells = [f"{value + 0.0:.{digits}f}" for value, digits in zip(numbers, places, strict=True)]
        lines.append(_row(layout, [cell.replace(".", ",") if layout.comma else cell for cell in cells]))
    return files.write_bytes(path, (layout.end.join(lines) + layout.end).encode(layout.encoding))


def _row(layout: Layout, cells: tuple[str, ...] | list[str]) -> str:
    ordered = [cells[place] for place in layout.order]
    return layout.mark.join(f'"{cell}"' if layout.quoted else cell for cell in ordered)
