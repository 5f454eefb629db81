"""Cells multiply up to a capacity, less without oxygen and under inflammation.

n' = r (1 − n / N)₊ c/(K + c) / (1 + c₁ / a) n
"""

from __future__ import annotations

import numpy as np

from spondyl.healing.process import Change, Now, crowd, half, injured


def proliferation(now: Now, days: float) -> Change:
    """Return progenitors and osteoblasts after a step.

    Ripe graft cells do not multiply; osteoblasts also go: they become osteocytes or die.
    """
    p = now.known
    breathes, here = half(now["oxygen"], p["oxygen_half"]), injured(now)
    calm = 1 / (1 + now["c1"] / p["c1_blocks_growth"])
    progenitors = now["progenitor_host"] + now["progenitor_graft"]
    room = np.maximum(1 - progenitors / p["capacity"], 0)
    rate = p["progenitor_growth"] * breathes * here * calm * room
    young = now["progenitor_graft"] - now["ripe_graft"]
    born_host = now["progenitor_host"] * np.expm1(rate * days)
    born_graft = np.maximum(young, 0) * np.expm1(rate * days)
    builders = now["osteoblast_host"] + now["osteoblast_graft"]
    where = np.minimum(here / now.region.place, 1)  # osteoblasts live in the defect's share of a voxel only
    rise = p["osteoblast_growth"] * breathes * where * np.maximum(1 - crowd(now, builders) / p["capacity"], 0)
    factor = np.exp((rise - p["osteoblast_loss"]) * days)
    volume = now.region.voxel_mm3
    return Change(
        {
            "progenitor_host": now["progenitor_host"] + born_host,
            "progenitor_graft": now["progenitor_graft"] + born_graft,
            "osteoblast_host": now["osteoblast_host"] * factor,
            "osteoblast_graft": now["osteoblast_graft"] * factor,
            "fibroblast": now["fibroblast"] * np.exp(-p["fibroblast_loss"] * days),
            "chondrocyte": now["chondrocyte"] * np.exp(-p["chondrocyte_loss"] * days),
        },
        {
            "progenitor_host born": float(born_host.sum()) * volume,
            "progenitor_graft born": float(born_graft.sum()) * volume,
        },
    )
