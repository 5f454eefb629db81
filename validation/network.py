"""Networks: agreement with an independent integrator, published models, the order of genes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from spondyl.network import Network, batch, read, simulate
from spondyl.spheroid import osteogenic
from validation.row import Row, below

CULTURES = ({"osteogenic": 1.0}, {"osteogenic": 1.0, "contact": 1.0, "oxygen": 0.01}, {"adipogenic": 1.0})
WINDOWS = {"RUNX2": (3, 7), "COL1A1": (3, 10), "ALPL": (7, 14), "BGLAP": (14, 21)}


def agreement() -> Iterator[Row]:
    """The osteogenic network against libroadrunner, and the days of its peaks."""
    net, days = osteogenic.network(), np.arange(22.0)
    if find_spec("roadrunner") is not None:
        worst = max(_apart(net, days, dict(inputs)) for inputs in CULTURES)
        yield below("network", "osteogenic against libroadrunner, three cultures, relative", 1e-6, worst, "")
    fine = np.arange(0, 21.01, 0.25)
    levels = batch(net).integrate(fine, inputs={"osteogenic": 1.0})[:, 0]
    for gene, (first, last) in WINDOWS.items():
        day = float(fine[levels[:, net.index(gene)].argmax()])
        told = f"day {first} to {last} (textbooks)"
        yield Row(
            "network", f"peak of {gene} in osteogenic medium", told, f"day {day:g}", "", first <= day <= last
        )


def published(shared: Path) -> Iterator[Row]:
    """BioModels 148, 278, 279 against trajectories of libroadrunner at its default tolerance of 1e-6."""
    for model in (148, 278, 279):
        file = shared / "sbml" / f"BIOMD0000000{model}.xml"
        table = file.with_name(f"{file.stem}_roadrunner_default.csv")
        names = table.read_text(encoding="utf-8").splitlines()[0].split(",")[1:]
        truth = np.loadtxt(table, delimiter=",", skiprows=1)
        net = read(file, unitless=True)
        columns = [net.index(name.strip("[]")) for name in names]
        found = batch(net).integrate(truth[:, 0], rtol=1e-8)[:, 0][:, columns]
        apart = np.abs(found - truth[:, 1:]) / np.maximum(np.abs(truth[:, 1:]), 1e-4)
        yield below("network", f"BioModels {model}, relative to the table", 1e-5, float(apart.max()), "")


def _apart(net: Network, days: np.ndarray, inputs: dict[str, float]) -> float:
    theirs = simulate(net, days, inputs=inputs, rtol=1e-11, atol=1e-14)
    ours = batch(net).integrate(days, inputs=inputs, rtol=1e-8)[:, 0]
    return float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-9)))
