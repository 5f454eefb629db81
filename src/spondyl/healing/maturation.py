"""Osteoid mineralises, woven bone becomes lamellar, granulation becomes marrow again.

μ' = (w − μ) / τ,   w → l at k v,   g → m at k_m v,   v the vessels
"""

from __future__ import annotations

import numpy as np

from spondyl.arrays import ratio
from spondyl.healing.process import Change, Now


def mineralisation(now: Now, days: float) -> Change:
    """Return the mineralised woven bone after a step."""
    woven = now["woven_host"] + now["woven_graft"]
    held = np.minimum(now["mineral"], woven)
    return Change({"mineral": held + (woven - held) * -np.expm1(-days / now.known["mineralisation"])})


def turnover(now: Now, days: float) -> Change:
    """Return woven and lamellar bone after remodelling; what was osteoid stays woven."""
    rate = now.known["lamellar_turnover"] * np.minimum(now["vessel"], 1)
    woven = now["woven_host"] + now["woven_graft"]
    ripe = ratio(now["mineral"], woven).clip(0, 1)
    gone = -np.expm1(-rate * days) * ripe
    moved = woven * gone
    return Change(
        {
            "woven_host": now["woven_host"] * (1 - gone),
            "woven_graft": now["woven_graft"] * (1 - gone),
            "mineral": np.maximum(now["mineral"] - moved, 0),
            "lamellar": now["lamellar"] + moved,
        },
        {"woven bone replaced": float(moved.sum()) * now.region.voxel_mm3},
    )


def marrow_return(now: Now, days: float) -> Change:
    """Return granulation and marrow after a step."""
    rate = now.known["marrow_return"] * np.minimum(now["vessel"], 1)
    gone = now["granulation"] * -np.expm1(-rate * days)
    return Change({"granulation": now["granulation"] - gone, "marrow": now["marrow"] + gone})
