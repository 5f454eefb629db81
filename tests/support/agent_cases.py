"""Small cultures of agents for tests."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.spheroid.agents import Culture, Parameters, parameters
from spondyl.spheroid.radial.cells import Cells, Exchange

Array = NDArray[np.float64]


def cells(**changes: float) -> Cells:
    """Rates of well-fed cells that neither divide nor die unless asked to."""
    plain = Cells(
        oxygen_uptake=2.352e-3,
        oxygen_half=8e-3,
        glucose_uptake=9.2e-3,
        glucose_half=0.5,
        oxygen_share=1.0,
        glucose_share=1.0,
        adaptation_time=1.0,
        pasteur_rise=1.0,
        lactate_yield=2.0,
        lactate_limit=35.0,
        oxygen_atp=3.75,
        glucose_atp=2.0,
        energy_half=0.3,
        energy_steepness=6.0,
        starvation_hazard=0.0,
        steady_hazard=0.0,
        clearing_rate=0.2,
        growth_rate=0.0,
        growth_oxygen_half=0.0,
        settled_volume=1e-6,
        first_volume=5.2e-6,
        compaction_time=0.75,
    )
    return plain._replace(**changes)


def exchange(**changes: object) -> Exchange:
    """Endless still medium around one spheroid."""
    plain = Exchange(
        inside=(146.9, 8.64, 17.3),
        outside=(259.2, 51.8, 95.0),
        film=1.0,
        layer=(0.0, 0.0, 0.0),
        share=100.0,
        oxygen_above=0.19,
        most_cells=math.inf,
    )
    return plain._replace(**changes)  # type: ignore[arg-type]


def floating(place: Exchange | None = None, **rates: float) -> Culture:
    """An open culture without a well."""
    return Culture(cells(**rates), place or exchange(), fresh_mM=5.5, well="open")


def still(**changes: float) -> Parameters:
    """Parameters without crawling, protrusions or anoikis."""
    quiet = {"speed": 0.0, "traction": 0.0, "anoikis": 0.0, "resting": math.inf}
    return replace(parameters(), **{**quiet, **changes})


def ball(count: int, radius: float, seed: int = 0) -> Array:
    """Points evenly in a ball."""
    rng = np.random.Generator(np.random.Philox(seed))
    way = rng.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1)[:, None]
    return way * radius * np.cbrt(rng.random((count, 1)))
