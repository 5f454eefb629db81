"""Cells die for want of oxygen (and the glucose that comes with it), and of age; transplanted ones are also
cleared.

n' = −(d + d* K / (K + c)) n
"""

from __future__ import annotations

import numpy as np

from spondyl.arrays import ratio
from spondyl.healing.process import Change, Now, half, relaxed

HOST = ("progenitor_host", "fibroblast", "chondrocyte", "osteoblast_host")


def survival(now: Now, days: float) -> Change:
    """Return the cells that are left after a step, and how many died of what."""
    p = now.known
    starved = p["starved_death"] * (1 - half(now["oxygen"], p["oxygen_half_death"]))
    fields, budget = {}, {}
    for name in HOST:
        rate = starved
        if name == "chondrocyte":
            rate = starved * p["chondrocyte_want"]
        fields[name] = relaxed(now[name], 0.0, rate, days)
        budget[f"{name} starved"] = _amount(now, now[name] - fields[name])
    total = starved + p["graft_death"]
    for name in ("progenitor_graft", "ripe_graft", "osteoblast_graft"):
        fields[name] = relaxed(now[name], 0.0, total, days)
        lost = now[name] - fields[name]
        if name != "ripe_graft":
            share = ratio(starved, total)
            budget[f"{name} starved"] = _amount(now, lost * share)
            budget[f"{name} cleared"] = _amount(now, lost * (1 - share))
    return Change(fields, budget)


def _amount(now: Now, density: np.ndarray) -> float:
    return float(density.sum()) * now.region.voxel_mm3
