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

RATES, SLOPES_OF, VALUES, FACTORS, SOLUTION = 0, 1, 2, 3, 4
"""Places of the functions among the addresses."""

LARGEST_MULTIPLIER = 1e3
"""Up to here factors without exchanged rows lose no more than a few of the sixteen digits."""


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
def prepare(addresses, y, p, t, h, work):  # type: ignore[no-untyped-def]
    """Factor 1/(h γ) − ∂f/∂y; return 1 for factors by formula, 2 for dense ones, 0 if there are none.

    Leaves ∂f/∂t in the front of `jacobian`.
    """
    jacobian, k, new, matrix, pivots, f, packed, shifted = work
    n = y.size
    if addresses[FACTORS]:
        copy(p, shifted)
        shifted[p.size] = 1.0 / (h * GAMMA)
        call(addresses[FACTORS], y, shifted, t, packed)
        if packed[n] < LARGEST_MULTIPLIER:
            for i in range(n):
                jacobian[i] = packed[i]
            return 1
    call(addresses[SLOPES_OF], y, p, t, jacobian)
    for i in range(n):
        for j in range(n):
            matrix[i, j] = -jacobian[i * n + j]
        matrix[i, i] += 1.0 / (h * GAMMA)
    for i in range(n):
        jacobian[i] = jacobian[n * n + i]
    return 2 if factor(matrix, pivots) else 0


@inner
def solved(kind, addresses, b, work):  # type: ignore[no-untyped-def]
    """Replace `b` by the solution with the factors."""
    jacobian, k, new, matrix, pivots, f, packed, shifted = work
    if kind == 1:
        call(addresses[SOLUTION], packed[b.size + 1 :], b, 0.0, b)
    else:
        solve(matrix, pivots, b)


@inner
def step(addresses, y, p, t, h, work):  # type: ignore[no-untyped-def]
    """Take one step from `y` to `new`; the error is the last stage. Tell whether the matrix was regular."""
    jacobian, k, new, matrix, pivots, f, packed, shifted = work
    n = y.size
    kind = prepare(addresses, y, p, t, h, work)
    if kind == 0:
        return False
    for i in range(n):
        k[0, i] = f[i] + h * SLOPES[0] * jacobian[i]
    solved(kind, addresses, k[0], work)
    for stage in range(1, STAGES):
        for i in range(n):
            new[i] = y[i]
        for before in range(stage):
            share = A[stage, before]
            for i in range(n):
                new[i] += share * k[before, i]
        call(addresses[RATES], new, p, t + TIMES[stage] * h, k[stage])
        for before in range(stage):
            share = C[stage, before] / h
            for i in range(n):
                k[stage, i] += share * k[before, i]
        for i in range(n):
            k[stage, i] += h * SLOPES[stage] * jacobian[i]
        solved(kind, addresses, k[stage], work)
    for i in range(n):
        new[i] += k[STAGES - 1, i]
    return True


@inner
def first_step(y, f, rtol, atol, length):  # type: ignore[no-untyped-def]
    """Return a first step for which the state moves by about a hundredth (Hairer, Nørsett and Wanner 1993)."""
    size, speed = scaled(y, y, y, rtol, atol), scaled(f, y, y, rtol, atol)
    if size < 1e-5 or not speed > 1e-5:
        return 1e-4 * length
    return min(length, 0.01 * size / speed)


@inner
def cross(addresses, y, p, begin, end, h, rtol, atol, work):  # type: ignore[no-untyped-def]
    """Carry `y` from `begin` to `end`; return the outcome, the time reached and the step to try next."""
    jacobian, k, new, matrix, pivots, f, packed, shifted = work
    t, steps = begin, 0
    call(addresses[RATES], y, p, t, f)
    if h <= 0.0:
        h = first_step(y, f, rtol, atol, end - begin)
    while t < end:
        steps += 1
        if steps > MOST_STEPS:
            return TOO_MANY, t, h
        last = t + 1.0001 * h >= end
        taken = end - t if last else h
        error = np.inf
        if step(addresses, y, p, t, taken, work):
            error = scaled(k[STAGES - 1], y, new, rtol, atol)
        if not error < np.inf:
            h = taken * SHRINK
        else:
            wanted = taken * min(GROW, max(SHRINK, SAFETY * max(error, 1e-12) ** (-1.0 / ORDER)))
            if error <= 1.0:
                t = end if last else t + taken
                copy(new, y)
                call(addresses[RATES], y, p, t, f)
                h = max(h, wanted) if last else wanted
            else:
                h = wanted
        if h < SMALLEST * max(abs(t), end - begin) and t < end:
            return RAN_AWAY, t, h
    return DONE, t, h


@numba.njit(cache=True, nogil=True)
def carry(first, last, addresses, packed, start, inputs, times, rtol, atol, out, outcome, stopped):  # type: ignore[no-untyped-def]
    """Integrate cells `first` to `last` over all intervals.

    Parameters
    ----------
    addresses : of the compiled formulas.
    packed : how many numbers the factors by formula are.
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
        np.empty(n + 1 + packed),
        np.empty(inputs.shape[2] + 1),
    )
    y = np.empty(n)
    for cell in range(first, last):
        copy(start[cell], y)
        own = min(cell, inputs.shape[0] - 1)
        call(addresses[VALUES], y, inputs[own, 0], times[0], out[0, cell])
        h = 0.0
        for interval in range(times.size - 1):
            p = inputs[own, min(interval, inputs.shape[1] - 1)]
            begin, end = times[interval], times[interval + 1]
            done, t, h = cross(addresses, y, p, begin, end, h, rtol, atol, work)
            if done != DONE:
                outcome[cell] = done
                stopped[cell, 0] = t
                copy(y, stopped[cell, 1:])
                break
            call(addresses[VALUES], y, p, end, out[interval + 1, cell])
