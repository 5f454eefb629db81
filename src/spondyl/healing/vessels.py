"""Vessels advance from marrow into the defect, where VEGF calls and strain allows; not through β-TCP.

v' = ∇·(D ∇v) − ∇·(χ v ∇ V/(V + h)) + r [β + (1 − β) V/(V + h)] v (1 − v / room)
"""

from __future__ import annotations

import numpy as np

from spondyl.arrays import ratio
from spondyl.healing.process import Change, Now, below, half, relaxed
from spondyl.transport import diffuse, drift


def vessels(now: Now, days: float) -> Change:
    """Return the density of vessels after a step."""
    p = now.known
    called = half(now["vegf"], p["vegf_half"])
    growing = p["vessel_base"] + (1 - p["vessel_base"]) * called
    allowed = below(now.load.strain, p["vessel_strain"])
    v = now["vessel"]
    spread = diffuse(now.domain, v, p["vessel_diffusivity"] * allowed, days, threads=now.threads)
    if p["vessel_call"] > 0:
        spread = drift(now.domain, spread, called, p["vessel_call"] * allowed, days, threads=now.threads)
    rate = p["vessel_growth"] * growing * allowed
    room = now.domain.share
    grown = relaxed(spread, rate * spread, ratio(rate * spread, room), days)
    gained = float((grown - v).sum()) * now.region.voxel_mm3
    return Change({"vessel": np.minimum(grown, room)}, {"vessels gained": gained})
