"""Finding each animal's scans below the study folder by the pattern of its group."""

from __future__ import annotations

import glob
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from spondyl.errors import Mistake
from spondyl.study.animals import Animal
from spondyl.study.schema import GroupSection

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One scan of one animal.

    Parameters
    ----------
    animal : whose scan.
    week : follow-up week.
    week_text : the week as the path writes it, e.g. ``"08"``.
    path : file or folder of slices.
    source : key of the simulation that makes it; empty for a scan that is there.
    """

    animal: Animal
    week: float
    week_text: str
    path: Path
    source: str = ""

    @property
    def label(self) -> str:
        """Stem of every result of measuring this scan, e.g. ``"week-08_microct"``."""
        return self.labelled("microct")

    def labelled(self, step: str) -> str:
        """Return the stem of every result of a step of this scan."""
        whole = self.week == int(self.week)
        return f"week-{int(self.week):02d}_{step}" if whole else f"week-{self.week:g}_{step}"


def find_scans(folder: Path, animal: Animal, group: GroupSection, wrong: list[Mistake]) -> list[ScanFile]:
    """Return the scans of one animal by week; append what is wrong to `wrong`."""
    found = find_files(folder, animal, group.microct, group.week, "scan", wrong)
    if not found:
        pattern = group.microct.replace("{animal}", animal.animal)
        remedy = "put the scan there, correct the group's microct path, or set included to no with a reason"
        wrong.append(Mistake(f"animals.tsv, animal {animal.animal}", f"no scan at {pattern}", remedy))
    return found


def find_files(
    folder: Path, animal: Animal, pattern: str, fixed: float | None, kind: str, wrong: list[Mistake]
) -> list[ScanFile]:
    """Return the files of one animal by week; append to `wrong` where a week has several.

    Parameters
    ----------
    folder : the study folder.
    animal : whose.
    pattern : path with ``{animal}`` and perhaps ``{week}``.
    fixed : week of a pattern that names none.
    kind : what a file is, in words.
    wrong : mistakes so far.
    """
    hits: dict[float, list[tuple[str, Path]]] = defaultdict(list)
    for path in _matching(folder, pattern, animal.animal):
        week_text = _week_text(folder, path, pattern, animal.animal, fixed)
        if week_text is not None:
            hits[float(week_text)].append((week_text, path))
    where = f"animals.tsv, animal {animal.animal}"
    for week, found in sorted(hits.items()):
        if len(found) > 1:
            names = ", ".join(sorted(path.name for _, path in found))
            given = f"{len(found)} {kind}s for week {week:g}: {names}"
            wrong.append(Mistake(where, given, "must be one; narrow the path"))
    return [ScanFile(animal, week, found[0][0], found[0][1]) for week, found in sorted(hits.items())]


def _matching(folder: Path, pattern: str, animal: str) -> list[Path]:
    text = (
        glob.escape(str(folder))
        + "/"
        + pattern.replace("{animal}", glob.escape(animal)).replace("{week}", "*")
    )
    if Path(pattern).is_absolute():
        text = text[len(glob.escape(str(folder))) + 1 :]
    # pathlib cannot take the literal brackets of a folder's own name
    return [Path(hit) for hit in sorted(glob.glob(text)) if not Path(hit).name.startswith(".")]  # noqa: PTH207


def _week_text(folder: Path, path: Path, pattern: str, animal: str, fixed: float | None) -> str | None:
    """Return the week that `path` names, or `fixed` if the pattern names none; None if it does not fit."""
    if fixed is not None:
        return f"{fixed:g}"
    parts = []
    named = False
    for part in re.split(r"(\{animal\}|\{week\}|\*)", pattern):
        if part == "{week}":
            parts.append("(?P=week)" if named else f"(?P<week>{_NUMBER})")
            named = True
        else:
            parts.append({"{animal}": re.escape(animal), "*": "[^/]*"}.get(part, re.escape(part)))
    given = path.as_posix() if Path(pattern).is_absolute() else _below(path, folder)
    match = re.fullmatch("".join(parts), given)
    return match["week"] if match else None


def _below(path: Path, folder: Path) -> str:
    text = os.fspath(path).replace(os.sep, "/")
    return text.removeprefix(os.fspath(folder).replace(os.sep, "/") + "/")
