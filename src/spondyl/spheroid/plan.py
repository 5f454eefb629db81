"""What a culture shall be, checked: every mistake of the request at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spondyl.donor import CellBatch
from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.asking import Asked, word
from spondyl.spheroid.numbers import SPECIES, Numbers
from spondyl.spheroid.radius import settled_radius_mm
from spondyl.spheroid.vessel import Vessel, media, vessels

FORMS = ("spheroid", "suspension", "monolayer")
"""Balls of cells; single cells over a floor to which they do not stick; cells spread on a floor."""

FORMATION = 1.0
"""Days in growth medium before osteogenic medium: cells come together first."""

LONGEST = 366.0
MOST_CELLS = 1e6
PRESSURE = 713.0
"""Of humid gas at 37 °C and sea level without its water vapour, mmHg (760 − 47)."""

FLAT_PLACES = 1.0
"""Spheroids on each mm² of a flat floor when nothing is asked: far enough apart not to meet often."""

SEEDING = 100.0
"""Single cells on each mm² of floor when nothing is asked, the usual 10,000 for each cm²."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A culture that can be done.

    Parameters
    ----------
    form : spheroid, suspension or monolayer.
    species : of the cells.
    cells_each, count : living cells of a spheroid, and spheroids; of the other forms, the same cells apart.
    per_well : spheroids (or as many times `cells_each` cells) in one well.
    vessel : where.
    volume_ul : medium in a well, µL.
    medium, glucose_mM : basal medium and its glucose.
    oxygen_mmHg : partial pressure of oxygen in the gas.
    exchange_days, renewed : time between exchanges of medium, and the share exchanged.
    osteogenic_days : in osteogenic medium, after one day of formation.
    days, step_days : of culture, and of one step.
    """

    form: str
    species: str
    cells_each: float
    count: int
    per_well: int
    vessel: Vessel
    volume_ul: float
    medium: str
    glucose_mM: float  # noqa: N815  mM is the unit's name
    oxygen_mmHg: float  # noqa: N815
    exchange_days: float
    renewed: float
    osteogenic_days: float
    days: float
    step_days: float

    @property
    def steps(self) -> int:
        """Number of steps."""
        return max(1, round(self.days / self.step_days))

    @property
    def depth_mm(self) -> float:
        """Depth of the medium."""
        return self.volume_ul / self.vessel.area_mm2

    @property
    def wells(self) -> int:
        """Wells that the culture fills."""
        return math.ceil(self.count / self.per_well)


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for, as written; fields are the arguments of :func:`spondyl.spheroid.culture`."""

    form: str
    cells_each: float
    count: int
    osteogenic: str
    days: str | None
    medium: str
    vessel: str
    per_well: int | None
    volume: str | None
    exchange: str
    renewed: float
    oxygen: str
    step: str


def plan(cells: CellBatch, numbers: Numbers, request: Request) -> Plan:
    """Check a request and return what shall be done.

    Raises
    ------
    CultureError
        With every mistake of the request.
    """
    asked = Asked()
    form = word(request.form, FORMS, "form", asked)
    species = word(cells.species, SPECIES, "cells.species", asked)
    glucose = media().get(word(request.medium, media(), "medium", asked), math.nan)
    vessel = vessels().get(word(request.vessel, vessels(), "vessel", asked))
    each = asked.number(request.cells_each, "cells_each", 1.0, MOST_CELLS)
    count = asked.whole(request.count, "count")
    bone, days = _lengths(request, asked)
    every = asked.quantity(request.exchange, "day", "exchange", 1e-2, LONGEST)
    renewed = asked.number(request.renewed, "renewed", 0.0, 1.0)
    oxygen = _pressure(request.oxygen, asked)
    step = asked.quantity(request.step, "day", "step", 1e-4, 1.0)
    if every < step:
        asked.mistakes.append(
            Mistake("exchange", repr(request.exchange), f"must be at least one step, {step:g} day")
        )
    if not asked.mistakes:
        _enough(cells, each * count, asked)
    if vessel is None or not each > 0:
        raise CultureError(asked.mistakes)
    per_well = _per_well(vessel, form, each, count, request.per_well, asked)
    volume = _volume(vessel, 2 * settled_radius_mm(each, numbers) * (form == "spheroid"), request, asked)
    if asked.mistakes:
        raise CultureError(asked.mistakes)
    medium = request.medium
    return Plan(
        form, species, each, count, per_well, vessel, volume, medium, glucose, oxygen, every, renewed, bone,
        days, step
    )  # fmt: skip


def _lengths(request: Request, asked: Asked) -> tuple[float, float]:
    """Return the days in osteogenic medium and of the whole culture."""
    bone = asked.quantity(request.osteogenic, "day", "osteogenic", 0.0, LONGEST)
    if request.days is None:
        return bone, FORMATION + bone
    days = asked.quantity(request.days, "day", "days", 1e-3, LONGEST)
    if bone > 0 and days < FORMATION + bone:
        allowed = f"must be at least {FORMATION + bone:g} day: one to form and {bone:g} in osteogenic medium"
        asked.mistakes.append(Mistake("days", repr(request.days), allowed))
    return bone, days


def _pressure(oxygen: str, asked: Asked) -> float:
    if "%" in str(oxygen) or "percent" in str(oxygen):
        return PRESSURE / 100 * asked.quantity(oxygen, "percent", "oxygen", 0.0, 100.0)
    return asked.quantity(oxygen, "mmHg", "oxygen", 0.0, PRESSURE)


def _enough(cells: CellBatch, needed: float, asked: Asked) -> None:
    if cells.passage == 0:
        given = (
            "freshly isolated ones (passage 0), of which blood cells are the most and about a tenth settles"
        )
        allowed = "must have been on plastic: spondyl.donor.expand(cells, passages=1)"
        asked.mistakes.append(Mistake("cells", given, allowed))
    living = cells.cells * cells.viability
    if not math.isfinite(living) or living < 0:
        asked.mistakes.append(
            Mistake("cells", f"{living} living cells", "must be a number of cells above zero")
        )
    elif needed > living:
        allowed = f"the batch has {living:,.0f} living cells ({cells.cells:,.0f} at {cells.viability:.0%})"
        asked.mistakes.append(
            Mistake(
                "cells_each × count",
                f"{needed:,.0f} cells",
                f"{allowed}; ask for fewer, or expand them first",
            )
        )


def _per_well(vessel: Vessel, form: str, each: float, count: int, given: int | None, asked: Asked) -> int:
    """Return the spheroids of a well, or for how many spheroids it has cells."""
    usual = vessel.places or int((FLAT_PLACES if form == "spheroid" else SEEDING / each) * vessel.area_mm2)
    inside = max(1, min(count, usual)) if given is None else asked.whole(given, "per_well")
    if form == "spheroid" and vessel.places and inside > vessel.places:
        allowed = f"a well of '{vessel.name}' keeps {vessel.places} apart; more would fuse"
        asked.mistakes.append(Mistake("per_well", f"{inside} spheroids", allowed))
    return inside


def _volume(vessel: Vessel, across: float, request: Request, asked: Asked) -> float:
    """Return the medium of a well, µL, in which spheroids so many mm across shall lie."""
    wide = math.sqrt(vessel.area_mm2 / max(vessel.places, 1))
    if across > wide:
        allowed = f"a place of '{vessel.name}' is {1000 * wide:.0f} um wide"
        asked.mistakes.append(Mistake("cells_each", f"spheroids {1000 * across:.0f} um across", allowed))
    if request.volume is None:
        return vessel.usual_ul
    filled = asked.quantity(request.volume, "uL", "volume", 0.0, math.inf)
    least = across * vessel.area_mm2
    if filled > vessel.most_ul:
        allowed = f"a well of '{vessel.name}' overflows above {vessel.most_ul:g} uL"
        asked.mistakes.append(Mistake("volume", f"{filled:g} uL", allowed))
    elif filled <= least:
        allowed = f"must be above {least:.3g} uL to cover spheroids {1000 * across:.0f} um across"
        asked.mistakes.append(Mistake("volume", f"{filled:g} uL in a well", allowed))
    return filled
