"""Oxygen: from vessels, by diffusion, to the cells; at rest within seconds.

0 = ∇·(D ∇c) − q c / (K + c) + k v (c_b − c),   q = uptake of all cells
"""

from __future__ import annotations

from spondyl.healing.numbers import OXYGEN_PER_CELL
from spondyl.healing.process import Change, Now
from spondyl.transport import steady

TOLERANCE = 1e-3

BREATHING = (
    "progenitor_host", "progenitor_graft", "fibroblast", "chondrocyte", "osteoblast_host", "osteoblast_graft",
    "osteoclast", "macrophage", "m1", "m2",
)  # fmt: skip


def oxygen(now: Now, days: float) -> Change:
    """Return oxygen at rest, and how much the vessels gave."""
    p = now.known
    cells = sum((now[name] for name in BREATHING[1:]), now[BREATHING[0]])
    uptake = cells * (p["oxygen_uptake"] * OXYGEN_PER_CELL)
    uptake += p["marrow_uptake"] * (now["marrow"] + now["granulation"])
    supply = p["oxygen_exchange"] * now["vessel"]
    found = steady(
        now.domain,
        p["oxygen_diffusivity"],
        uptake,
        p["oxygen_half"],
        supply,
        p["oxygen_blood"],
        start=now["oxygen"],
        tolerance=TOLERANCE,
        threads=now.threads,
    ).field
    given = float((supply * (p["oxygen_blood"] - found).clip(0)).sum()) * now.region.voxel_mm3 * days
    return Change({"oxygen": found}, {"oxygen given": 1e-3 * given})
