"""Which species runs away."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spondyl.network.evaluate import Array, evaluate
from spondyl.network.mathml import TIME
from spondyl.network.system import System

AHEAD = 1e-10
"""How far ahead a rate is looked at, as a share of the time that has passed."""


def fastest(system: System, known: Mapping[str, float], y: Array) -> str:
    """Return the state whose rate has no value here or just ahead, else the one that changes fastest for its
    size.

    Parameters
    ----------
    known : values of constants, inputs and time.
    y : states where the integrator stopped.
    """

    def rates(state: Array) -> Array:
        symbols = {**known, **dict(zip(system.states, state.tolist(), strict=True))}
        return evaluate(system.nodes, system.rates, symbols)

    here = rates(y)
    with np.errstate(all="ignore"):
        speed = np.abs(here) / np.maximum(np.abs(y), 1e-9 * max(float(np.abs(y).max()), 1e-300))
        ahead = rates(y + here * AHEAD * abs(known[TIME]))
    for lost in (~np.isfinite(here), ~np.isfinite(ahead)):
        if lost.any():
            return system.states[int(np.argmax(lost))]
    return system.states[int(np.argmax(speed))]
