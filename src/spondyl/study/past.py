"""Runs that are done: history, report, citations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from spondyl.errors import DesignError, Mistake, nearest_word
from spondyl.quantity import Reference
from spondyl.study.history import RunRecord, read_history
from spondyl.study.lock import is_locked
from spondyl.study.runfolder import RUN_FILE
from spondyl.study.telling import story, write_report


def history(folder: Path | str = ".") -> list[RunRecord]:
    """Return the runs of a study, oldest first; one that neither ended nor is at work now was killed."""
    folder = study_folder(folder)
    records = read_history(folder / "results")
    at_work = is_locked(folder)
    return [
        replace(record, outcome="killed")
        if record.outcome == "running" and not (at_work and number == len(records))
        else record
        for number, record in enumerate(records, start=1)
    ]


def latest(folder: Path | str = ".", run: str | None = None) -> Path:
    """Return the folder of a run: the one named, or the latest that finished.

    Raises
    ------
    DesignError
        When there is none, naming those that are there.
    """
    results = study_folder(folder) / "results"
    there = sorted(path.parent.name for path in results.glob(f"*/{RUN_FILE}"))
    if run is not None:
        if run not in there:
            allowed = f"runs there: {', '.join(there) or 'none'}"
            raise DesignError(Mistake("--run", repr(run), allowed, nearest_word(run, there)))
        return results / run
    for record in reversed(read_history(results)):
        if record.run in there and record.outcome.startswith("finished"):
            return results / record.run
    if len(there) == 1:
        return results / there[0]
    found = f"{len(there)} runs and no history" if there else "no finished run"
    raise DesignError(
        Mistake(str(results), found, "name one with --run" if there else "begin with: spondyl run")
    )


def report(folder: Path | str = ".", run: str | None = None) -> Path:
    """Write the report of a finished run again and return the page."""
    return write_report(latest(folder, run))[0]


def cited(folder: Path | str = ".", run: str | None = None) -> tuple[Reference, ...]:
    """Return the works that the report of a run cites."""
    return story(latest(folder, run)).references


def study_folder(folder: Path | str) -> Path:
    """Return the folder of a study; refuse one that holds none."""
    folder = Path(folder)
    if not (folder / "study.toml").is_file():
        raise DesignError(Mistake(str(folder / "study.toml"), "no such file", "name a study folder"))
    return folder
