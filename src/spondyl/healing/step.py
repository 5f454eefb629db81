"""One step of healing: every process in turn, each on what the last one left."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from spondyl.arrays import at_home
from spondyl.errors import StudyError
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.process import Load, Now, Process
from spondyl.healing.region import Region
from spondyl.healing.state import TISSUES, State
from spondyl.healing.watch import Careful, Quick


def step(
    state: State,
    region: Region,
    load: Load,
    known: Numbers,
    host: Host,
    processes: Mapping[str, Process],
    days: float,
    threads: int = 1,
) -> tuple[State, dict[str, float]]:
    """Return the state after a step and what happened in it.

    Parameters
    ----------
    processes : as :func:`spondyl.healing.rules.rules` returns them.
    days : the step.
    threads : change no digit.

    Raises
    ------
    HealingError
        If a process leaves a field negative, not finite or of a wrong shape, or shares that are not one: the
        process, the field, the place and the day.
    """
    now = Now(state, region, known, host, load, threads)
    if at_home(region.open):
        return _walked(now, processes, days, Careful())
    quick = Quick()
    # A device waits once a step only; what went wrong is looked for on the same way again.
    with suppress(StudyError):
        found = _walked(now, processes, days, quick)
        if quick.fine():
            return found
    return _walked(replace(now, prepared={}), processes, days, Careful())


def _walked(
    now: Now, processes: Mapping[str, Process], days: float, watch: Careful | Quick
) -> tuple[State, dict[str, float]]:
    """Take all processes in turn."""
    budget: dict[str, float] = {}
    for name, process in processes.items():
        change = process(now, days)
        fields = dict(now.state.fields)
        for field, values in change.fields.items():
            fields[field] = watch.checked(values, field, name, now)
        after = State(now.state.day, fields)
        if any(tissue in change.fields for tissue in TISSUES):
            watch.check_shares(after, now.region, name)
            now = replace(now, state=after, prepared={})
        else:
            now = replace(now, state=after)
        for key, amount in change.budget.items():
            budget[key] = budget.get(key, 0.0) + amount
    return State(now.state.day + days, now.state.fields), budget
