"""A culture over days."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.parameters import Parameters
from spondyl.spheroid.agents.state import State, check_state
from spondyl.spheroid.agents.stepping import step

STEP = 0.1
"""Length of a step, day: the radial mode's. Contacts come to rest within hours, cells divide within days."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """States on the days asked for.

    Parameters
    ----------
    states : in order of time; a state is a start for another run.
    """

    states: tuple[State, ...]

    @property
    def days(self) -> tuple[float, ...]:
        """Day of each state."""
        return tuple(state.day for state in self.states)


def run(
    state: State,
    culture: Culture,
    parameters: Parameters,
    days: Sequence[float],
    *,
    step_days: float = STEP,
    threads: int = 1,
    progress: Callable[[float, int], None] | None = None,
) -> Course:
    """Culture cells and keep their states on some days.

    Steps are equal and at most `step_days` long between one day asked for and the next, so that a run which
    is cut at one of those days and taken up again gives the same bits.

    Parameters
    ----------
    state : cells at the start.
    culture : what stands around them.
    parameters : of the agents.
    days : to keep, rising, none before the start.
    step_days : longest step.
    threads : changes no result.
    progress : called after each step with the day and the number of cells.

    Raises
    ------
    CultureError
        Days that are not finite, fall, or lie before the start; a step that is not above zero; see also
        :func:`step`.
    """
    wrong = []
    asked = [float(day) for day in days]
    if not asked or not all(math.isfinite(day) for day in asked):
        wrong.append(Mistake("days", str(list(days)), "must be finite days, at least one"))
    elif asked[0] < state.day - 1e-9 or any(b < a for a, b in pairwise(asked)):
        given = ", ".join(f"{day:g}" for day in asked)
        wrong.append(Mistake("days", given, f"must rise from the start on, day {state.day:g}"))
    if not (math.isfinite(step_days) and step_days > 0):
        wrong.append(Mistake("step", f"{step_days:g} days", "must be a finite time above zero"))
    if wrong:
        raise CultureError(wrong)
    check_state(state)
    kept = []
    for day in asked:
        state = _until(state, day, culture, parameters, step_days, threads, progress)
        kept.append(state)
    return Course(tuple(kept))


def _until(
    state: State,
    day: float,
    culture: Culture,
    parameters: Parameters,
    longest: float,
    threads: int,
    progress: Callable[[float, int], None] | None,
) -> State:
    span = day - state.day
    count = math.ceil(span / longest - 1e-9)
    for _ in range(count):
        state = step(state, culture, parameters, span / count, threads=threads)
        if progress is not None:
            progress(state.day, len(state))
    return state
