"""The integrator, cell by cell: every cell has steps of its own, so none depends on its neighbours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from spondyl.compiled import bare, inner, kernel
from spondyl.network.cpu.call import call
from spondyl.network.cpu.happening import happen, newly
from spondyl.network.cpu.linear import factor, solve
from spondyl.network.tableau import (
    GAMMA,
    GROW,
    MOST_STEPS,
    ORDER,
    SAFETY,
    SHRINK,
    SLOPES,
    SMALLEST,
    STAGES,
    TIMES,
    A,
    C,
)

DONE, RAN_AWAY, TOO_MANY = 0, 1, 2

RATES, SLOPES_OF, VALUES, FACTORS, WHOLE = 0, 1, 2, 3, 4
"""Places of the functions among the addresses."""

LARGEST_MULTIPLIER = 1e3
"""Up to here factors without exchanged rows lose no more than a few of the sixteen digits."""


class Work(NamedTuple):
    """Room for one cell's steps.

    Parameters
    ----------
    known : inputs, 1/(h γ), h, 1/h, then what `f` and `packed` show.
    f : rates before a step.
    packed : derivatives of the rates by time, the largest multiplier, the factors.
    result : what `new` and `error` show.
    new, error : state after a step, its error.
    k : stages, (stages, states).
    jacobian, matrix, pivots : for dense factors.
    """

    known: Any
    f: Any
    packed: Any
    result: Any
    new: Any
    error: Any
    k: Any
    jacobian: Any
    matrix: Any
    pivots: Any


class Happening(NamedTuple):
    """Events of one cell.

    Parameters
    ----------
    owners, targets : for each change, the event that makes it and the state that it sets.
    was, now : which conditions were and are true.
    values : what the states become.
    """

    owners: Any
    targets: Any
    was: Any
    now: Any
    values: Any


@bare
def copy(source, target):
    """Copy a vector; an assignment of slices would compile for seconds, to word an error that cannot
    occur."""
    for i in range(source.size):
        target[i] = source[i]


@bare
def scaled(vector, y, new, rtol, atol):
    """Return the root mean square of a vector in units of the tolerance."""
    total = 0.0
    for i in range(vector.size):
        ratio = vector[i] / (atol + rtol * max(abs(y[i]), abs(new[i])))
        total += ratio * ratio
    return np.sqrt(total / max(vector.size, 1))


@bare
def dense_factors(addresses, y, p, t, h, work):
    """Factor 1/(h γ) − ∂f/∂y as a whole, rows exchanged; tell whether it is regular. Leaves ∂f/∂t in
    `packed`."""
    n = y.size
    call(addresses[SLOPES_OF], y, p, t, work.jacobian)
    for i in range(n):
        for j in range(n):
            work.matrix[i, j] = -work.jacobian[i * n + j]
        work.matrix[i, i] += 1.0 / (h * GAMMA)
        work.packed[i] = work.jacobian[n * n + i]
    return factor(work.matrix, work.pivots)


@bare
def dense_step(addresses, y, p, t, h, work):
    """Take one step from `y` to `new` with dense factors; tell whether the matrix was regular."""
    n, k, new = y.size, work.k, work.new
    if not dense_factors(addresses, y, p, t, h, work):
        return False
    copy(work.f, k[0])
    for stage in range(STAGES):
        if stage > 0:
            copy(y, new)
            for before in range(stage):
                for i in range(n):
                    new[i] += A[stage, before] * k[before, i]
            call(addresses[RATES], new, p, t + TIMES[stage] * h, k[stage])
        for before in range(stage):
            for i in range(n):
                k[stage, i] += C[stage, before] / h * k[before, i]
        for i in range(n):
            k[stage, i] += h * SLOPES[stage] * work.packed[i]
        solve(work.matrix, work.pivots, k[stage])
    for i in range(n):
        work.error[i] = k[STAGES - 1, i]
        new[i] += work.error[i]
    return True


@bare
def step(addresses, y, p, t, h, work):
    """Take one step from `y` to `new`; tell whether the matrix was regular."""
    if addresses[FACTORS]:
        inputs = p.size
        copy(p, work.known)
        work.known[inputs] = 1.0 / (h * GAMMA)
        work.known[inputs + 1] = h
        work.known[inputs + 2] = 1.0 / h
        call(addresses[FACTORS], y, work.known, t, work.packed)
        if work.packed[y.size] < LARGEST_MULTIPLIER:
            call(addresses[WHOLE], y, work.known, t, work.result)
            return True
    return dense_step(addresses, y, p, t, h, work)


@bare
def first_step(y, f, rtol, atol, length):
    """Return a first step for which the state moves by about a hundredth (Hairer, Nørsett and Wanner
    1993)."""
    size, speed = scaled(y, y, y, rtol, atol), scaled(f, y, y, rtol, atol)
    if size < 1e-5 or not speed > 1e-5:
        return 1e-4 * length
    return min(length, 0.01 * size / speed)


@bare
def accept(addresses, y, p, t, met, events, work):
    """Go on to the new state; let the events happen that were met."""
    copy(work.new, y)
    if met:
        happen(addresses, y, p, t, events)
    elif events.was.size > 0:
        copy(events.now, events.was)
    call(addresses[RATES], y, p, t, work.f)


@bare
def attempt(addresses, y, p, t, taken, rtol, atol, work):
    """Take a step; return its error in units of the tolerance, infinite where there is no solution."""
    if not step(addresses, y, p, t, taken, work):
        return np.inf
    error = scaled(work.error, y, work.new, rtol, atol)
    return error if error < np.inf else np.inf


@bare
def cross(addresses, y, p, begin, end, h, rtol, atol, events, work):
    """Carry `y` from `begin` to `end`; return the outcome, the time reached and the step to try next.

    A step in which an event's condition becomes true is halved until the moment is known to rounding:
    `without` is a step known to end before it, `within` one known to end after it.
    """
    t, steps, without, within = begin, 0, 0.0, 0.0
    call(addresses[RATES], y, p, t, work.f)
    if h <= 0.0:
        h = first_step(y, work.f, rtol, atol, end - begin)
    while t < end:
        steps += 1
        if steps > MOST_STEPS:
            return TOO_MANY, t, h
        exact = within - without <= 4 * SMALLEST * max(abs(t), within)
        last = within == 0.0 and t + 1.0001 * h >= end
        taken = end - t if last else h
        if within > 0.0:
            taken = within if exact else 0.5 * (without + within)
        error = attempt(addresses, y, p, t, taken, rtol, atol, work)
        if error > 1.0:
            h = taken * (
                SHRINK if error == np.inf else min(1.0, max(SHRINK, SAFETY * error ** (-1.0 / ORDER)))
            )
            without, within = 0.0, 0.0
        else:
            met = events.was.size > 0 and newly(addresses, work.new, p, t + taken, events)
            if met and not (exact and within > 0.0):
                within = taken
            elif within > 0.0 and not met:
                without = taken
            else:
                t = end if last else t + taken
                accept(addresses, y, p, t, met, events, work)
                wanted = taken * min(GROW, max(SHRINK, SAFETY * max(error, 1e-12) ** (-1.0 / ORDER)))
                h = max(h, wanted) if last or met else wanted
                without, within = 0.0, 0.0
        if h < SMALLEST * max(abs(t), end - begin) and t < end:
            return RAN_AWAY, t, h
    return DONE, t, h


@inner
def room(n, packed, inputs):
    """Return room for the steps of cells of `n` states."""
    known = np.empty(inputs + 3 + n + n + 1 + packed)
    result = np.empty(2 * n)
    return Work(
        known,
        known[inputs + 3 : inputs + 3 + n],
        known[inputs + 3 + n :],
        result,
        result[:n],
        result[n:],
        np.empty((STAGES, n)),
        np.empty(n * n + n),
        np.empty((n, n)),
        np.empty(n, np.int64),
    )


@kernel
def carry(first, last, addresses, packed, owners, targets, initially, start, inputs, times, rtol, atol, told):
    """Integrate cells `first` to `last` over all intervals.

    Parameters
    ----------
    addresses : of the compiled formulas.
    packed : how many numbers the factors by formula are.
    owners, targets : for each change by events, the event and the state that is set.
    initially : which events' conditions count as true before the beginning.
    start : states at the beginning, (cells, states).
    inputs : (cells or 1, intervals or 1, inputs); the same for all where the length is 1.
    times : bounds of the intervals.
    told : what is followed, (times, cells, followed); each cell's outcome; where it stopped, time and states.
    """
    out, outcome, stopped = told
    work = room(start.shape[1], packed, inputs.shape[2])
    was, now = np.empty(initially.size), np.empty(initially.size)
    events = Happening(owners, targets, was, now, np.empty(owners.size))
    y = np.empty(start.shape[1])
    for cell in range(first, last):
        copy(start[cell], y)
        copy(initially, was)
        own = min(cell, inputs.shape[0] - 1)
        h, end = 0.0, times[0]
        for place in range(times.size):
            p = inputs[own, min(max(place - 1, 0), inputs.shape[1] - 1)]
            if was.size > 0:  # inputs that change may meet a condition
                happen(addresses, y, p, end, events)
            begin, end, done = end, times[place], DONE
            if place > 0:
                done, end, h = cross(addresses, y, p, begin, end, h, rtol, atol, events, work)
            if done != DONE:
                outcome[cell] = done
                stopped[cell, 0] = end
                copy(y, stopped[cell, 1:])
                break
            call(addresses[VALUES], y, p, end, out[place, cell])
