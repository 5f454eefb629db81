"""``spondyl run``: measure, compare, report; the same command again continues where it was."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spondyl import __version__, files
from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design, load_design
from spondyl.study.fingerprint import Fingerprints
from spondyl.study.history import RunRecord, record
from spondyl.study.lock import locked
from spondyl.study.microct_step import STEP, MicroctTask, measure
from spondyl.study.planning import Plan, plan
from spondyl.study.progress import Board, Event
from spondyl.study.runfolder import Problem, write_run
from spondyl.study.telling import write_report
from spondyl.study.workers import available_cores, run_all

BOARD = "progress.json"


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Parameters
    ----------
    name : run id, made from the study itself.
    folder : ``results/<run id>``.
    report : the report page.
    computed, reused : scans measured now and taken from the cache.
    problems : failed scans, ``animal/label`` → one paragraph.
    answer : the answer in one sentence, as the report gives it.
    """

    name: str
    folder: Path
    report: Path
    computed: int
    reused: int
    problems: dict[str, str]
    answer: str


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A task with the cache entry it fills; what a worker process receives."""

    task: MicroctTask
    key: str
    cache: Path


def run(
    folder: Path | str = ".",
    settings: Sequence[str] = (),
    *,
    workers: int | None = None,
    notify: Callable[[Event], None] = lambda _: None,
) -> Run:
    """Run a study: measure every scan, compare the groups, write the report.

    Parameters
    ----------
    folder : study folder.
    settings : ``key=value`` texts that override the study file.
    workers : worker processes; None takes one per core. 1 works in this process.
    notify : called with every change of state.

    Raises
    ------
    DesignError
        When the study is wrong; nothing was run.
    Busy
        When another run is at work in the folder.
    """
    design = load_design(folder, settings)
    with locked(design.folder):
        cache = Cache(design.folder / ".cache")
        _sweep(design.folder)
        planned = plan(design, Fingerprints(cache.folder / "contents.json"))
        return _recorded(design, planned, cache, workers or available_cores(), settings, notify)


def _recorded(
    design: Design,
    planned: Plan,
    cache: Cache,
    workers: int,
    settings: Sequence[str],
    notify: Callable[[Event], None],
) -> Run:
    results = design.folder / "results"
    note = RunRecord(planned.run, _now(), "", "running", 0, 0, tuple(settings), __version__)
    record(results, note)
    try:
        done = _run_planned(design, planned, cache, workers, notify)
    except KeyboardInterrupt:
        record(results, replace(note, finished=_now(), outcome="interrupted"))
        raise
    except BaseException as error:
        record(results, replace(note, finished=_now(), outcome=f"failed: {error}"))
        raise
    outcome = f"finished, {len(done.problems)} failed" if done.problems else "finished"
    record(
        results, replace(note, finished=_now(), outcome=outcome, computed=done.computed, reused=done.reused)
    )
    return done


def _run_planned(
    design: Design, planned: Plan, cache: Cache, workers: int, notify: Callable[[Event], None]
) -> Run:
    board = Board(cache.folder / BOARD, planned.run, len(planned.tasks))
    pending: list[_Keyed] = []
    for task, key in planned.tasks:
        if cache.find(STEP, key):
            notify(board.note(task.animal, task.label, "done", computed=False))
        else:
            pending.append(_Keyed(task, key, cache.folder))
    problems: dict[str, Problem] = {}
    begin = lambda item: notify(board.note(item.task.animal, item.task.label, "running"))  # noqa: E731
    for outcome in run_all(_fill, _once_each(pending), workers, begin):
        task = outcome.task.task
        if outcome.problem is not None:
            problems[outcome.task.key] = Problem(outcome.problem, outcome.trace)
            notify(board.note(task.animal, task.label, "failed", problem=outcome.problem))
        else:
            notify(board.note(task.animal, task.label, "done"))
    folder = write_run(design, planned, cache, problems)
    report, answer = write_report(folder)
    named = {f"{t.animal}/{t.label}": problems[key].message for t, key in planned.tasks if key in problems}
    return Run(
        planned.run,
        folder,
        report,
        len(pending) - len(problems),
        len(planned.tasks) - len(pending),
        named,
        answer,
    )


def _fill(item: _Keyed) -> None:
    with Cache(item.cache).making(STEP, item.key) as part:
        measure(item.task, part)


def _once_each(items: Sequence[_Keyed]) -> list[_Keyed]:
    """Leave out scans with the same content and settings as an earlier one: they share a result."""
    return list({item.key: item for item in reversed(items)}.values())[::-1]


def _sweep(folder: Path) -> None:
    try:
        files.sweep(folder / "results")
        files.sweep(folder / ".cache")
    except OSError as error:
        raise DesignError(
            Mistake(str(folder), f"a folder that cannot be written ({error})", "make it writable")
        ) from None


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
