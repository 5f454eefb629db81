"""The table of numbers inside an export of a testing machine: after header lines, below its headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spondyl.assay.compression.columns import understood
from spondyl.assay.delimited import text_of
from spondyl.errors import MeasurementError, Mistake

Floats = NDArray[np.float64]

MARKS = ("\t", ";", ",", " ")
MISSING = ("", "-", "--", "---", "----", "nan", "n/a")
_POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
ANOTHER = 20
"""A second block of so many lines is another test."""


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """Headings, the units in the line below them (empty texts without), and the numbers.

    Parameters
    ----------
    headings, units : of each column.
    numbers : shape (lines, columns), NaN for a missing one.
    notes : what was noticed.
    """

    headings: tuple[str, ...]
    units: tuple[str, ...]
    numbers: Floats
    notes: tuple[str, ...]


def read_export(path: Path) -> Export:
    """Read the longest block of numbers of a file, and the headings above it.

    Columns are separated by tabs, semicolons, commas or blanks, decimals by point or comma; header lines of
    any kind may stand before. A last line that was cut off is left out and told.

    Raises
    ------
    MeasurementError
        No file, no block of numbers, no headings above it, several tests in one file, or decimal points and
        commas side by side.
    """
    text = text_of(path)
    name = path.name
    rows = max((_split(text, mark) for mark in MARKS), key=_numeric_rows)
    blocks = _blocks(rows)
    if not blocks:
        allowed = "needs lines of numbers for displacement and force below their headings"
        raise MeasurementError(Mistake(name, "no table of numbers", allowed))
    start, end = max(blocks, key=lambda block: block[1] - block[0])
    others = [b for b in blocks if b[0] != start and b[1] - b[0] >= ANOTHER]
    if others:
        given = f"{len(others) + 1} tables of numbers (lines {start + 1} and {others[0][0] + 1})"
        raise MeasurementError(Mistake(name, given, "export one test a file"))
    width = len(rows[start])
    headings, units = _headings(name, rows[:start], width)
    reading = _style(name, rows[start:end])
    numbers = np.array([[_value(cell, reading) for cell in row] for row in rows[start:end]])
    notes = []
    after = [row for row in rows[end:] if any(row)]
    if after and len(after) == 1 and any(_is_number(cell) for cell in after[0]):
        notes.append("the last line was cut off and is left out")
    elif after:
        notes.append(f"{len(after)} lines below the table are left out")
    return Export(headings, units, numbers, tuple(notes))


def _split(text: str, mark: str) -> list[list[str]]:
    lines = text.split("\n")
    if mark == " ":
        return [line.split() for line in lines]
    found = []
    for line in lines:
        # One line at a time: a quotation mark left open in a header must not swallow the table.
        cells = next(csv.reader(io.StringIO(line), delimiter=mark), [])
        cells = [cell.strip() for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        found.append(cells)
    return found


def _is_number(cell: str) -> bool:
    return any(pattern.fullmatch(cell) for pattern in (_POINT, _COMMA, _THOUSANDS))


def _is_row(row: Sequence[str]) -> bool:
    numbers = sum(_is_number(cell) for cell in row)
    return numbers >= 2 and all(_is_number(cell) or cell.lower() in MISSING for cell in row)


def _numeric_rows(rows: Sequence[Sequence[str]]) -> int:
    blocks = _blocks(rows)
    return max((end - start for start, end in blocks), default=0)


def _blocks(rows: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Return runs of lines that are numbers in equally many cells; empty lines at the end do not count."""
    blocks: list[tuple[int, int]] = []
    start: int | None = None
    for place, row in enumerate([*rows, []]):
        fits = _is_row(row) and (start is None or len(row) == len(rows[start]))
        if start is not None and not fits:
            blocks.append((start, place))
            start = None
        if start is None and _is_row(row):
            start = place
    return blocks


def _headings(
    name: str, above: Sequence[Sequence[str]], width: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return headings and units: the nearest lines above with a cell for each column."""
    near = [row for row in above if row][-3:]
    units: tuple[str, ...] = ("",) * width
    while near:
        row = near.pop()
        if len(row) > width or any(_is_number(cell) for cell in row if cell):
            continue
        padded = (*row, *[""] * (width - len(row)))
        known = [understood(cell) is not None for cell in row if cell]
        bracketed = [cell.startswith(("(", "[")) for cell in row if cell]
        if known and (all(known) or all(bracketed)) and not any(units):
            units = padded
        elif len([cell for cell in row if cell]) >= min(2, width):
            return padded, units
    allowed = "the columns need headings, such as Time (s), Displacement (mm), Force (N)"
    raise MeasurementError(Mistake(name, "numbers without headings above them", allowed))


def _style(name: str, rows: Sequence[Sequence[str]]) -> Callable[[str], str]:
    """Return how a cell becomes a number with a point, by how the whole table is written."""
    cells = [cell for row in rows for cell in row if "," in cell]
    points = any("." in cell for row in rows for cell in row)
    if not cells:
        return str
    if points:
        if all(_THOUSANDS.fullmatch(cell) for cell in cells):
            return lambda cell: cell.replace(",", "")
        given = f"decimal commas ({cells[0]}) and decimal points in one table"
        raise MeasurementError(Mistake(name, given, "use one of them throughout"))
    return lambda cell: cell.replace(",", ".")


def _value(cell: str, reading: Callable[[str], str]) -> float:
    return float("nan") if cell.lower() in MISSING else float(reading(cell))
