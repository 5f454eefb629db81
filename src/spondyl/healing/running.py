"""The course of healing, from a bone after surgery to its last follow-up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from spondyl.errors import HealingError, HealingStopped, Mistake
from spondyl.healing import checkpoint as kept
from spondyl.healing.account import account
from spondyl.healing.adaptation import reference_of
from spondyl.healing.course import HealingCourse
from spondyl.healing.loads import Body, Solved, body_of, solved, stale
from spondyl.healing.numbers import Host, Numbers, host_of, numbers
from spondyl.healing.process import Process
from spondyl.healing.region import Region, beginning, region_of
from spondyl.healing.rules import rules as chosen_rules
from spondyl.healing.state import State
from spondyl.healing.step import step as one_step
from spondyl.quantity import Parameter, convert
from spondyl.threads import available_threads
from spondyl.vertebra import Vertebra

OVARIECTOMISED = "ovariectomy"
"""Word in the notes of a bone that makes its host an ovariectomised one."""

KEEP_DAYS = 7.0
"""Days between two writings of a checkpoint."""

LONGEST_WEEKS = 104


class Progress(NamedTuple):
    """How far a run is."""

    day: float
    days: float
    days_per_second: float
    seconds_left: float | None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Setting:
    """What does not change in a run."""

    bone: Vertebra
    region: Region
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
    activity: float = 1.0,
    rules: Mapping[str, Process | None] | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    changed: Mapping[str, float] | None = None,
    step: str | None = None,
    progress: Report | None = None,
    checkpoint: Path | str | None = None,
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
    activity : load over the habitual one.
    rules : processes turned off (None) or replaced; see :func:`spondyl.healing.rules.rules`.
    parameters : numbers of the stage ``healing``; the shipped ones if None.
    changed : single numbers in place of them, in the units of the fields.
    step : length of a step, such as "0.5 day"; that of the table if None.
    progress : called after each simulated day.
    checkpoint : file that is written every week and when the run is interrupted; the same run (bone, graft,
        numbers, rules) goes on from it to the same digits, another begins anew.
    threads : used; change no digit.

    Raises
    ------
    HealingError
        If something asked for has no meaning.
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
    followed = _follow_ups(weeks, follow_up)
    region = region_of(bone, known)
    setting = _Setting(
        bone=bone,
        region=region,
        body=body_of(bone, region),
        known=known,
        host=_host(bone, host, known, seed),
        processes=chosen_rules(rules),
        force=_force(bone, known, activity),
        days=7.0 * weeks,
        length=_divides(length),
        followed=followed,
        threads=threads or available_threads(),
    )
    began = time.perf_counter()
    done = _healed(setting, progress, None if checkpoint is None else Path(checkpoint), began)
    return _course(setting, done, began)


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
    first = beginning(setting.bone, setting.region, setting.known, setting.host)
    start = _solve(setting, first, None)
    energy = start.load.energy
    reference = reference_of(first, setting.region, energy, setting.known)
    start = replace(start, load=replace(start.load, reference=reference))
    run = None if path is None else kept.load(path, key, setting.body, start)
    if run is None:
        solves = [(0.0, start.solution.iterations, start.stiffness)]
        run = _noted(setting, kept.Progressed(first, start, {}, [], {}, {}, solves), first)
    begun = run.state.day
    try:
        while run.state.day < setting.days - 1e-9:
            run = _day(setting, run, first)
            if path is not None and _whole(run.state.day / KEEP_DAYS):
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
            setting.region,
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
    if stale(strains, state, setting.region, setting.known):
        strains = _solve(setting, state, strains)
        solves = [*solves, (state.day, strains.solution.iterations, strains.stiffness)]
    return _noted(setting, replace(run, state=state, solved=strains, budget=budget, solves=solves), first)


def _noted(setting: _Setting, run: kept.Progressed, first: State) -> kept.Progressed:
    """Return the run with its day in the account."""
    state, strains = run.state, run.solved
    row = account(state, first, setting.region, setting.known, strains.load.strain, strains.stiffness)
    run = replace(run, days=[*run.days, {"day": state.day, **row}])
    follows = any(abs(state.day - day) < 1e-6 for day in setting.followed)
    return _followed(run) if follows else run


def _followed(run: kept.Progressed) -> kept.Progressed:
    """Return the run with its state now among those that are kept."""
    day = run.state.day
    return replace(run, states=run.states | {day: run.state}, budgets=run.budgets | {day: dict(run.budget)})


def _solve(setting: _Setting, state: State, last: Solved | None) -> Solved:
    return solved(setting.body, state, setting.region, setting.known, setting.force, last, setting.threads)


def _key(setting: _Setting) -> str:
    more = f"{setting.force!r} {setting.length!r} {setting.followed!r}"
    return kept.key_of(setting.bone, setting.region, setting.known, setting.host, setting.processes, more)


def _progress(setting: _Setting, day: float, begun: float, began: float) -> Progress:
    spent = time.perf_counter() - began
    rate = (day - begun) / spent if spent > 0 else math.inf
    left = (setting.days - day) / rate if rate > 0 else None
    return Progress(day, setting.days, rate, left)


def _follow_ups(weeks: float, asked: Sequence[float] | None) -> tuple[float, ...]:
    if not (math.isfinite(weeks) and 0 < weeks <= LONGEST_WEEKS):
        allowed = f"must be above 0 and at most {LONGEST_WEEKS}"
        raise HealingError(Mistake("healing › weeks", f"{weeks}", allowed))
    if asked is None:
        asked = sorted({0.0, *(4.0 * n for n in range(1, int(weeks // 4) + 1)), float(weeks)})
    wrong = [week for week in asked if not (math.isfinite(week) and 0 <= week <= weeks)]
    if wrong:
        allowed = f"must lie between 0 and {weeks:g}"
        raise HealingError(Mistake("healing › follow_up", f"week {wrong[0]:g}", allowed))
    odd = [week for week in asked if week != weeks and not _whole(7 * week)]
    if odd:
        raise HealingError(Mistake("healing › follow_up", f"week {odd[0]:g}", "must be whole days"))
    return tuple(7.0 * week for week in asked)


def _divides(length: float) -> float:
    """Return a step that fits into a day a whole number of times."""
    return 1.0 / max(1, math.ceil(1.0 / length - 1e-9))


def _host(bone: Vertebra, asked: Any, known: Numbers, seed: int | None) -> Host:
    if isinstance(asked, Mapping):
        usual = dict(host_of(known, False, None))
        unknown = [name for name in asked if name not in usual]
        bad = [name for name, value in asked.items() if not (math.isfinite(value) and 0 <= value <= 10)]
        if unknown or bad:
            name = (unknown or bad)[0]
            allowed = f"shares of a healthy animal, 0 to 10: {', '.join(usual)}"
            raise HealingError(Mistake(f"healing › host › {name}", f"{asked[name]}", allowed))
        return usual | dict(asked)
    if asked not in (None, "healthy", "ovariectomised"):
        allowed = 'must be "healthy", "ovariectomised" or shares by name'
        raise HealingError(Mistake("healing › host", repr(asked), allowed))
    lost = any(OVARIECTOMISED in note for note in bone.notes) if asked is None else asked != "healthy"
    return host_of(known, lost, seed)


def _force(bone: Vertebra, known: Numbers, activity: float) -> float:
    if bone.species != "rat":
        allowed = "the habitual load is known for the rat only"
        raise HealingError(Mistake("healing › species", bone.species, allowed))
    if not (math.isfinite(activity) and 0 < activity <= 10):
        raise HealingError(Mistake("healing › activity", f"{activity}", "must lie above 0, at most 10"))
    return known["body_force_rat"] * known["cage_rest"] * activity


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-6


def _notes(setting: _Setting) -> tuple[str, ...]:
    told = ", ".join(f"{name} {value:.2f}" for name, value in setting.host.items())
    return (f"host over a healthy animal: {told}",)
