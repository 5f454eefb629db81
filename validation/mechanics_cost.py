"""Mechanics: iterations and memory that a solve takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from spondyl.mechanics import Model, platens, solve
from validation.row import Row, below
from validation.volumes import composite, contrast, porous

_TAKEN = """
import json, re, sys
import numpy as np
from spondyl.mechanics import Conditions, Model, platens, solve
from spondyl.mechanics.memory import predicted_bytes
from spondyl.volume import Grid

def resident(name):  # not getrusage: its peak is inherited from the parent
    return 1024 * int(re.search(name + r":\\s+(\\d+) kB", open("/proc/self/status").read())[1])

def given(model):
    if sys.argv[2] == "periodic":
        return Conditions(periodic=True, strain=(0.0, 0.0, 0.01, 0.0, 0.0, 0.0))
    return platens(model, "z", 0.01, sys.argv[2])

def model(modulus):
    return Model(Grid(modulus.shape, (0.02,) * 3), modulus)

small = model(np.full((14, 14, 14), 1e4, np.float32))
solve(small, given(small))  # compiles
large = model(np.load(sys.argv[1]))
conditions = given(large)
before = resident("VmRSS")
found = solve(large, conditions, tolerance=0.1 if sys.argv[2] == "periodic" else 1e-6)
taken = resident("VmHWM") - before
print(json.dumps([taken, predicted_bytes(large, conditions), found.dofs]))
"""


def iterations(largest: int = 300) -> Iterator[Row]:
    """Iterations to a relative residual of 1e-6, bonded platens, 1 % strain."""
    for edge in (50, 100, 150, 200, 300):
        if edge <= largest:
            yield _count(f"trabecular, edge {edge}", porous(edge), 30)
    yield _count("thin (σ = 3), edge 100", porous(100, 3), 35)
    yield _count("thin (σ = 3), edge 150", porous(150, 3), 40)
    for share in (0.15, 0.08):
        yield _count(
            f"BV/TV {share:.0%} before the largest part is taken, edge 100", porous(100, 5, share), 2000
        )
    yield _count("bone, callus of 200 MPa, ceramic of 5 GPa, edge 100", composite(100), 25)
    yield _count("the same, marrow of 2 MPa in the rest", composite(100, marrow=True), 20)
    yield _count("moduli over six decades at random, edge 40", contrast(40), 60)
    yield from _warm(porous(100))


def _count(subject: str, model: Model, most: int) -> Row:
    found = solve(model, platens(model))
    return below(subject, "iterations to 1e-6", most, found.iterations, f"({found.dofs:,} unknowns)")


def _warm(model: Model) -> Iterator[Row]:
    """Start from the solution before all moduli changed at random, with a standard deviation of 1 %."""
    cold = solve(model, platens(model))
    factor = 1 + 0.01 * np.random.default_rng(0).standard_normal(model.modulus.shape, dtype=np.float32)
    changed = replace(model, modulus=model.modulus * factor)
    warm = solve(changed, platens(changed), start=cold)
    share = warm.iterations / solve(changed, platens(changed)).iterations
    yield below(
        "trabecular, edge 100", "warm start after a 1 % change, share of cold iterations", 1 / 3, share, "×"
    )


def memory() -> Iterator[Row]:
    """Peak memory of a solve above the model, and what was predicted of it."""
    solid = np.full((120,) * 3, 1e4, np.float32)
    cases = [
        ("trabecular, edge 200", "bonded", porous(200).modulus),
        ("trabecular, edge 100", "bonded", porous(100).modulus),
        ("trabecular, edge 200", "frictionless", porous(200).modulus),
        ("thin, edge 150", "bonded", porous(150, 3).modulus),
        ("BV/TV 15 %, edge 150", "bonded", porous(150, 5, 0.15).modulus),
        ("solid, edge 120", "bonded", solid),
        ("solid, edge 120", "periodic", solid),
        ("trabecular, edge 100", "periodic", porous(100).modulus),
    ]
    for name, kind, modulus in cases:
        taken, predicted, dofs = _taken(modulus, kind)
        subject = f"{name}, {kind}"
        if kind != "periodic":
            yield below(subject, "peak memory above the model, bytes an unknown", 100, taken / dofs, "B")
        off = 100 * (predicted / taken - 1)
        check = "memory predicted against taken"
        yield Row(subject, check, "within 20 %", f"{off:+.1f} %", "", abs(off) <= 20)


def _taken(modulus: np.ndarray, kind: str) -> tuple[int, int, int]:
    """Return bytes taken by a solve in a process of its own, bytes predicted, and the number of unknowns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "modulus.npy"
        np.save(path, modulus)
        command = [sys.executable, "-c", _TAKEN, str(path), kind]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    taken, predicted, dofs = json.loads(done.stdout)
    return taken, predicted, dofs
