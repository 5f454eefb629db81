"""A scanner's own table of results, as rows that can stand beside ours in one plot."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from spondyl.assay.delimited import number, read_cells
from spondyl.assay.microct.scanner_columns import COLUMNS, IDENTITY, Column, unit_in
from spondyl.errors import MeasurementError, Mistake

FLAGS = ("~", "!", "-")
MOST_MISTAKES = 20


@dataclass(frozen=True, slots=True)
class ScannerRow:
    """One number of one measurement, as the scanner's software wrote it.

    Parameters
    ----------
    line : line of the file.
    sample, sample_number, measurement, site : name and number of the sample, number of the measurement, and
        site, as text; empty where the table has no such column.
    column : heading in the table, e.g. ``"DT-Tb.Th"``.
    value : the number in `unit`; None when it was not measured.
    unit : unit of the table.
    flag : ``"~"``, ``"!"`` or ``"-"`` as the scanner set it, empty without one.
    name : our name for it, e.g. ``"tb_th_um"``; None when we have none.
    ours : the number in the unit of our name; None without one.
    """

    line: int
    sample: str
    sample_number: str
    measurement: str
    site: str
    column: str
    value: float | None
    unit: str
    flag: str
    name: str | None
    ours: float | None


@dataclass(frozen=True, slots=True)
class ScannerTable:
    """A table of results of a scanner.

    Parameters
    ----------
    path : the file.
    rows : one for each number.
    left_out : columns that hold neither a result we know nor a description, which are not read.
    """

    path: Path
    rows: tuple[ScannerRow, ...]
    left_out: tuple[str, ...]


def read_scanner_table(path: Path) -> ScannerTable:
    """Read a table of results as Scanco's evaluation writes it: one line for each measurement.

    Separated by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252; decimal commas are read where
    commas do not separate. A unit stands in the heading (``VOX-TV[mm3]``); without it, lengths are in mm
    when the table has the element size and the dimensions (``El-Siz-X``, ``Dim-X``) and no volume is
    larger than the scan they describe, and densities are in the unit of the column ``Mean-Units``.

    Raises
    ------
    MeasurementError
        With every mistake, at most twenty: no table of results, a column twice, a unit that is missing or
        unknown, a line with too few or too many cells, a cell that is no number, or an unknown flag.
    """
    cells = read_cells(path)
    heading, *lines = cells
    columns = _columns(path, heading.cells)
    mistakes: list[Mistake] = []
    rows: list[ScannerRow] = []
    for line in lines:
        try:
            rows += _rows(path, heading.cells, columns, line.number, line.cells)
        except MeasurementError as problem:
            mistakes += problem.mistakes
        if len(mistakes) >= MOST_MISTAKES:
            break
    if mistakes:
        raise MeasurementError(mistakes[:MOST_MISTAKES])
    if not rows:
        raise MeasurementError(
            Mistake(path.name, "a heading and no result", "needs a line for each measurement")
        )
    known = set(columns) | {i for i, cell in enumerate(heading.cells) if unit_in(cell)[0] in IDENTITY}
    left_out = tuple(cell for i, cell in enumerate(heading.cells) if i not in known and cell)
    return ScannerTable(path, tuple(rows), left_out)


def _columns(path: Path, heading: list[str]) -> dict[int, Column]:
    """Columns of results by their place, or the reason why this is no table of results."""
    names = [unit_in(cell)[0] for cell in heading]
    twice = sorted({name for name in names if name in COLUMNS | IDENTITY.keys() and names.count(name) > 1})
    if twice:
        allowed = "each column must stand once; keep one"
        raise MeasurementError(Mistake(f"{path.name} › heading", f"{', '.join(twice)} twice", allowed))
    found = {place: COLUMNS[name] for place, name in enumerate(names) if name in COLUMNS}
    if not found:
        shown = ", ".join(names[:6])[:80]
        allowed = "a scanner's results have columns such as VOX-TV, VOX-BV/TV or DT-Tb.Th"
        raise MeasurementError(Mistake(f"{path.name} › heading", f"the columns {shown}", allowed))
    return found


def _rows(
    path: Path, heading: list[str], columns: dict[int, Column], line: int, cells: list[str]
) -> list[ScannerRow]:
    where = f"{path.name} › line {line}"
    if len(cells) != len(heading):
        allowed = f"the heading has {len(heading)}; save the table again with one cell for each column"
        raise MeasurementError(Mistake(where, f"{len(cells)} cells", allowed))
    named = {unit_in(head)[0]: cell for head, cell in zip(heading, cells, strict=True)}
    texts = {key: named.get(column, "") for column, key in IDENTITY.items() if key}
    mistakes: list[Mistake] = []
    rows = []
    for place, column in columns.items():
        try:
            value, flag = _flagged(f"{where} › {column.heading}", cells[place])
            # A column that was not measured needs no unit, and often has none.
            unit = _unit(where, heading[place], column, named) if value is not None or flag else ""
            ours = None if value is None else column.ours(value, unit, f"{where} › {column.heading}")
        except MeasurementError as problem:
            mistakes += problem.mistakes
            continue
        if value is not None or flag:
            rows.append(
                ScannerRow(
                    line,
                    **texts,
                    column=column.heading,
                    value=value,
                    unit=unit,
                    flag=flag,
                    name=column.name,
                    ours=ours if column.name else None,
                )
            )
    if not mistakes:
        mistakes = _impossible(where, rows, named)
    if mistakes:
        raise MeasurementError(mistakes)
    return rows


def _flagged(where: str, cell: str) -> tuple[float | None, str]:
    """Split a cell into its number and the scanner's flag."""
    text = cell.strip()
    if text in ("", "-"):
        return None, text
    flag = text[0] if text[0] in "~!" else ""
    return number(where, text[len(flag) :].strip(), FLAGS), flag


def _unit(where: str, head: str, column: Column, named: dict[str, str]) -> str:
    """Unit of a column: from its heading, from the column of units, or mm by the geometry of the scan."""
    written = unit_in(head)[1]
    if written:
        return written
    if column.unit == "mg HA/cm3":
        written = named.get("Mean-Units", "").strip().strip("[]").strip()
        if not written or written == "-":
            allowed = "give the unit of the densities in the column Mean-Units, e.g. [mg HA/ccm]"
            raise MeasurementError(Mistake(f"{where} › {column.heading}", "no unit", allowed))
        return written
    if column.unit != "1" and not all(named.get(key, "").strip() for key in ("El-Siz-X", "Dim-X")):
        allowed = (
            f"write it in the heading, e.g. {column.heading}[{column.unit}], or export the table with its "
            "columns El-Siz-X … Dim-Z"
        )
        raise MeasurementError(Mistake(f"{where} › {column.heading}", "no unit", allowed))
    return column.unit


def _impossible(where: str, rows: list[ScannerRow], named: dict[str, str]) -> list[Mistake]:
    """Volumes larger than the scan: then lengths are not in the unit that was taken for granted."""
    keys = [f"{what}-{axis}" for what in ("El-Siz", "Dim") for axis in "XYZ"]
    if not all(named.get(key, "").strip() for key in keys):
        return []
    whole = math.prod(number(f"{where} › {key}", named[key].strip(), FLAGS) for key in keys)
    return [
        Mistake(
            f"{where} › {row.column}",
            f"{row.value:g} {row.unit} in a scan of {whole:.4g} mm³ (dimensions × element size)",
            "these units do not fit each other; export the table with lengths in mm",
        )
        for row in rows
        # TRI volumes are those of a smoothed surface and may exceed the voxels by a little.
        if row.name == "tv_mm3" and row.ours is not None and row.ours > 1.001 * whole
    ]
