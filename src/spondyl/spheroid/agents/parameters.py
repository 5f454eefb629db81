"""Numbers of the agent-based mode in the units of the inside: mm, N, MPa, day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from spondyl.errors import CultureError, Mistake
from spondyl.quantity import Parameter, convert_number, shipped

GRAVITY = 9.80665
"""Standard acceleration, m/s²."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """How cells press, stick, crawl, divide and shrink.

    Parameters
    ----------
    modulus_mpa, poisson : of a cell.
    spacing : distance at rest of two cells over the sum of their radii.
    reach : distance up to which they pull, over the sum of their radii.
    viscosity : friction of two touching cells over the sum of their radii, MPa day.
    medium_viscosity : of medium, MPa day.
    excess_weight : weight of a cell in medium, N/mm³.
    speed : root mean square speed of crawling, mm/day.
    persistence : time a crawling cell keeps its direction, day.
    resting : time in which cells cease to crawl, day; infinite: never.
    traction : strength of the pull of protrusions, a share of the force that presses two cells flat.
    grasp : distance up to which protrusions pull, over the sum of the radii.
    crowding : neighbours at which a cell stops dividing; infinite: it never does.
    compacting : neighbours at which a cell is as small as within a spheroid.
    regrowth : time in which the daughters of a division grow up, day.
    cleared : share of its volume at death below which a dead cell is gone.
    packing : volumes of cells over that of the spheroid they make.
    free_volume : of a cell in suspension, mm³.
    anoikis : hazard that a cell without neighbours adds, 1/day.
    cube : edge of the cubes for oxygen and glucose, mm.
    tolerance : largest force out of balance, as a share of the force that presses two cells flat.
    passes : evaluations of all forces after which a step is taken as it is; the next goes on from there.

    Raises
    ------
    CultureError
        With every number that is not finite or out of its range.

    Examples
    --------
    >>> round(parameters().speed, 3)
    0.144
    """

    modulus_mpa: float
    poisson: float
    spacing: float
    reach: float
    viscosity: float
    medium_viscosity: float
    excess_weight: float
    speed: float
    persistence: float
    resting: float
    traction: float
    grasp: float
    crowding: float
    compacting: float
    regrowth: float
    cleared: float
    packing: float
    free_volume: float
    anoikis: float
    cube: float = 0.025
    tolerance: float = 3e-3
    passes: int = 300

    def __post_init__(self) -> None:
        wrong = []
        for field in fields(self):
            given, zero = getattr(self, field.name), field.name in _MAY_BE_ZERO
            endless = field.name in _MAY_BE_ENDLESS and given == math.inf
            if not (endless or (math.isfinite(given) and (given > 0 or (zero and given == 0)))):
                allowed = "must be a finite number, " + ("zero or more" if zero else "above zero")
                wrong.append(Mistake(f"agents.{field.name}", f"{given:g}", allowed))
        if not wrong:
            wrong = _together(self)
        if wrong:
            raise CultureError(wrong)


_MAY_BE_ENDLESS = frozenset({"crowding", "resting"})
_MAY_BE_ZERO = frozenset({"poisson", "excess_weight", "speed", "traction", "anoikis"})


def _together(given: Parameters) -> list[Mistake]:
    wrong = []
    if not given.poisson <= 0.5:
        wrong.append(Mistake("agents.poisson", f"{given.poisson:g}", "must be at most 0.5"))
    if not 0.3 < given.spacing < 1:
        wrong.append(Mistake("agents.spacing", f"{given.spacing:g}", "must lie between 0.3 and 1"))
    if not 1 < given.reach <= 2:
        wrong.append(Mistake("agents.reach", f"{given.reach:g}", "must lie above 1 and at or below 2"))
    if not given.cleared < 1:
        wrong.append(Mistake("agents.cleared", f"{given.cleared:g}", "must be below 1"))
    return wrong


def parameters(
    own: Mapping[str, Parameter] | None = None, common: Mapping[str, Parameter] | None = None
) -> Parameters:
    """Return the numbers of the tables.

    Parameters
    ----------
    own : table of the stage ``spheroid/agents``; None for the shipped one.
    common : table of the stage ``spheroid``; None for the shipped one.
    """
    table = {**(common or shipped()["spheroid"]), **(own or shipped()["spheroid/agents"])}

    def number(name: str, unit: str) -> float:
        row = table[name]
        return convert_number(row.value, row.unit, unit, where=f"spheroid/agents › {name}")

    return Parameters(
        modulus_mpa=number("cell_modulus", "MPa"),
        poisson=number("cell_poisson", "1"),
        spacing=number("resting_spacing", "1"),
        reach=number("adhesion_reach", "1"),
        viscosity=number("cell_viscosity", "MPa*day"),
        medium_viscosity=number("medium_viscosity", "MPa*day"),
        excess_weight=number("excess_density", "kg/mm^3") * GRAVITY,
        speed=number("crawling_speed", "mm/day"),
        persistence=number("crawling_persistence", "day"),
        resting=number("crawling_rest", "day"),
        traction=number("protrusion_traction", "1"),
        grasp=number("protrusion_reach", "1"),
        crowding=number("crowding_contacts", "1"),
        compacting=number("compacting_contacts", "1"),
        regrowth=number("regrowth_time", "day"),
        cleared=number("cleared_share", "1"),
        packing=number("settled_packing", "1"),
        free_volume=number("suspended_cell_volume", "mm^3"),
        anoikis=number("anoikis_hazard", "1/day"),
    )
