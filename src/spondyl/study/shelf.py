"""Studies below a folder as a shelf shows them: at a glance, without hashing or reading a scan."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from spondyl.errors import StudyError
from spondyl.study.lock import is_locked
from spondyl.study.past import latest
from spondyl.study.progress import BOARD, read_board

DEEPEST = 4
"""Levels of folders that are looked through."""

MOST = 500
"""Studies on one shelf."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A study as it stands now.

    Parameters
    ----------
    id : of its addresses.
    name : its folder, relative to the shelf.
    title, question : from its study file; a file that cannot be read says so in the title.
    active : True while a run is at work in it.
    done, failed, total : steps of the run on its board.
    running : what is being done.
    reported : True when a finished run has a report.
    """

    id: str
    name: str
    title: str
    question: str
    active: bool
    done: int
    failed: int
    total: int
    running: tuple[str, ...]
    reported: bool

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def study_folders(root: Path) -> dict[str, Path]:
    """Return the study folders at or below a folder, by the id of their addresses, in the order of names."""
    found = sorted(_studies(root), key=lambda folder: folder.as_posix())
    return {_id(root, folder): folder for folder in found[:MOST]}


def glance(root: Path, folder: Path) -> Glance:
    """Return how a study stands."""
    title, question = _told(folder / "study.toml")
    states = read_board(folder / ".cache" / BOARD)["states"]
    counts = Counter(entry.get("state") for entry in states.values())
    active = is_locked(folder)
    running = sorted(name for name, entry in states.items() if entry.get("state") == "running")
    name = folder.relative_to(root).as_posix()
    return Glance(
        id=_id(root, folder),
        name=folder.resolve().name if name == "." else name,
        title=title,
        question=question,
        active=active,
        done=counts["done"],
        failed=counts["failed"],
        total=len(states),
        running=tuple(running[:8]) if active else (),
        reported=report_of(folder) is not None,
    )


def report_of(folder: Path) -> Path | None:
    """Return the report of the latest finished run of a study; None when there is none."""
    try:
        page = latest(folder) / "report.html"
    except StudyError:
        return None
    return page if page.is_file() else None


def _studies(root: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(root):
        here = Path(place)
        if "study.toml" in names:
            yield here
            folders.clear()
        elif len(here.relative_to(root).parts) >= DEEPEST:
            folders.clear()
        else:
            folders[:] = [name for name in folders if not name.startswith(".")]


def _told(file: Path) -> tuple[str, str]:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("study", {})
    except (OSError, ValueError):
        return "A study file that cannot be read", "spondyl check says why"
    return str(table.get("title", "Untitled")), str(table.get("question", ""))


def _id(root: Path, folder: Path) -> str:
    return hashlib.sha256(folder.relative_to(root).as_posix().encode()).hexdigest()[:12]
