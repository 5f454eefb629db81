"""The course of healing, from a bone after surgery to its last follow-up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from spondyl import cuda
from spondyl.errors import HealingError, HealingStopped
from spondyl.healing import checkpoint as kept
from spondyl.healing.account import account
from spondyl.healing.activities import force_of
from spondyl.healing.adaptation import reference_of
from spondyl.healing.asked import check_backend, divides, follow_ups, host_asked, whole
from spondyl.healing.course import HealingCourse
from spondyl.healing.loads import Body, Solved, body_of, solved, stale
from spondyl.healing.numbers import Host, Numbers, numbers
from spondyl.healing.process import Process
from spondyl.healing.region import Region, beginning, region_of
from spondyl.healing.rules import rules as chosen_rules
from spondyl.healing.state import State
from spondyl.healing.step import step as one_step
from spondyl.quantity import Parameter, convert
from spondyl.threads import available_threads
from spondyl.vertebra import Vertebra

KEEP_DAYS = 7.0
"""Days between two writings of a checkpoint."""


class Progress(NamedTuple):
    """How far a run is."""

    day: float
    days: float
    days_per_second: float
    seconds_left: float | None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Setting:
    """What does not change in a run; `work` is the region where it is worked on."""

    bone: Vertebra
    region: Region
    work: Region
    body: Body
    known: Numbers
    host: Host
    processes: Mapping[str, Process]
    force: float
    days: float
    length: float
    followed: tuple[float, ...]
    threads: int


def run(
    bone: Vertebra,
    weeks: float = 8,
    *,
    follow_up: Sequence[float] | None = None,
    seed: int | None = None,
    host: str | Mapping[str, float] | None = None,
    activity: float | str | None = None,
    rules: Mapping[str, Process | None] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    changed: Mapping[str, float] | None = None,
    step: str | None = None,
    progress: Report | None = None,
    checkpoint: Path | str | None = None,
    backend: str = "auto",
    threads: int | None = None,
) -> HealingCourse:
    """Return the course of healing of a bone.

    Parameters
    ----------
    bone : drilled, or drilled and filled; a whole bone only adapts to its load.
    weeks : length.
    follow_up : weeks whose states are kept; 0, each fourth and the last one if None.
    seed : draws the animal's own progenitors, formation and resorption; None for the usual animal.
    host : "healthy", "ovariectomised", or shares of a healthy animal by name (``progenitors``, ``formation``,
        ``resorption``); None takes what the bone's history says.
    activity : what the owner does all day: "cage" for a rat; "standing", "lying", "sitting" or "bending" for
        a human; or a number, load over the first of these, which None takes.
    rules : processes turned off (None) or replaced; see :func:`spondyl.healing.rules.rules`.
    parameters : numbers of the stage ``healing``; the shipped ones if None.
    changed : single numbers in place of them, in the units of the fields.
    step : length of a step, such as "0.5 day"; that of the table if None.
    progress : called after each simulated day.
    checkpoint : file that is written every week and when the run is interrupted; the same run (bone, graft,
        numbers, rules) goes on from it to the same digits, another begins anew.
    backend : "cpu", which "auto" takes, or "cuda": all fields stay on an NVIDIA device, which needs CuPy;
        the same course but for round-off. Rules in place of the usual ones get CuPy's arrays there.
    threads : used; change no digit.

    Raises
    ------
    HealingError
        If something asked for has no meaning, or there is no CUDA device where one is asked for.
    HealingStopped
        If mechanics does not converge or a field goes wrong: the day, the field and the place. The error's
        ``course`` ends with the last good day, and the checkpoint, if any, holds it.

    Examples
    --------
    >>> from spondyl.vertebra import rat
    >>> hole = rat("L5", seed=7, voxel="250 um", arch=False).drill(diameter="1.5 mm", depth="1.5 mm")
    >>> course = run(hole, weeks=1)
    >>> bool(course.at(week=1).numbers["new_bone_mm3"][0] >= 0)
    True
    """
    known = numbers(parameters, **(changed or {}))
    length = known["step"] if step is None else convert(step, "day", where="healing › step", positive=True)
    followed = follow_ups(weeks, follow_up)
    region = region_of(bone, known)
    check_backend(backend)
    setting = _Setting(
        bone=bone,
        region=region,
        work=region,
        body=body_of(bone, region, backend),
        known=known,
        host=host_asked(bone, host, known, seed),
        processes=chosen_rules(rules),
        force=force_of(bone.species, known, activity),
        days=7.0 * weeks,
        length=divides(length),
        followed=followed,
        threads=threads or available_threads(),
    )
    began = time.perf_counter()
    path = None if checkpoint is None else Path(checkpoint)
    if backend != "cuda":
        return _course(setting, _healed(setting, progress, path, began), began)
    with cuda.arrays(HealingError) as upload:
        there = replace(region, open=upload(region.open), hole=upload(region.hole))
        return _course(setting, _healed(replace(setting, work=there), progress, path, began), began)


def _course(setting: _Setting, done: kept.Progressed, began: float) -> HealingCourse:
    return HealingCourse(
        bone=setting.bone,
        region=setting.region,
        host=setting.host,
        known=setting.known,
        states=done.states,
        days=tuple(done.days),
        budget=done.budgets,
        solves=tuple(done.solves),
        seconds=time.perf_counter() - began,
        notes=_notes(setting),
    )


def _healed(setting: _Setting, progress: Report | None, path: Path | None, began: float) -> kept.Progressed:
    key = "" if path is None else _key(setting)
    first = beginning(setting.bone, setting.region, setting.known, setting.host).beside(setting.work.hole)
    start = _solve(setting, first, None)
    energy = start.load.energy
    reference = reference_of(first, setting.work, energy, setting.known)
    start = replace(start, load=replace(start.load, reference=reference))
    run = None if path is None else kept.load(path, key, setting.body, start)
    if run is None:
        solves = [(0.0, start.solution.iterations, start.stiffness)]
        run = _noted(setting, kept.Progressed(first, start, {}, [], {}, {}, solves), first)
    begun = run.state.day
    try:
        while run.state.day < setting.days - 1e-9:
            run = _day(setting, run, first)
            if path is not None and whole(run.state.day / KEEP_DAYS):
                kept.save(path, key, run)
            if progress is not None:
                progress(_progress(setting, run.state.day, begun, began))
    except HealingError as error:
        _keep(path, key, run)
        raise HealingStopped(error.mistakes, _course(setting, _followed(run), began)) from error
    except BaseException:
        _keep(path, key, run)
        raise
    return run


def _keep(path: Path | None, key: str, run: kept.Progressed) -> None:
    if path is not None:
        kept.save(path, key, run)


def _day(setting: _Setting, run: kept.Progressed, first: State) -> kept.Progressed:
    """Return the run one day later, or at its end; the run given stays as it was."""
    state, strains = run.state, run.solved
    end = min(state.day + 1.0, setting.days)
    budget, solves = dict(run.budget), run.solves
    while state.day < end - 1e-9:
        days = min(setting.length, end - state.day)
        state, amounts = one_step(
            state,
            setting.work,
            strains.load,
            setting.known,
            setting.host,
            setting.processes,
            days,
            setting.threads,
        )
        for name, amount in amounts.items():
            budget[name] = budget.get(name, 0.0) + amount
    state = replace(state, day=float(round(state.day, 6)))
    if stale(strains, state, setting.work, setting.known):
        strains = _solve(setting, state, strains)
        solves = [*solves, (state.day, strains.solution.iterations, strains.stiffness)]
    return _noted(setting, replace(run, state=state, solved=strains, budget=budget, solves=solves), first)


def _noted(setting: _Setting, run: kept.Progressed, first: State) -> kept.Progressed:
    """Return the run with its day in the account."""
    state, strains = run.state, run.solved
    row = account(state, first, setting.work, setting.known, strains.load.strain, strains.stiffness)
    run = replace(run, days=[*run.days, {"day": state.day, **row}])
    follows = any(abs(state.day - day) < 1e-6 for day in setting.followed)
    return _followed(run) if follows else run


def _followed(run: kept.Progressed) -> kept.Progressed:
    """Return the run with its state now among those that are kept."""
    day = run.state.day
    held = run.state.beside(np.empty(0))
    return replace(run, states=run.states | {day: held}, budgets=run.budgets | {day: dict(run.budget)})


def _solve(setting: _Setting, state: State, last: Solved | None) -> Solved:
    return solved(setting.body, state, setting.work, setting.known, setting.force, last, setting.threads)


def _key(setting: _Setting) -> str:
    more = f"{setting.force!r} {setting.length!r} {setting.followed!r}"
    if setting.work is not setting.region:
        more += " cuda"  # which rounds otherwise
    return kept.key_of(setting.bone, setting.region, setting.known, setting.host, setting.processes, more)


def _progress(setting: _Setting, day: float, begun: float, began: float) -> Progress:
    spent = time.perf_counter() - began
    rate = (day - begun) / spent if spent > 0 else math.inf
    left = (setting.days - day) / rate if rate > 0 else None
    return Progress(day, setting.days, rate, left)


def _notes(setting: _Setting) -> tuple[str, ...]:
    told = ", ".join(f"{name} {value:.2f}" for name, value in setting.host.items())
    notes = [f"host over a healthy animal: {told}"]
    if setting.bone.species != "rat":
        notes.append(f"rates of healing are those of animals: nobody has measured a {setting.bone.species}'s")
    return tuple(notes)
