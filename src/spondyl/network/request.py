"""What a caller asks of the integrator, checked and brought to one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.errors import Mistake, NetworkError
from spondyl.network.evaluate import evaluate
from spondyl.network.mathml import TIME
from spondyl.network.network import Network

Array = NDArray[np.float64]

BACKENDS = ("cpu", "reference")


@dataclass(frozen=True, slots=True)
class Request:
    """Arrays for the integrator.

    Parameters
    ----------
    times : (times,).
    start : states, (cells, states).
    names : of the inputs.
    inputs : (cells or 1, intervals or 1, inputs).
    rtol, atol : error of a step.
    threads : None for as many as this process may use.
    """

    times: Array
    start: Array
    names: tuple[str, ...]
    inputs: Array
    rtol: float
    atol: float
    threads: int | None

    def known(self, cell: int, time: float) -> dict[str, float]:
        """Return a cell's inputs at a time, and the time."""
        interval = max(int(np.searchsorted(self.times, time, side="left")) - 1, 0)
        row = self.inputs[min(cell, len(self.inputs) - 1), min(interval, self.inputs.shape[1] - 1)]
        return {**dict(zip(self.names, row.tolist(), strict=True)), TIME: time}


def request(
    network: Network,
    times: ArrayLike,
    start: ArrayLike | None,
    inputs: Mapping[str, ArrayLike] | None,
    cells: int | None,
    rtol: float,
    atol: float,
    threads: int | None,
    backend: str,
) -> Request:
    """Check what :meth:`spondyl.network.Batch.integrate` was given, all mistakes at once."""
    mistakes = _numbers(rtol, atol, threads, cells, backend)
    when = _array(times, "times", mistakes)
    if when is not None and (when.ndim != 1 or when.size == 0 or np.any(np.diff(when) <= 0)):
        mistakes.append(Mistake("times", f"shape {when.shape}", "must be one row of ascending times"))
    given = {name: _input(network, name, values, mistakes) for name, values in (inputs or {}).items()}
    begin = None if start is None else _array(start, "start", mistakes)
    if begin is not None and (begin.ndim not in (1, 2) or begin.shape[-1] != len(network.species)):
        allowed = f"must be (cells, {len(network.species)}): one column for each of what is followed"
        mistakes.append(Mistake("start", f"shape {begin.shape}", allowed))
    if mistakes or when is None:
        raise NetworkError(mistakes)
    known = {name: values for name, values in given.items() if values is not None}
    count = _count(known, begin, cells, when.size - 1)
    return _made(network, when, begin, known, count, rtol, atol, threads)


def _numbers(rtol: float, atol: float, threads: int | None, cells: int | None, backend: str) -> list[Mistake]:
    wrong = [
        Mistake(name, f"{value!r}", "must be a number above 0 and below 1")
        for name, value in (("rtol", rtol), ("atol", atol))
        if not 0.0 < value < 1.0
    ]
    wrong += [
        Mistake(name, f"{value!r}", "must be a whole number of at least 1")
        for name, value in (("threads", threads), ("cells", cells))
        if value is not None and (int(value) != value or value < 1)
    ]
    if backend not in BACKENDS:
        wrong.append(Mistake("backend", f"'{backend}'", f"must be one of {', '.join(BACKENDS)}"))
    return wrong


def _array(values: ArrayLike, where: str, mistakes: list[Mistake]) -> Array | None:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        mistakes.append(Mistake(where, "what is no array of numbers", "must be numbers"))
        return None
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        mistakes.append(Mistake(where, f"a number that is not finite, at {place}", "must be finite numbers"))
        return None
    return array


def _input(network: Network, name: str, values: ArrayLike, mistakes: list[Mistake]) -> Array | None:
    allowed = (*network.inputs, *network.system.frozen)
    if name not in allowed:
        mistakes.append(network.unknown(name, allowed, "a number"))
        return None
    array = _array(values, f"inputs › '{name}'", mistakes)
    if array is not None and array.ndim > 2:
        allowed_shape = "must be one number, (cells,) or (cells, intervals)"
        mistakes.append(Mistake(f"inputs › '{name}'", f"shape {array.shape}", allowed_shape))
        return None
    return array


def _count(known: Mapping[str, Array], begin: Array | None, cells: int | None, intervals: int) -> int:
    """Return how many cells everything agrees on."""
    sizes: dict[str, int] = {} if cells is None else {"cells": cells}
    if begin is not None and begin.ndim == 2 and begin.shape[0] != 1:
        sizes["start"] = begin.shape[0]
    mistakes = []
    for name, array in known.items():
        if array.ndim and array.shape[0] != 1:
            sizes[f"inputs › '{name}'"] = array.shape[0]
        if array.ndim == 2 and intervals and array.shape[1] not in (1, intervals):
            given = f"{array.shape[1]} intervals"
            allowed = f"must be 1 or {intervals}, the intervals between the times"
            mistakes.append(Mistake(f"inputs › '{name}'", given, allowed))
    counts = set(sizes.values())
    if len(counts) > 1:
        given = ", ".join(f"{name} {size}" for name, size in sizes.items())
        mistakes.append(Mistake("cells", given, "must be the same number of cells everywhere"))
    if mistakes:
        raise NetworkError(mistakes)
    return counts.pop() if counts else 1


def _made(
    network: Network,
    times: Array,
    begin: Array | None,
    known: dict[str, Array],
    cells: int,
    rtol: float,
    atol: float,
    threads: int | None,
) -> Request:
    system = network.system
    columns = {name: np.atleast_2d(values.T).T for name, values in known.items()}
    first: dict[str, Array | float] = {**system.defaults}
    first |= {name: column[:, 0] for name, column in columns.items()}
    for name, node in system.frozen.items():
        if name not in columns:
            first[name] = evaluate(system.nodes, [node], first)[0]
            columns[name] = np.atleast_2d(first[name]).T
    if begin is None:
        states = evaluate(system.nodes, system.initial, first)
        state = np.empty((cells, len(system.states)))
        state[:] = np.atleast_2d(states.T) if system.states else 0.0
    else:
        state = _states(network, np.broadcast_to(begin, (cells, len(network.species))), columns, times[0])
    wrong = np.flatnonzero(~np.isfinite(state).all(axis=0))
    if wrong.size:
        where = f"{network.where} › '{system.states[wrong[0]]}'"
        raise NetworkError(Mistake(where, "no finite value at the beginning", "must begin with a number"))
    return Request(times, state, tuple(columns), _packed(columns, cells), rtol, atol, threads)


def _states(network: Network, begin: Array, columns: dict[str, Array], time: float) -> Array:
    """Return the states that stand for a followed beginning; constants in it become inputs of their own."""
    system = network.system
    for name in system.followed:
        if name in system.defaults and name not in columns:
            columns[name] = np.array(begin[:, [system.followed.index(name)]])
    state = np.empty((begin.shape[0], len(system.states)))
    for place, name in enumerate(system.states):
        state[:, place] = begin[:, system.followed.index(name)]
    scaled = [place for place, scale in enumerate(system.scales) if scale is not None]
    if scaled:
        symbols: dict[str, Array | float] = {**system.defaults, TIME: time}
        symbols |= {name: column[:, 0] for name, column in columns.items()}
        symbols |= {name: state[:, place].copy() for place, name in enumerate(system.states)}
        nodes = [scale for scale in system.scales if scale is not None]
        state[:, scaled] *= np.broadcast_to(
            evaluate(system.nodes, nodes, symbols).T, (len(state), len(nodes))
        )
    return state


def _packed(columns: Mapping[str, Array], cells: int) -> Array:
    """Return the inputs in one array, no larger than they differ."""
    rows = cells if any(column.shape[0] > 1 for column in columns.values()) else 1
    intervals = max((column.shape[1] for column in columns.values()), default=1)
    packed = np.empty((rows, intervals, len(columns)))
    for place, column in enumerate(columns.values()):
        packed[:, :, place] = column
    return packed
