"""Progenitors come from marrow, spread, and go where BMP-2 calls; graft cells spread slowly.

n' = ∇·(D ∇n) − ∇·(χ n ∇ B/(B + h)) + k m (n₀ − n / r),

with m of marrow in the room r that bone leaves.
"""

from __future__ import annotations

import numpy as np

from spondyl.arrays import ratio
from spondyl.healing.process import Change, Now, half, relaxed
from spondyl.transport import diffuse, drift

MOVING = ("progenitor_host", "progenitor_graft", "ripe_graft")


def migration(now: Now, days: float) -> Change:
    """Return progenitors after a step."""
    p = now.known
    slow = p["progenitor_diffusivity"] * p["graft_motility"]
    moving = [name for name in MOVING if now[name].any()]
    if not moving:
        return Change({})
    speeds = np.array([p["progenitor_diffusivity"] if name == MOVING[0] else slow for name in moving])
    moved = diffuse(now.domain, np.stack([now[name] for name in moving]), speeds, days, threads=now.threads)
    fields = dict(zip(moving, moved, strict=True))
    host = fields.get("progenitor_host", now["progenitor_host"])
    if p["haptotaxis"] > 0 and now["bmp2"].any() and host.any():
        called = half(now["bmp2"], p["bmp2_call"])
        host = drift(
            now.domain, host, called, p["haptotaxis"], days, ceiling=p["most_cells"], threads=now.threads
        )
    return Change(fields | {"progenitor_host": host})


def recruitment(now: Now, days: float) -> Change:
    """Return host progenitors after marrow replaced those that left."""
    p = now.known
    rate = p["progenitor_supply"] * now["marrow"]
    wanted = p["progenitor_marrow"] * now.host["progenitors"]
    after = relaxed(now["progenitor_host"], rate * wanted, ratio(rate, now.domain.share), days)
    gained = float((after - now["progenitor_host"]).sum()) * now.region.voxel_mm3
    return Change({"progenitor_host": after}, {"progenitor_host recruited": gained})
