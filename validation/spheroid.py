"""Radial spheroids: closed forms, published radii and uptake, the growth of a tumour line, and who leads."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spondyl.donor import CellBatch
from spondyl.spheroid import culture, radius_fit, uptake_fit
from spondyl.spheroid.calibration import RADII
from spondyl.spheroid.comparison import Lead, leads
from spondyl.spheroid.numbers import numbers
from spondyl.spheroid.radial.cells import Cells, Exchange, Schedule
from spondyl.spheroid.radial.profile import link_shells, settle
from spondyl.spheroid.radial.run import Shells, equal_shells, run
from validation.row import Row, below, number

BATCH = CellBatch("human", 2e7, 0.95, 0.05, 6.0, 3, 21.0, 7)
FOUND = "as found"


def profiles() -> Iterator[Row]:
    """Levels in a ball, and how the error falls with the shells."""
    radius, diffusivity, surface, most = 0.25, 150.0, 0.18, 1500.0
    errors = []
    for shells in (20, 40, 80):
        face = radius * np.arange(shells + 1) / shells
        volume = 4 / 3 * np.pi * np.diff(face**3)
        link, level = np.empty(shells), np.full(shells, surface)
        link_shells(face, diffusivity, 0.0, link)
        settle(level, most * volume, 1e-9, np.zeros(shells), link, surface, np.empty((2, shells)))
        middle = (face[1:] + face[:-1]) / 2
        truth = surface - most * (radius**2 - middle**2) / (6 * diffusivity)
        errors.append(float(np.sqrt((volume / volume.sum() * (level - truth) ** 2).sum())))
    yield number("ball, zero-order uptake", "order of convergence in the shells", 2.0,
                 math.log2(errors[0] / errors[2]) / 2, absolute=0.1)  # fmt: skip
    yield below(
        "ball, zero-order uptake", "error of 40 shells over the level outside", 1e-3, errors[1] / surface, ""
    )


def radii() -> Iterator[Row]:
    """C14: radii of compacted spheroids (Murphy 2017), and the third from the other two."""
    for cells, radius, sd in RADII:
        course = culture(BATCH, cells_each=cells, count=48, osteogenic="1 day", medium="high glucose")
        found = float(course.radius_um[-1])
        yield number(
            f"spheroid of {cells:g} cells", "radius on day 2 (C14)", radius, found, absolute=sd, unit="um"
        )
    two = radius_fit(RADII[:2])
    cells, radius, sd = RADII[2]
    check = f"foretold radius of {cells:g} cells"
    yield number("radius law of two sizes", check, radius, two.radius_um(cells), absolute=sd, unit="um")
    fit = radius_fit()
    power = f"{fit.exponent:.3f} ± {fit.exponent_sd:.3f}"
    said = f"{fit.scale:.1f} ± {fit.scale_sd:.1f} um · (cells / 30,000) ^ ({power})"
    yield Row("radius law", "weighted least squares", FOUND, said, "")


def oxygen() -> Iterator[Row]:
    """C15: the uptake of a cell in a spheroid."""
    known = numbers("human")
    fit = uptake_fit(known, 142.6 * known.oxygen_solubility)
    mol = 1e-9 / 86400
    said = f"{fit.median * mol:.2g} ({fit.low * mol:.2g} to {fit.high * mol:.2g})"
    said = f"{said}; ceiling {fit.ceiling * mol:.2g}"
    check = "prior 3e-18 to 3e-17 cut at the flat profiles (C15)"
    yield Row("oxygen uptake in a spheroid, mol/s", check, FOUND, said, "")
    course = culture(
        BATCH, cells_each=60_000, count=48, osteogenic="6 day", medium="high glucose", volume="60 uL"
    )
    level = course.shells.oxygen_mM[-1]
    yield below("spheroid of 60,000 cells", "fall of oxygen from surface to middle", 0.10,
                float(1 - level[0] / level[-1]), "")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Growth:
    """Mean radius (um) by day, and arrested and dead cores over the radius by day, of one seeding."""

    radius: dict[float, float]
    cores: dict[float, tuple[float, float]]


STARTS = {2500: 1.0, 5000: 1.5, 10_000: 1.75}
CELL_MM3 = 3.4e-6


def growth(shared: Path) -> Iterator[Row]:
    """The tumour line 983b: six numbers fitted to three seedings; tests the machinery, not stem cells."""
    from scipy.optimize import least_squares

    data = _read(shared / "spheroid" / "growth_983b")
    start = np.log([0.45, 2e-3, 1.0, 0.3, 0.02, 0.3])
    fitted = np.exp(least_squares(lambda at: _misfit(np.exp(at), data), start, diff_step=0.05, max_nfev=25).x)
    names = ("division 1/day", "uptake nmol/day", "starving 1/day", "clearing 1/day")
    names = (*names, "oxygen at half of division mM", "energy at half of starving")
    said = ", ".join(f"{name} {value:.3g}" for name, value in zip(names, fitted, strict=True))
    yield Row("983b", "fitted numbers", FOUND, said, "")
    ends = []
    for seeded, day in STARTS.items():
        course, cells = _grown(fitted, data[seeded].radius[day] / 1000)
        ends.append(1000 * course.face_mm[-1, -1])
        apart = [
            1000 * course.face_mm[round((at - day) / 0.1), -1] / radius - 1
            for at, radius in data[seeded].radius.items()
            if day <= at <= 20
        ]
        yield below(f"983b, {seeded} seeded", "root mean square residual of the radius, days 1 to 20, %", 6,
                    100 * float(np.sqrt(np.mean(np.square(apart)))), "%")  # fmt: skip
        for name, column in (("arrested", 0), ("dead", 1)):
            wrong = [
                _cores(course, cells, round((at - day) / 0.1))[column] - truth[column]
                for at, truth in data[seeded].cores.items()
                if at >= 7 and round((at - day) / 0.1) < course.day.size
            ]
            check = f"root mean square residual of the {name} core over the radius, from day 7"
            rms = float(np.sqrt(np.mean(np.square(wrong))))
            yield below(f"983b, {seeded} seeded", check, 0.1, rms, "")
    yield below("983b, four-fold seeding", "spread of the late radius over its mean", 0.08,
                float(np.ptp(ends) / np.mean(ends)), "")  # fmt: skip


def leading() -> Iterator[Row]:
    """Which form leads, over all that the passports leave open; and without any gain by contact."""
    yield from map(_told, leads(BATCH, draws=40, days=(7.0, 21.0)))
    for lead in leads(BATCH, draws=40, days=(21.0,), fixed={"vegfa_contact": 0.0, "bmp2_contact": 0.0}):
        if lead.medium == "osteogenic, low glucose":
            yield _told(replace(lead, medium=f"{lead.medium}, no gain by contact"))


def _told(lead: Lead) -> Row:
    over = "; ".join(
        f"over {form} {middle:.3g} ({low:.2g} to {high:.3g})"
        if high < 1e4
        else f"over {form} more than {low:.2g}"
        for form, (middle, low, high) in lead.ratio.items()
    )
    said = f"{lead.leader} in {100 * lead.share:.0f} % of draws; {over}"
    return Row(f"{lead.medium}, day {lead.day:g}", lead.outcome, FOUND, said, "")


def _read(folder: Path) -> dict[int, Growth]:
    radius: dict[tuple[int, float], list[float]] = defaultdict(list)
    core: dict[tuple[int, float], list[tuple[float, float]]] = defaultdict(list)
    with (folder / "IncucyteData.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["R"] not in ("", "NaN", "NA"):
                radius[int(row["InitialCondition"]), float(row["Day"])].append(float(row["R"]))
    with (folder / "AllConfocalData.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            core[int(row["InitialCondition"]), float(row["Day"])].append((float(row["ϕ"]), float(row["η"])))
    return {
        seeded: Growth(
            {day: float(np.mean(values)) for (who, day), values in radius.items() if who == seeded},
            {day: tuple(np.mean(values, axis=0)) for (who, day), values in core.items() if who == seeded},
        )
        for seeded in STARTS
    }


def _grown(fitted: np.ndarray, radius_mm: float, shells: int = 48, step: float = 0.1) -> tuple[Shells, Cells]:
    division, uptake, starving, clearing, half, energy = (float(value) for value in fitted)
    cells = Cells(
        uptake, 8e-3, 1e-9, 0.5, 1.0, 1.0, 1.0, 1.0, 2.0, 1e9, 3.75, 2.0,
        energy, 6.0, starving, 0.0, clearing, division, half, CELL_MM3, CELL_MM3, 1.0,
    )  # fmt: skip
    outside = (259.2, 51.84, 95.04)
    layer = (200 / 32 / (32 * outside[0]), 0.0, 0.0)
    place = Exchange((146.88, 8.64, 17.28), outside, 1 / math.log(2), layer, 200.0, 0.185, 1e18)
    steps = 200
    course = run(
        cells, place, Schedule(step, steps, True),
        living=equal_shells(4 / 3 * math.pi * radius_mm**3 / CELL_MM3, shells), dead=np.zeros(shells),
        fresh=np.full(steps + 1, 5.55), renewed=np.zeros(steps + 1),
    )  # fmt: skip
    return course, cells


def _cores(course: Shells, cells: Cells, k: int) -> tuple[float, float]:
    face = course.face_mm[k]
    arrested, dead = course.oxygen_mM[k] < cells.growth_oxygen_half, course.dead[k] > course.living[k]
    edges = [np.flatnonzero(inside)[-1] + 1 if inside.any() else 0 for inside in (arrested, dead)]
    return float(face[edges[0]] / face[-1]), float(face[edges[1]] / face[-1])


def _misfit(fitted: np.ndarray, data: dict[int, Growth]) -> np.ndarray:
    wrong = []
    for seeded, day in STARTS.items():
        course, cells = _grown(fitted, data[seeded].radius[day] / 1000)
        for at, radius in data[seeded].radius.items():
            if day <= at <= 20 and round(4 * at) % 6 == 1:
                wrong.append((1000 * course.face_mm[round((at - day) / 0.1), -1] - radius) / 10)
        for at, truth in data[seeded].cores.items():
            if 7 <= at <= 20:
                found = _cores(course, cells, round((at - day) / 0.1))
                wrong += [(a - b) / 0.05 for a, b in zip(found, truth, strict=True)]
    return np.asarray(wrong)


CHECKS: tuple[Callable[[], Iterator[Row]], ...] = (profiles, radii, oxygen, leading)
