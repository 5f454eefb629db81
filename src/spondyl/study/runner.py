"""``spondyl run``: measure, compare, report; the same command again continues where it was."""

from __future__ import annotations

import datetime
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from spondyl import __version__, files
from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design, load_design
from spondyl.study.history import RunRecord, record
from spondyl.study.lock import locked
from spondyl.study.planning import Plan, plan
from spondyl.study.progress import BOARD, Board, Event, State
from spondyl.study.room import refuse_full_disk
from spondyl.study.runfolder import Problem, write_run
from spondyl.study.simulated import Simulation
from spondyl.study.steps import measure
from spondyl.study.task import Task
from spondyl.study.telling import write_report
from spondyl.study.workers import run_all
from spondyl.threads import available_threads

Crew = Callable[..., Any]
"""Does some work on every task: :func:`spondyl.study.workers.run_all` with its workers, or a cluster."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Parameters
    ----------
    name : run id, made from the study itself.
    folder : ``results/<run id>``.
    report : the report page.
    computed, reused : steps done now and taken from the cache.
    problems : failed steps, ``animal/label`` → one paragraph.
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

    task: Task | Simulation
    key: str
    cache: Path


def run(
    folder: Path | str = ".",
    settings: Sequence[str] = (),
    *,
    workers: int | None = None,
    dask: str | None = None,
    max_hours: float | None = None,
    notify: Callable[[Event], None] = lambda _: None,
) -> Run:
    """Run a study: simulate and measure every animal, compare the groups, write the report.

    Parameters
    ----------
    folder : study folder.
    settings : ``key=value`` texts that override the study file.
    workers : worker processes; None takes one per core. 1 works in this process.
    dask : address of a Dask scheduler whose workers see the study folder; they do the work instead.
    max_hours : after which no step is begun; the same call goes on later.
    notify : called with every change of state.

    Raises
    ------
    DesignError
        When the study is wrong; nothing was run.
    Busy
        When another run is at work in the folder.
    """
    crew = _crew(workers, dask, max_hours)
    design = load_design(folder, settings)
    with locked(design.folder):
        cache = Cache.of(design.folder)
        _sweep(design.folder, cache)
        planned = plan(design, cache)
        refuse_full_disk(design, planned, cache)
        return _recorded(design, planned, cache, crew, settings, notify)


def _crew(workers: int | None, dask: str | None, max_hours: float | None) -> Crew:
    """Return who does the steps, and until when."""
    until = math.inf if max_hours is None else time.monotonic() + 3600 * max_hours
    if dask is not None:
        from spondyl.study.cluster import cluster_crew

        return cluster_crew(dask, until)
    return partial(run_all, workers=workers or available_threads(), until=until)


def _recorded(
    design: Design,
    planned: Plan,
    cache: Cache,
    crew: Crew,
    settings: Sequence[str],
    notify: Callable[[Event], None],
) -> Run:
    results = design.folder / "results"
    note = RunRecord(planned.run, _now(), "", "running", 0, 0, tuple(settings), __version__)
    record(results, note)
    try:
        done = _run_planned(design, planned, cache, crew, notify)
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
    design: Design, planned: Plan, cache: Cache, crew: Crew, notify: Callable[[Event], None]
) -> Run:
    steps = len(planned.simulations) + len(planned.tasks)
    board = Board(cache.folder / BOARD, planned.run, steps)
    problems: dict[str, Problem] = {}
    pending = _done(planned.simulations, problems, board, cache, crew, notify)
    pending += _done(_with_files(planned.tasks, problems), problems, board, cache, crew, notify)
    folder = write_run(design, planned, cache, problems)
    report, answer = write_report(folder)
    every: list[tuple[Task | Simulation, str]] = [*planned.simulations, *planned.tasks]
    return Run(
        name=planned.run,
        folder=folder,
        report=report,
        computed=pending - sum(bool(problem.tried) for problem in problems.values()),
        reused=steps - pending,
        problems={f"{t.animal}/{t.label}": problems[key].message for t, key in every if key in problems},
        answer=answer,
    )


def _done(
    steps: Sequence[tuple[Task | Simulation, str]],
    problems: dict[str, Problem],
    board: Board,
    cache: Cache,
    crew: Crew,
    notify: Callable[[Event], None],
) -> int:
    """Do the steps that the cache does not hold, note what went wrong, and return how many were tried."""
    sharing: dict[str, list[Task | Simulation]] = {}
    for task, key in steps:  # scans with the same content and settings share a result
        sharing.setdefault(key, []).append(task)

    def tell(key: str, state: State, problem: str = "", *, computed: bool = True) -> None:
        for task in sharing[key]:
            notify(board.note(task.animal, task.label, state, problem=problem, computed=computed))

    held = dict.fromkeys(key for key, tasks in sharing.items() if cache.find(tasks[0].step, key))
    for key in held:
        problems.pop(key, None)  # it was measured before, whatever became of its file
        tell(key, "done", computed=False)
    for key in (key for key in sharing if key in problems):
        tell(key, "failed", problems[key].message, computed=False)
    left = [key for key in sharing if key not in held and key not in problems]
    pending = [_Keyed(sharing[key][0], key, cache.folder) for key in left]
    for outcome in crew(_fill, pending, started=lambda item: tell(item.key, "running")):
        key = outcome.task.key
        if outcome.problem is None:
            tell(key, "done")
        else:
            problems[key] = Problem(outcome.problem, outcome.trace, outcome.begun)
            tell(key, "failed", outcome.problem)
    return sum(key not in problems or problems[key].tried for key in left)


def _with_files(
    tasks: Sequence[tuple[Task, str]], problems: dict[str, Problem]
) -> Sequence[tuple[Task, str]]:
    """Note every step whose file was never made, because the animal could not be simulated."""
    for task, key in tasks:
        if task.source in problems:
            cause = f"the animal could not be simulated: {problems[task.source].message}"
            problems[key] = Problem(cause, tried=False)
    return tasks


def _fill(item: _Keyed) -> None:
    with Cache(item.cache).making(item.task.step, item.key) as part:
        measure(item.task, part)


def _sweep(folder: Path, cache: Cache) -> None:
    try:
        files.sweep(folder / "results")
        files.sweep(cache.folder)
    except OSError as error:
        raise DesignError(
            Mistake(str(folder), f"a folder that cannot be written ({error})", "make it writable")
        ) from None


def _now() -> str:
    return datetime.datetime.now().astimezone().isoformat(timespec="seconds")
