"""The integrator, cell by cell: every cell has steps of its own, so none depends on its neighbours."""

from __future__ import annotations

import numba
import numpy as np

from spondyl.network.cpu.call import call
from spondyl.network.cpu.linear import factor, inner, solve
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


@inner
def copy(source, target):  # type: ignore[no-untyped-def]
    """Copy a vector; an assignment of slices would compile for seconds, to word an error that cannot occur."""
    for i in range(source.size):
        target[i] = source[i]


@inner
def scaled(vector, y, new, rtol, atol):  # type: ignore[no-untyped-def]
    """Return the root mean square of a vector in units of the tolerance."""
    total = 0.0
    for i in range(vector.size):
        ratio = vector[i] / (atol + rtol * max(abs(y[i]), abs(new[i])))
        total += ratio * ratio
    return np.sqrt(total / max(vector.size, 1))


@inner
def step(rates, y, p, t, h, jacobian, k, new, matrix, pivots, f):  # type: ignore[no-untyped-def]
    """Take one step from `y` to `new`; the error is the last stage. Tell whether the matrix was regular.

    `jacobian` holds ∂f/∂y row by row, then ∂f/∂t; `f` holds the rates at the beginning.
    """
    n = y.size
    for i in range(n):
        for j in range(n):
            matrix[i, j] = -jacobian[i * n + j]
        matrix[i, i] += 1.0 / (h * GAMMA)
    if not factor(matrix, pivots):
        return False
    for i in range(n):
        k[0, i] = f[i] + h * SLOPES[0] * jacobian[n * n + i]
    solve(matrix, pivots, k[0])
    for stage in range(1, STAGES):
        for i in range(n):
            total = y[i]
            for before in range(stage):
                total += A[stage, before] * k[before, i]
            new[i] = total
        call(rates, new, p, t + TIMES[stage] * h, k[stage])
        for i in range(n):
            total = 0.0
            for before in range(stage):
                total += C[stage, before] * k[before, i]
            k[stage, i] += total / h + h * SLOPES[stage] * jacobian[n * n + i]
        solve(matrix, pivots, k[stage])
    for i in range(n):
        new[i] += k[STAGES - 1, i]
    return True


@inner
def first_step(y, f, rtol, atol, length):  # type: ignore[no-untyped-def]
    """Return a first step for which the state moves by about a hundredth (Hairer, Nørsett and Wanner 1993)."""
    size, speed = scaled(y, y, y, rtol, atol), scaled(f, y, y, rtol, atol)
    if size < 1e-5 or not speed > 1e-5:
        return min(length, 1e-4 * length)
    return min(length, 0.01 * size / speed)


@inner
def cross(rates, slopes, y, p, begin, end, h, rtol, atol, work):  # type: ignore[no-untyped-def]
    """Carry `y` from `begin` to `end`; return the outcome, the time reached and the step to try next."""
    jacobian, k, new, matrix, pivots, f = work
    t, steps, fresh = begin, 0, True
    call(rates, y, p, t, f)
    if h <= 0.0:
        h = first_step(y, f, rtol, atol, end - begin)
    while t < end:
        steps += 1
        if steps > MOST_STEPS:
            return TOO_MANY, t, h
        last = t + 1.0001 * h >= end
        taken = end - t if last else h
        if fresh:
            call(slopes, y, p, t, jacobian)
        error = np.inf
        if step(rates, y, p, t, taken, jacobian, k, new, matrix, pivots, f):
            error = scaled(k[STAGES - 1], y, new, rtol, atol)
        if not error < np.inf:
            h, fresh = taken * SHRINK, False
        else:
            factor_ = SAFETY * max(error, 1e-12) ** (-1.0 / ORDER)
            wanted = taken * min(GROW, max(SHRINK, factor_))
            fresh = error <= 1.0
            if fresh:
                t = end if last else t + taken
                copy(new, y)
                call(rates, y, p, t, f)
                h = max(h, wanted) if last else wanted
            else:
                h = wanted
        if h < SMALLEST * max(abs(t), end - begin) and t < end:
            return RAN_AWAY, t, h
    return DONE, t, h


@numba.njit(cache=True, nogil=True)
def carry(first, last, rates, slopes, values, start, inputs, times, rtol, atol, out, outcome, stopped):  # type: ignore[no-untyped-def]
    """Integrate cells `first` to `last` over all intervals.

    Parameters
    ----------
    rates, slopes, values : addresses of the compiled formulas.
    start : states at the beginning, (cells, states).
    inputs : (cells or 1, intervals or 1, inputs); the same for all where the length is 1.
    times : bounds of the intervals.
    out : followed values, (times, cells, followed).
    outcome, stopped : per cell, what became of it; where it stopped, time and then states.
    """
    n = start.shape[1]
    work = (
        np.empty(n * n + n),
        np.empty((STAGES, n)),
        np.empty(n),
        np.empty((n, n)),
        np.empty(n, np.int64),
        np.empty(n),
    )
    y = np.empty(n)
    for cell in range(first, last):
        copy(start[cell], y)
        own = min(cell, inputs.shape[0] - 1)
        call(values, y, inputs[own, 0], times[0], out[0, cell])
        h = 0.0
        for interval in range(times.size - 1):
            p = inputs[own, min(interval, inputs.shape[1] - 1)]
            begin, end = times[interval], times[interval + 1]
            done, t, h = cross(rates, slopes, y, p, begin, end, h, rtol, atol, work)
            if done != DONE:
                outcome[cell] = done
                stopped[cell, 0] = t
                copy(y, stopped[cell, 1:])
                break
            call(values, y, p, end, out[interval + 1, cell])
