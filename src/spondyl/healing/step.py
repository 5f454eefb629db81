"""One step of healing: every process in turn, each on what the last one left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spondyl.arrays import home
from spondyl.errors import HealingError, Mistake
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.process import Load, Now, Process
from spondyl.healing.region import Region
from spondyl.healing.state import TISSUES, State

SMALLEST = -1e-12
"""Round-off below zero that is put to zero; anything lower is a fault."""

CLOSES = 1e-9
"""How far the shares of a voxel may be from one."""


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
    budget: dict[str, float] = {}
    for name, process in processes.items():
        change = process(now, days)
        fields = dict(now.state.fields)
        for field, values in change.fields.items():
            fields[field] = _checked(values, field, name, now)
        after = State(state.day, fields)
        if any(tissue in change.fields for tissue in TISSUES):
            _check_shares(after, region, name)
            now = replace(now, state=after, prepared={})
        else:
            now = replace(now, state=after)
        for key, amount in change.budget.items():
            budget[key] = budget.get(key, 0.0) + amount
    return State(state.day + days, now.state.fields), budget


def _checked(values: np.ndarray, field: str, process: str, now: Now) -> np.ndarray:
    where = f"healing, day {now.state.day:g}, {process} › {field}"
    if values.shape != now.region.open.shape:
        raise HealingError(Mistake(where, f"shape {values.shape}", f"must be {now.region.open.shape}"))
    least, most = float(values.min()), float(values.max())
    if not (np.isfinite(least) and np.isfinite(most)) or least < SMALLEST * max(1.0, most):
        bad = ~np.isfinite(values) | (values < SMALLEST * max(1.0, abs(most) if np.isfinite(most) else 1.0))
        place = tuple(int(i) for i in np.argwhere(home(bad))[0])
        given = f"{float(values[place]):g} in voxel {place}"
        raise HealingError(
            Mistake(where, given, "must be finite and not negative; the last good state is kept")
        )
    return np.maximum(values, 0.0) if least < 0 else values


def _check_shares(state: State, region: Region, process: str) -> None:
    total = sum((state[name] for name in TISSUES[1:]), state[TISSUES[0]])
    wrong = np.where(region.open, np.abs(total - 1), total)
    if wrong.max() > CLOSES:
        place = tuple(int(i) for i in np.unravel_index(int(wrong.argmax()), wrong.shape))
        where = f"healing, day {state.day:g}, {process}"
        given = f"shares of {float(total[place]):.12g} in voxel {place}"
        raise HealingError(Mistake(where, given, "must sum to one; the last good state is kept"))
