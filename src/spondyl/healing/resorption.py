"""Osteoclasts come where there is a surface to resorb and vessels bring them; they take β-TCP and woven bone.

    o' = k (ô h v σ − o),   t' = −v_t |∇t|↓ o/ô,   w' = −v_w |∇b|↓ (w/b) o/ô

σ is 1 beside a surface of woven bone or β-TCP, h the host's resorption.
"""

from __future__ import annotations

import numpy as np

from spondyl.arrays import ratio
from spondyl.healing.process import Change, Now, injured, relaxed
from spondyl.transport import waning


def resorption(now: Now, days: float) -> Change:
    """Return osteoclasts, β-TCP and woven bone after a step; what goes leaves granulation tissue."""
    p, edges, open_ = now.known, now.region.edges, now.region.open
    woven = now["woven_host"] + now["woven_graft"]
    bone = now.state.bone
    scaffold = now.region.packing * now["tcp"]
    surface = np.minimum(waning(scaffold + woven, open_, edges) * max(edges), 1)
    full = p["osteoclast_full"]
    wanted = full * now.host["resorption"] * np.minimum(now["vessel"], 1) * surface * (injured(now) > 0)
    rate = p["osteoclast_turnover"]
    clasts = relaxed(now["osteoclast"], rate * wanted, rate, days)
    eats = clasts / full * days
    tcp = np.minimum(p["tcp_erosion"] * waning(scaffold, open_, edges) * eats, now["tcp"])
    share = ratio(woven, bone)
    gone = np.minimum(p["woven_erosion"] * waning(bone, open_, edges) * share * eats, woven)
    left = 1 - ratio(gone, woven)
    volume = now.region.voxel_mm3
    return Change(
        {
            "osteoclast": clasts,
            "tcp": now["tcp"] - tcp,
            "woven_host": now["woven_host"] * left,
            "woven_graft": now["woven_graft"] * left,
            "mineral": now["mineral"] * left,
            "granulation": now["granulation"] + tcp + gone,
        },
        {"tcp resorbed": float(tcp.sum()) * volume, "woven bone resorbed": float(gone.sum()) * volume},
    )
