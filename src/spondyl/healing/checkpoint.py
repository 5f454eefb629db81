"""A run kept on disk now and then, from which the same run goes on to the same digits."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl import files
from spondyl.arrays import beside, home
from spondyl.healing.identity import identity
from spondyl.healing.loads import Body, Solved
from spondyl.healing.numbers import Host, Numbers
from spondyl.healing.process import Load, Process
from spondyl.healing.region import Region
from spondyl.healing.state import FIELDS, State
from spondyl.vertebra import Vertebra

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Progressed:
    """How far a run is.

    Parameters
    ----------
    state : now.
    solved : last solve of mechanics.
    states, days, budget, budgets, solves : what the course holds so far.
    """

    state: State
    solved: Solved
    states: dict[float, State]
    days: list[dict[str, float]]
    budget: dict[str, float]
    budgets: dict[float, dict[str, float]]
    solves: list[tuple[float, int, float]]


def key_of(
    bone: Vertebra, region: Region, known: Numbers, host: Host, processes: Mapping[str, Process], more: str
) -> str:
    """Return a hash of everything that a run depends on.

    Raises
    ------
    HealingError
        If a process is bound to something whose value cannot be told.
    """
    sha = hashlib.sha256()
    for array in (bone.share, bone.tissue_density, bone.region, region.open, region.hole):
        sha.update(np.ascontiguousarray(array).tobytes())
    if bone.filling is not None:
        for name in ("tcp", "cells_per_mm3", "maturity"):
            sha.update(np.ascontiguousarray(bone.filling.whole(name)).tobytes())
    rules = {name: identity(process) for name, process in processes.items()}
    given = [region.vegf, region.bmp2, region.packing, bone.grid.spacing_mm]
    said = json.dumps([dict(known), dict(host), list(rules.items()), given, more], sort_keys=True)
    sha.update(said.encode())
    return sha.hexdigest()


def save(path: Path, key: str, run: Progressed) -> None:
    """Write a run so that the file is never seen half written."""
    solution = run.solved.solution
    arrays: dict[str, Any] = {
        "strain": home(run.solved.load.strain),
        "energy": home(run.solved.load.energy),
        "own": home(run.solved.modulus),
        "nodes": solution.nodes,
        "displacement": solution.displacement,
        "stiff": solution.model.modulus,
    }
    for label, state in [("now", run.state), *((f"{day!r}", state) for day, state in run.states.items())]:
        arrays |= {f"{label}/{name}": home(state[name]) for name in FIELDS}
    note = {
        "key": key,
        "day": run.state.day,
        "followed": list(run.states),
        "days": run.days,
        "budget": run.budget,
        "budgets": list(run.budgets.items()),
        "solves": run.solves,
        "solved": [run.solved.day, run.solved.stiffness, run.solved.load.reference],
    }
    with files.appearing(path) as part, part.open("wb") as handle:
        np.savez(handle, note=np.frombuffer(json.dumps(note).encode(), np.uint8), **arrays)


def load(path: Path, key: str, body: Body, begin: Solved) -> Progressed | None:
    """Return a run that was kept, or None if there is none, it is damaged, or it is of another run.

    Parameters
    ----------
    begin : a solve of the same bone; what does not change is taken from it.
    """
    try:
        with path.open("rb") as handle, np.load(handle) as kept:
            note = json.loads(bytes(kept["note"]))
            if note["key"] != key:
                return None
            arrays = {name: kept[name] for name in kept.files if name != "note"}
        return _progressed(note, arrays, body, begin)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _progressed(note: Mapping[str, Any], arrays: Mapping[str, Any], body: Body, begin: Solved) -> Progressed:
    solution = replace(
        begin.solution,
        model=replace(body.model, modulus=arrays["stiff"]),
        nodes=arrays["nodes"],
        displacement=arrays["displacement"],
    )
    day, stiffness, reference = note["solved"]
    own = begin.modulus  # lies where the run goes on
    strains = Load(beside(arrays["strain"], own), beside(arrays["energy"], own), reference)
    return Progressed(
        state=_state(arrays, "now", note["day"]).beside(own),
        solved=Solved(strains, stiffness, beside(arrays["own"], own), solution, day),
        states={one: _state(arrays, f"{one!r}", one) for one in note["followed"]},
        days=note["days"],
        budget=note["budget"],
        budgets={float(one): amounts for one, amounts in note["budgets"]},
        solves=[(float(a), int(b), float(c)) for a, b, c in note["solves"]],
    )


def _state(arrays: Mapping[str, Array], label: str, day: float) -> State:
    return State(day, {name: arrays[f"{label}/{name}"] for name in FIELDS})
