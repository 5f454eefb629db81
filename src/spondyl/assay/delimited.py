"""Cells of a table that an instrument's software or a spreadsheet wrote."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from spondyl.errors import MeasurementError, Mistake

MOST_MB = 20
MOST_COLUMNS = 500
LONGEST_CELL = 1000
SHOWN = 40
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_COMMA = re.compile(r"\s*[~!]?\s*[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)
_POINT = re.compile(r"\s*[~!]?\s*[+-]?\d*\.\d+(?:[eE][+-]?\d{1,3})?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its number in the file, from 1, and its cells."""

    number: int
    cells: list[str]


def read_cells(path: Path) -> list[Line]:
    """Read the lines of a table that are not empty; at least the heading.

    Raises
    ------
    MeasurementError
        No such file, larger than 20 MB, not text, no table, cells that never end, or decimal points and
        decimal commas in one file.
    """
    text = text_of(path)
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    counts = Counter({mark: heading.count(mark) for mark in ",;\t"})
    mark, most = counts.most_common(1)[0]
    if not most:
        allowed = "a table has columns separated by commas, semicolons or tabs"
        raise MeasurementError(Mistake(path.name, f"the first line {heading[:SHOWN]!r}", allowed))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    lines = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _refuse_size(path, reader.line_num, cells)
                lines.append(Line(reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as problem:
        given = f"a line that is no table ({problem})"
        allowed = "check its quotation marks, or save the table again as CSV"
        raise MeasurementError(Mistake(f"{path.name} › line {reader.line_num}", given, allowed)) from None
    return lines if mark == "," else _with_points(path, lines)


def number(where: str, text: str, flags: tuple[str, ...]) -> float:
    """Read a number, or say why it is none.

    Raises
    ------
    MeasurementError
        If the text is no finite number; an unknown flag before a number is named as such.
    """
    if _NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value
    rest = text.lstrip("".join(flags) + "?*#<>=^&$%@").strip()
    known = ", ".join(f"'{flag}'" for flag in flags)
    allowed = f"must be a number such as 0.0525, alone or after one flag ({known})"
    if rest != text and _NUMBER.fullmatch(rest):
        given = f"the flag {text[: len(text) - len(rest)].strip()!r} before {rest[:SHOWN]}"
    else:
        given = repr(text[:SHOWN])
    raise MeasurementError(Mistake(where, given, allowed))


def text_of(path: Path) -> str:
    """Return a table's text with plain line ends: UTF-8 with or without mark, UTF-16 or Windows-1252.

    Raises
    ------
    MeasurementError
        No such file, larger than 20 MB, empty, or not text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_MB * 1_000_000 + 1)
    except OSError as problem:
        given = problem.strerror or "no file"
        raise MeasurementError(Mistake(path.name, given, "must be a readable table")) from None
    if len(content) > MOST_MB * 1_000_000:
        raise MeasurementError(Mistake(path.name, f"more than {MOST_MB} MB", "a table of results is smaller"))
    text = _decoded(content)
    if text is None or any(ord(c) < 32 and c not in "\t\r\n" for c in text):
        allowed = "must be a table of text; save it as CSV in UTF-8"
        raise MeasurementError(Mistake(path.name, "bytes that are no text", allowed))
    if not text.strip():
        raise MeasurementError(Mistake(path.name, "an empty file", "must be a table of results"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str | None:
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _refuse_size(path: Path, line: int, cells: list[str]) -> None:
    where = f"{path.name} › line {line}"
    if len(cells) > MOST_COLUMNS:
        raise MeasurementError(Mistake(where, f"{len(cells)} cells", f"at most {MOST_COLUMNS} are read"))
    if any(len(cell) > LONGEST_CELL for cell in cells):
        allowed = "a quotation mark may be open; save the table again as CSV"
        raise MeasurementError(Mistake(where, f"a cell longer than {LONGEST_CELL} characters", allowed))


def _with_points(path: Path, lines: list[Line]) -> list[Line]:
    """Turn decimal commas into points where commas do not separate; refuse a file that uses both."""
    with_comma = next((line for line in lines for cell in line.cells if _COMMA.fullmatch(cell)), None)
    if with_comma is None:
        return lines
    with_point = next((line for line in lines[1:] for cell in line.cells if _POINT.fullmatch(cell)), None)
    if with_point is not None:
        given = f"a decimal comma in line {with_comma.number} and a decimal point in line {with_point.number}"
        raise MeasurementError(Mistake(path.name, given, "use one of them throughout"))
    return [
        Line(line.number, [c.replace(",", ".") if _COMMA.fullmatch(c) else c for c in line.cells])
        for line in lines
    ]
