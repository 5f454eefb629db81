"""One cell by libroadrunner: everything of SBML that it runs, events included, independent of our
integrator."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spondyl.errors import Mistake, NetworkError
from spondyl.network.diverging import fastest
from spondyl.network.network import Network
from spondyl.network.request import Request, request

Array = NDArray[np.float64]


def simulate(
    network: Network,
    times: ArrayLike,
    start: ArrayLike | None = None,
    inputs: Mapping[str, ArrayLike] | None = None,
    *,
    rtol: float = 1e-6,
    atol: float = 1e-12,
) -> Array:
    """Integrate one cell with libroadrunner and return what is followed, shape (times, species).

    Parameters
    ----------
    times : ascending, in the network's own unit of time; the first is where the cell begins.
    start : (species,), None for the file's own beginning.
    inputs : what differs from the file: by name a number, or one for each interval between the times.
    rtol, atol : tolerances of its integrator (CVODE).

    Raises
    ------
    NetworkError
        libroadrunner is not installed; names, shapes or numbers that do not fit; a solution that runs away,
        with species and time.
    """
    rows: dict[str, ArrayLike] = {
        name: np.atleast_2d(np.asarray(values)) if np.ndim(values) else values
        for name, values in (inputs or {}).items()
    }
    asked = request(network, times, start, rows, 1, rtol, atol, None, "cpu")
    columns = dict(zip(asked.names, asked.inputs[0].T, strict=True))
    chosen = {name: column for name, column in columns.items() if name not in network.system.frozen}
    chosen |= {name: columns[name] for name in inputs or {}}
    text = _changed(network, {name: float(column[0]) for name, column in chosen.items()}, start)
    runner = _runner(network, text, rtol, atol)
    moving = {name: column for name, column in chosen.items() if column.size > 1}
    out = np.empty((asked.times.size, len(network.species)))
    if asked.times.size == 1:
        out[0] = [runner.getValue(selection) for selection in _selections(network)]
        return out
    try:
        with _quiet():
            _run(runner, asked.times, moving, out)
    except RuntimeError as problem:
        raise _stopped(network, asked, runner, str(problem)) from None
    return out


def _run(runner: Any, times: Array, moving: Mapping[str, Array], out: Array) -> None:
    if not moving:
        out[:] = np.asarray(runner.simulate(times=times.tolist()))
        return
    for place in range(times.size - 1):
        for name, column in moving.items():
            runner.setValue(name, float(column[place]))
        out[place : place + 2] = np.asarray(runner.simulate(times[place], times[place + 1], 2))


def _changed(network: Network, numbers: Mapping[str, float], start: ArrayLike | None) -> str:
    """Return the network's SBML with other numbers in it."""
    import libsbml

    document = libsbml.readSBMLFromString(network.sbml)
    model = document.getModel()
    begin = {} if start is None else dict(zip(network.species, np.ravel(start).tolist(), strict=True))
    begin = {name: value for name, value in begin.items() if network.quantities[name].set_by != "rule"}
    for name, value in {**begin, **numbers}.items():
        model.removeInitialAssignment(name)
        _set(model, name, value)
    return str(libsbml.writeSBMLToString(document))


def _set(model: Any, name: str, value: float) -> None:
    reaction, dot, local = name.partition(".")
    if dot:
        law = model.getReaction(reaction).getKineticLaw()
        (law.getLocalParameter(local) or law.getParameter(local)).setValue(value)
    elif (species := model.getSpecies(name)) is not None:
        own = (
            species.setInitialAmount
            if species.getHasOnlySubstanceUnits()
            else species.setInitialConcentration
        )
        own(value)
    elif (compartment := model.getCompartment(name)) is not None:
        compartment.setSize(value)
    elif (parameter := model.getParameter(name)) is not None:
        parameter.setValue(value)
    else:
        model.getElementBySId(name).setStoichiometry(value)


def _runner(network: Network, text: str, rtol: float, atol: float) -> Any:
    try:
        import roadrunner
    except ImportError:
        allowed = "must be installed to simulate one cell: pip install 'spondyl[sbml]'"
        raise NetworkError(Mistake("libroadrunner", "no such package", allowed)) from None
    roadrunner.Logger.disableLogging()
    try:
        with _quiet():
            runner = roadrunner.RoadRunner(text)
    except RuntimeError as problem:
        told = str(problem).split(";")[0].strip()
        raise NetworkError(Mistake(network.where, told, "must be SBML that libroadrunner runs")) from None
    runner.timeCourseSelections = _selections(network)
    runner.integrator.relative_tolerance = rtol
    runner.integrator.absolute_tolerance = atol
    return runner


def _selections(network: Network) -> list[str]:
    """Return libroadrunner's names of what is followed; without brackets a species is an amount."""
    found = [network.quantities[name] for name in network.species]
    return [
        f"[{each.name}]" if each.kind == "species" and not each.as_amount else each.name for each in found
    ]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what compiled code writes off the terminal; its failures become our sentence."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(number) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        _flush_compiled()
        for number, file in zip((1, 2), kept, strict=True):
            os.dup2(file, number)
            os.close(file)
        os.close(nowhere)


def _flush_compiled() -> None:
    """Let compiled code write out what it holds back."""
    import ctypes

    with suppress(OSError, TypeError, AttributeError):  # Windows has no library of this process's own
        ctypes.CDLL(None).fflush(None)


def _stopped(network: Network, asked: Request, runner: Any, told: str) -> NetworkError:
    """Name the species that runs away: libroadrunner does not, our own integrator does."""
    from spondyl.network.cpu.solver import integrate

    reason = told.split(";")[0].removeprefix("CVODE Error: ").split(":")[0].strip()
    time, who = float(runner.model.getTime()), "a solution"
    _, outcome, stopped = integrate(network.system, asked)
    if outcome[0]:
        known = {**network.system.defaults, **asked.known(0, float(stopped[0, 0]))}
        who = f"species '{fastest(network.system, known, stopped[0, 1:])}'"
    unit = f" {network.time_unit}" if network.time_unit else ""
    given = f"{who}, which runs away at time {time:.6g}{unit} (libroadrunner: {reason})"
    return NetworkError(Mistake(network.where, given, "must have a solution that stays finite"))
