"""``animals.tsv``: one row per animal."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spondyl.errors import DesignError, Mistake, nearest_word
from spondyl.quantity.textfile import read_text

COLUMNS = ("animal", "group", "seed", "weight_g", "included", "reason")
_NEEDED = ("animal", "group", "included")
_ANIMAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Animal:
    """One row of the animal table.

    Parameters
    ----------
    animal : name, also the name of its folder below ``data/`` and in the results.
    group : a group of the study file.
    seed : seed of its random streams; None for a measured animal.
    weight_g : body weight, g; None when not given.
    included : False leaves the animal out of every comparison.
    reason : why it was left out.
    """

    animal: str
    group: str
    seed: int | None
    weight_g: float | None
    included: bool
    reason: str


def read_animals(path: Path, groups: Collection[str]) -> tuple[Animal, ...]:
    """Read the animal table.

    Parameters
    ----------
    path : tab-separated file with the columns of `COLUMNS`; seed, weight_g and reason may be missing.
    groups : groups of the study file.

    Raises
    ------
    DesignError
        With every mistake, each with its row.
    """
    rows = _rows(path)
    wrong: list[Mistake] = []
    animals = [_animal(row, f"{path.name}, row {number}", groups, wrong) for number, row in rows]
    seen: dict[str, int] = {}
    for (number, _), animal in zip(rows, animals, strict=True):
        # Names that differ in case only would share a folder on Windows and macOS.
        first = seen.setdefault(animal.animal.casefold(), number)
        if first != number:
            where = f"{path.name}, row {number}, animal"
            wrong.append(
                Mistake(where, repr(animal.animal), f"is already in row {first}; an animal has one row")
            )
    if not rows:
        wrong.append(Mistake(path.name, "no animals", "needs one row per animal"))
    if wrong:
        raise DesignError(wrong)
    return tuple(animals)


def _rows(path: Path) -> Sequence[tuple[int, Mapping[str, str]]]:
    remedy = f"needs a table with the columns {', '.join(COLUMNS)}"
    text = read_text(path, DesignError, most_mb=100, remedy=remedy)
    try:
        reader = csv.DictReader(text.splitlines(), delimiter="\t", restkey="_surplus", restval="")
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        rows = [(reader.line_num, row) for row in reader if _filled(row)]
    except csv.Error as error:
        raise DesignError(Mistake(path.name, str(error), "must be a tab-separated table")) from None
    _check_header(path, header)
    return rows


def _filled(row: Mapping[str, object]) -> bool:
    return any(isinstance(value, str) and value.strip() for value in row.values())


def _check_header(path: Path, header: list[str]) -> None:
    where = f"{path.name}, header"
    allowed = f"known columns: {', '.join(COLUMNS)}, separated by tabs"
    wrong = [Mistake(where, f"no column '{name}'", allowed) for name in _NEEDED if name not in header]
    wrong += [
        Mistake(where, f"an unknown column {name!r}", allowed, nearest_word(name, COLUMNS))
        for name in header
        if name not in COLUMNS
    ]
    wrong += [
        Mistake(where, f"the column '{n}' twice", allowed) for n in sorted(set(header)) if header.count(n) > 1
    ]
    if wrong:
        raise DesignError(wrong)


def _animal(row: Mapping[str, str], where: str, groups: Collection[str], wrong: list[Mistake]) -> Animal:
    if "_surplus" in row:
        wrong.append(Mistake(where, "more fields than columns", "each row has one field per column"))
    field = {name: (row.get(name) or "").strip() for name in COLUMNS}
    name, group, reason = field["animal"], field["group"], field["reason"]
    if not _ANIMAL.fullmatch(name):
        wrong.append(Mistake(f"{where}, animal", repr(name), "must be letters, digits, - and _, at most 64"))
    if group not in groups:
        allowed = f"must be a group of study.toml: {', '.join(groups)}"
        wrong.append(Mistake(f"{where}, group", repr(group), allowed, nearest_word(group, groups)))
    included = {"yes": True, "no": False}.get(field["included"].lower())
    if included is None:
        wrong.append(Mistake(f"{where}, included", repr(field["included"]), "must be yes or no"))
    if included is False and not reason:
        wrong.append(Mistake(f"{where}, reason", "nothing", "an animal that is left out needs a reason"))
    seed = _whole(field["seed"], f"{where}, seed", wrong)
    weight = _weight(field["weight_g"], f"{where}, weight_g", wrong)
    return Animal(name, group, seed, weight, bool(included), reason)


def _whole(text: str, where: str, wrong: list[Mistake]) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        wrong.append(Mistake(where, repr(text), "must be a whole number, zero or more"))
        return None
    return int(text)


def _weight(text: str, where: str, wrong: list[Mistake]) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        wrong.append(Mistake(where, repr(text), "must be a weight in grams, a number above zero"))
        return None
    return value
