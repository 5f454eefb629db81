"""One step of a culture: cells live, move, and are fed where they came to be."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import CultureError, Mistake
from spondyl.spheroid.agents.contact import Contact, contact
from spondyl.spheroid.agents.crawling import crawled
from spondyl.spheroid.agents.culture import Culture
from spondyl.spheroid.agents.feeding import fed
from spondyl.spheroid.agents.living import cleared, lived
from spondyl.spheroid.agents.moving import Surroundings, move
from spondyl.spheroid.agents.parameters import Parameters
from spondyl.spheroid.agents.state import State, in_order

Array = NDArray[np.float64]


def step(state: State, culture: Culture, parameters: Parameters, days: float, *, threads: int = 1) -> State:
    """Return the state after a time; the same bits for the same state, however many threads.

    Parameters
    ----------
    state : cells now.
    culture : what stands around them.
    parameters : of the agents.
    days : length of the step; forces between cells come to rest within it.
    threads : changes no result.

    Raises
    ------
    CultureError
        The time is not a finite number above zero, or so long that a cell would divide twice, or no cell is
        left.
    """
    if not (math.isfinite(days) and days > 0):
        raise CultureError(Mistake("step", f"{days:g} days", "must be a finite time above zero"))
    now = cleared(lived(in_order(state), culture, parameters, days), parameters.cleared)
    if not len(now):
        given = f"none on day {state.day + days:g}: all died and were cleared"
        raise CultureError(Mistake("cells", given, "stop the culture before"))
    now = moved(now, culture, parameters, days, threads)
    now = replace(now, day=state.day + days, step=state.step + 1)
    return _renewed(fed(now, culture, parameters, days), culture, parameters, days)


def moved(state: State, culture: Culture, parameters: Parameters, days: float, threads: int) -> State:
    """Return the state with the cells where crawling and forces take them."""
    law = law_of(parameters)
    radius = state.radius_mm
    crawl, way = crawled(
        state.crawl, state.cell, state.seed, state.step, days, parameters.speed, parameters.persistence
    )
    # The dead do not crawl, and the living come to rest as they lay down matrix.
    free = np.where(state.living, math.exp(-state.day / parameters.resting), 0.0)[:, None]
    weight = state.volume_mm3 * (0.0 if culture.well == "open" else parameters.excess_weight)
    hold = 6 * math.pi * parameters.medium_viscosity * radius / days
    rub = parameters.viscosity / days
    limits = (parameters.tolerance, parameters.passes)
    about = Surroundings(radius, weight, hold, rub, law, culture.wall, *limits)
    done = move(state.position_mm, state.position_mm + free * way, about, threads)
    crawl = np.where(state.living[:, None], crawl, 0.0)
    return replace(state, position_mm=done.position, contacts=done.contacts, crawl=crawl)


def law_of(parameters: Parameters) -> Contact:
    """Return the law of contact."""
    given = (parameters.modulus_mpa, parameters.poisson, parameters.spacing, parameters.reach)
    return contact(*given, parameters.traction, parameters.grasp)


def _renewed(state: State, culture: Culture, parameters: Parameters, days: float) -> State:
    """Renew medium if a day of renewal ends the step before this state or lies within it."""
    glucose = state.medium_glucose_mM
    due = [day for day in culture.renewal_days if state.day - days + 1e-9 < day <= state.day + 1e-9]
    for _ in due:
        glucose += culture.renewed * (culture.fresh_mM - glucose)
    return fed(replace(state, medium_glucose_mM=glucose), culture, parameters, 0.0) if due else state
