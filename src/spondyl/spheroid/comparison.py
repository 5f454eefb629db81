"""Which form of culture leads in VEGF, in ALP and in survival, over what the numbers could be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spondyl.donor import CellBatch
from spondyl.spheroid.belief import drawn, drawn_inputs
from spondyl.spheroid.course import Course
from spondyl.spheroid.culturing import culture, cultured
from spondyl.spheroid.differentiation import OSTEOGENIC, Genes, genes
from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.origin import answering, of_donor
from spondyl.spheroid.plan import FORMATION, FORMS, Plan

MEDIA: Mapping[str, tuple[str, bool]] = {
    "growth, low glucose": ("low glucose", False),
    "osteogenic, low glucose": ("low glucose", True),
    "osteogenic, high glucose": ("high glucose", True),
}
"""Medium of the grid → basal medium, and whether it is osteogenic after the first day."""

OUTCOMES: Mapping[str, Callable[[Course], float]] = {
    "VEGF of a living cell": lambda course: float(course.secretion("VEGF")[-1]),
    "VEGF of a seeded cell": lambda course: float(course.secretion("VEGF")[-1] * course.survival[-1]),
    "ALP of a living cell": lambda course: float(course.alp[-1]),
    "cells that did not die": lambda course: float(course.kept[-1]),
}


Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lead:
    """One outcome in one medium after some days.

    Parameters
    ----------
    outcome, medium, day : which.
    leader : the form that leads in most draws.
    share : of the draws in which it does.
    median : of the outcome, by form.
    ratio : by other form, the leader over it: median, and the ends of the central 95 % of the draws.
    """

    outcome: str
    medium: str
    day: float
    leader: str
    share: float
    median: Mapping[str, float]
    ratio: Mapping[str, tuple[float, float, float]]


def leads(
    cells: CellBatch,
    *,
    cells_each: float = 2000,
    days: Sequence[float] = (7.0, 14.0, 21.0),
    draws: int = 40,
    seed: int = 0,
    fixed: Mapping[str, float] | None = None,
) -> tuple[Lead, ...]:
    """Culture the same cells in every form and medium and tell who leads, with intervals.

    In one draw all forms and media have the same numbers, so that ratios are of like with like. All are in
    96-well plates with 200 µL, exchanged every three days.

    Parameters
    ----------
    cells : the batch.
    cells_each : of a spheroid, and of a well of the other forms.
    days : of culture.
    draws : of the numbers, over all that their passports leave open.
    seed : of the draws.
    fixed : numbers of the network that are held, e.g. ``{"vegfa_contact": 0.0}``.
    """
    beliefs = [_belief(cells, seed, draw, fixed or {}) for draw in range(draws)]
    found: list[Lead] = []
    for medium, length, outcomes in _grid(cells, cells_each, days, beliefs):
        found += [_lead(outcome, medium, length, values) for outcome, values in outcomes.items()]
    return tuple(found)


Belief = tuple[Numbers, Genes | None]


def _grid(
    cells: CellBatch, cells_each: float, days: Sequence[float], beliefs: Sequence[Belief]
) -> Iterator[tuple[str, float, dict[str, Floats]]]:
    """Yield, by medium and length, each outcome as an array of shape (draws, forms)."""
    draws = len(beliefs)
    for medium, (basal, bone) in MEDIA.items():
        for length in days:
            table = {outcome: np.empty((draws, len(FORMS))) for outcome in OUTCOMES}
            for place, form in enumerate(FORMS):
                asked = _asked(cells, form, cells_each, length, basal, bone)
                for draw, (known, using) in enumerate(beliefs):
                    course = cultured(asked, known, using=using)
                    for outcome, of in OUTCOMES.items():
                        table[outcome][draw, place] = of(course)
            yield medium, length, table


def _belief(cells: CellBatch, seed: int, draw: int, fixed: Mapping[str, float]) -> Belief:
    usual = genes(OSTEOGENIC)
    using = None if usual is None else answering(cells, replace(usual, inputs=drawn_inputs(seed, draw)))
    using = None if using is None else replace(using, inputs={**using.inputs, **fixed})
    return of_donor(cells, drawn(cells.species, seed, draw)), using


def _asked(cells: CellBatch, form: str, each: float, length: float, basal: str, bone: bool) -> Plan:
    return culture(
        cells,
        form,
        cells_each=each,
        count=96,
        osteogenic=f"{length - FORMATION if bone else 0:g} day",
        days=f"{length:g} day",
        medium=basal,
        vessel="96-well round" if form == "spheroid" else "96-well flat",
        volume="200 uL",
        network=None,
    ).plan


def _lead(outcome: str, medium: str, day: float, values: Floats) -> Lead:
    first = np.bincount(values.argmax(axis=1), minlength=len(FORMS))
    best = int(first.argmax())
    ratio = {}
    for place, form in enumerate(FORMS):
        if place != best:
            over = values[:, best] / np.maximum(values[:, place], np.finfo(float).tiny)
            low, middle, high = np.quantile(over, [0.025, 0.5, 0.975])
            ratio[form] = (float(middle), float(low), float(high))
    median = dict(zip(FORMS, np.median(values, axis=0).tolist(), strict=True))
    return Lead(outcome, medium, day, FORMS[best], float(first[best] / len(values)), median, ratio)
