"""Our numbers from a file, and which measurement of a scanner's table each of them belongs to."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spondyl.assay.microct.scanner_table import ScannerTable
from spondyl.errors import MeasurementError, Mistake, nearest_word
from spondyl.quantity.textfile import read_text

MOST_MB = 200
JSON_REMEDY = "must be what 'spondyl measure microct … --json' prints, or a study's measurements.tsv"
MATCH_REMEDY = "needs two columns parted by a tab: measurement and name"


@dataclass(frozen=True, slots=True)
class Ours:
    """Our numbers of one scan.

    Parameters
    ----------
    name : file of the scan, or animal and week.
    numbers : by our names.
    """

    name: str
    numbers: Mapping[str, float]


def read_ours(path: Path) -> tuple[Ours, ...]:
    """Read our numbers: JSON lines of a measuring verb, or the measurements table of a study.

    Raises
    ------
    MeasurementError
        If the file is neither, a line is broken, a number is not finite, or one scan stands twice.
    """
    text = read_text(path, MeasurementError, most_mb=MOST_MB, remedy=JSON_REMEDY)
    found = _from_study(path, text) if path.suffix == ".tsv" else _from_json(path, text)
    names = [ours.name for ours in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        allowed = "each scan must stand once; keep one of them"
        raise MeasurementError(Mistake(path.name, f"{', '.join(twice)} twice", allowed))
    if not found:
        raise MeasurementError(Mistake(path.name, "no measurement", JSON_REMEDY))
    return found


def read_pairs(path: Path) -> dict[str, str]:
    """Read which scan belongs to which measurement: a tab-separated table with `measurement` and `name`.

    Raises
    ------
    MeasurementError
        If it is no such table, or one of either stands twice.
    """
    lines = _lines(path, read_text(path, MeasurementError, most_mb=1, remedy=MATCH_REMEDY))
    wanted = {"measurement", "name"}
    if not lines or not wanted <= lines[0].keys():
        raise MeasurementError(Mistake(f"{path.name} › heading", "other columns", MATCH_REMEDY))
    found = {line["name"].strip(): line["measurement"].strip() for line in lines}
    if len(found) < len(lines) or len(set(found.values())) < len(lines):
        given = "a measurement or a name twice"
        raise MeasurementError(Mistake(path.name, given, "each must stand once"))
    return found


def matched(
    table: ScannerTable, ours: Sequence[Ours], pairs: Mapping[str, str] | None = None
) -> dict[str, Mapping[str, float]]:
    """Return our numbers by the number of the measurement in the scanner's table.

    Parameters
    ----------
    table : of the scanner.
    ours : our numbers.
    pairs : which measurement each of our names belongs to; without it the number of the measurement must
        stand in the name, as in ``rat_31710.isq``.

    Raises
    ------
    MeasurementError
        With every scan that belongs to no measurement or to several, and every measurement that two scans
        belong to.
    """
    known = sorted({row.measurement for row in table.rows})
    wrong: list[Mistake] = []
    found: dict[str, Mapping[str, float]] = {}
    for one in ours:
        fits = _named(one.name, known) if pairs is None else _listed(one.name, pairs)
        if len(fits) != 1:
            wrong.append(_unmatched(table, one.name, fits, pairs))
        elif fits[0] in found:
            given = f"measurement {fits[0]}, which another scan belongs to already"
            wrong.append(Mistake(one.name, given, "each measurement must belong to one scan"))
        else:
            found[fits[0]] = one.numbers
    if wrong:
        raise MeasurementError(wrong)
    return found


def _named(name: str, known: Iterable[str]) -> list[str]:
    runs = {run.lstrip("0") or "0" for run in re.findall(r"\d+", Path(name).name)}
    return [number for number in known if (number.lstrip("0") or "0") in runs]


def _listed(name: str, pairs: Mapping[str, str]) -> list[str]:
    found = pairs.get(name, pairs.get(Path(name).name))
    return [] if found is None else [found]


def _unmatched(
    table: ScannerTable, name: str, fits: Sequence[str], pairs: Mapping[str, str] | None
) -> Mistake:
    if pairs is not None:
        near = nearest_word(name, pairs)
        return Mistake(name, "no line for it in the table of matches", "add one, or leave the scan out", near)
    given = f"the measurements {', '.join(fits)} in its name" if fits else "no measurement number in its name"
    allowed = f"must hold one MeasNo of {table.path.name}; or say which belongs to which by --match"
    return Mistake(name, given, allowed)


def _from_json(path: Path, text: str) -> tuple[Ours, ...]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{path.name} › line {number}"
        try:
            thing = json.loads(line)
        except ValueError:
            raise MeasurementError(Mistake(where, "no JSON", JSON_REMEDY)) from None
        if not isinstance(thing, dict):
            raise MeasurementError(Mistake(where, "no JSON object", JSON_REMEDY))
        name = str(thing.get("file", path.name))
        numbers = {key: float(value) for key, value in thing.items() if _is_number(value)}
        _refuse_odd(where, numbers)
        found.append(Ours(name, numbers))
    return tuple(found)


def _from_study(path: Path, text: str) -> tuple[Ours, ...]:
    lines = _lines(path, text)
    wanted = ("animal", "week", "assay", "name", "value")
    if not lines or any(column not in lines[0] for column in wanted):
        allowed = f"a study's measurements.tsv has the columns {', '.join(wanted)}"
        raise MeasurementError(Mistake(f"{path.name} › heading", "other columns", allowed))
    found: dict[str, dict[str, float]] = {}
    for number, line in enumerate(lines, start=2):
        if line["assay"] not in ("microct", "strength"):
            continue
        where = f"{path.name} › line {number}"
        try:
            value, week = float(line["value"]), float(line["week"])
        except (TypeError, ValueError):
            raise MeasurementError(
                Mistake(where, f"{line['value']!r}, week {line['week']!r}", "must be numbers")
            ) from None
        _refuse_odd(where, {line["name"]: value})
        found.setdefault(f"{line['animal']} week {week:g}", {})[line["name"]] = value
    return tuple(Ours(name, numbers) for name, numbers in found.items())


def _lines(path: Path, text: str) -> list[dict[str, str]]:
    lines = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
    broken = [number for number, line in enumerate(lines, start=2) if None in line or None in line.values()]
    if broken:
        where = f"{path.name} › line {broken[0]}"
        raise MeasurementError(Mistake(where, "too few or too many cells", "one cell for each column"))
    return lines


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse_odd(where: str, numbers: Mapping[str, float]) -> None:
    odd = [name for name, value in numbers.items() if not math.isfinite(value)]
    if odd:
        raise MeasurementError(Mistake(f"{where} › {odd[0]}", f"{numbers[odd[0]]}", "must be finite"))
