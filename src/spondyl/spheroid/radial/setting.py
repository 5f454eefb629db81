"""From a plan and the numbers to what the kernel is given."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.numbers import Numbers
from spondyl.spheroid.plan import Plan
from spondyl.spheroid.radial.cells import Cells, Exchange, Schedule
from spondyl.spheroid.radius import settled_cell_volume

ON_A_FLOOR = 1 / math.log(2)
"""Resistance of the medium around a ball that lies on a floor over that of a ball in the open: two touching
balls, which a ball and its mirror image are, take up ln 2 of what they would apart (Maxwell)."""

GLYCOLYSIS_ATP = 2.0
"""ATP for each glucose that becomes lactate: stoichiometry."""

AT_ONCE = 1e12
"""Diffusivity inside a single cell, mm²/day: no gradient."""

UNLIMITED = 1e18


def cells_of(plan: Plan, numbers: Numbers) -> Cells:
    """Return the rates of a cell in a plan's form of culture."""
    ball, alone = plan.form == "spheroid", plan.form == "suspension"
    growth = {"spheroid": numbers.spheroid_growth, "monolayer": numbers.monolayer_growth}.get(plan.form, 0.0)
    rest = settled_cell_volume(plan.cells_each, numbers) if ball else numbers.suspended_cell_volume
    return Cells(
        oxygen_uptake=numbers.oxygen_uptake,
        oxygen_half=numbers.oxygen_half,
        glucose_uptake=numbers.glucose_uptake,
        glucose_half=numbers.glucose_half,
        oxygen_share=numbers.spheroid_oxygen_share if ball else 1.0,
        glucose_share=numbers.spheroid_glucose_share if ball else 1.0,
        adaptation_time=numbers.adaptation_time,
        pasteur_rise=numbers.pasteur_rise,
        lactate_yield=numbers.lactate_yield,
        lactate_limit=numbers.lactate_limit,
        oxygen_atp=numbers.atp_per_oxygen * numbers.oxygen_oxidative,
        glucose_atp=GLYCOLYSIS_ATP,
        energy_half=numbers.energy_half,
        energy_steepness=numbers.energy_steepness,
        starvation_hazard=numbers.starvation_hazard,
        steady_hazard=numbers.baseline_hazard + (numbers.anoikis_hazard if alone else 0.0),
        clearing_rate=numbers.clearing_rate,
        growth_rate=growth,
        growth_oxygen_half=numbers.growth_oxygen_half,
        settled_volume=rest,
        first_volume=numbers.suspended_cell_volume / (numbers.loose_packing if ball else 1.0),
        compaction_time=numbers.compaction_time,
    )


def exchange_of(plan: Plan, numbers: Numbers) -> Exchange:
    """Return how a spheroid, or a single cell, of a plan is supplied.

    All that the cells of a well take up comes from above: oxygen through the whole depth of still medium;
    glucose out of the medium itself, so that the bottom lies below the mean by a third of what the whole
    depth would take (the parabola of a layer emptied through its floor).
    """
    ball, flat = plan.form == "spheroid", plan.form == "monolayer"
    units = plan.per_well * (1.0 if ball else plan.cells_each)
    inside = (numbers.oxygen_diffusion, numbers.glucose_diffusion, numbers.lactate_diffusion)
    outside = (
        numbers.oxygen_medium_diffusion,
        numbers.glucose_medium_diffusion,
        numbers.lactate_medium_diffusion,
    )
    area = plan.vessel.area_mm2
    through = [units * plan.depth_mm / (area * diffusivity) for diffusivity in outside]
    return Exchange(
        inside=inside if ball else (AT_ONCE, AT_ONCE, AT_ONCE),
        outside=outside,
        film=0.0 if flat else ON_A_FLOOR,
        layer=(through[0], through[1] / 3, through[2] / 3),
        share=plan.volume_ul / units,
        oxygen_above=plan.oxygen_mmHg * numbers.oxygen_solubility,
        most_cells=numbers.confluent_density * area / units if flat else UNLIMITED,
    )


def schedule_of(plan: Plan) -> Schedule:
    """Return the steps of a plan."""
    return Schedule(step=plan.days / plan.steps, steps=plan.steps, remap=False)


def medium_of(plan: Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, at each time, the glucose of fresh medium and the share of the medium that is renewed."""
    fresh = np.full(plan.steps + 1, plan.glucose_mM)
    renewed = np.zeros(plan.steps + 1)
    pace = plan.days / plan.steps
    changes = np.arange(1, int(plan.days / plan.exchange_days + 1e-9) + 1) * plan.exchange_days
    at = np.round(changes / pace).astype(int)
    renewed[at[(at > 0) & (at < plan.steps)]] = plan.renewed  # on the last day the cells are taken out
    return fresh, renewed
