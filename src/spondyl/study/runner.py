"""``spondyl run``: measure, compare, report; the same command again continues where it was."""

from __future__ import annotations

import datetime
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from spondyl import __version__, files
from spondyl.errors import DesignError, Mistake
from spondyl.study.cache import Cache
from spondyl.study.design import Design, load_design
from spondyl.study.history import RunRecord, record
from spondyl.study.lacking import lacking
from spondyl.study.lock import locked
from spondyl.study.planning import Plan, plan
from spondyl.study.progress import BOARD, Board, Event, State
from spondyl.study.room import lacking_device, refuse_full_disk
from spondyl.study.runfolder import Problem, write_run
from spondyl.study.simulated import Simulation
from spondyl.study.steps import measure
from spondyl.study.task import Task
from spondyl.study.telling import write_report
from spondyl.study.workers import Outcome, run_all
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
    warn: Callable[[str], None] = lambda _: None,
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
    warn : called before the first step with each thing that the study lacks for its comparison.

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
        for lack in lacking(design):
            warn(lack)
        refuse_full_disk(design, planned, cache)
        if dask is None and (lacks := lacking_device(planned, cache)):
            raise DesignError(lacks)
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
    every: list[tuple[Task | Simulation, str]] = [*planned.tasks, *planned.simulations]
    pending = _done(every, problems, board, cache, crew, notify)
    folder = write_run(design, planned, cache, problems)
    report, answer = write_report(folder)
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
        tell(key, "done", computed=False)
    left = {key: _Keyed(tasks[0], key, cache.folder) for key, tasks in sharing.items() if key not in held}
    behind = _behind(left)

    def then(outcome: Outcome[_Keyed]) -> Sequence[_Keyed]:
        return () if outcome.problem else behind.get(outcome.task.key, ())

    for outcome in crew(_fill, behind.get("", []), started=lambda item: tell(item.key, "running"), then=then):
        key = outcome.task.key
        if outcome.problem is None:
            tell(key, "done")
            continue
        problems[key] = Problem(outcome.problem, outcome.trace, outcome.begun)
        tell(key, "failed", outcome.problem)
        for item in behind.get(key, ()):
            cause = f"the animal could not be simulated: {outcome.problem}"
            problems[item.key] = Problem(cause, tried=False)
            tell(item.key, "failed", cause, computed=False)
    return sum(key not in problems or problems[key].tried for key in left)


def _behind(left: Mapping[str, _Keyed]) -> dict[str, list[_Keyed]]:
    """Return the steps that wait for the file of a simulation, by its key; those that wait for none by ""."""
    found: dict[str, list[_Keyed]] = {}
    for item in left.values():
        source = _source(item)
        found.setdefault(source if source in left else "", []).append(item)
    return found


def _source(item: _Keyed) -> str:
    """Return the key of the simulation that leaves the file of a step, or an empty text."""
    return item.task.source if isinstance(item.task, Task) else ""


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
