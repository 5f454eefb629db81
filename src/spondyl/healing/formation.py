"""Tissue is laid down: bone on surfaces and in the callus, fibrous tissue and cartilage from granulation.

    w' = [ v |∇(b + κ t)| + s (1 − b/b̂)₊ (g + f) ] B / (B + h) · min(φ(c) / φ(c_b), 1),   φ = cⁿ / (cⁿ + aⁿ)

with bone b, β-TCP t, granulation g and fibrous tissue f; v is the speed of a front full of osteoblasts B
where they breathe as well as beside a vessel; κ is what β-TCP conducts, times the surface of its granules
over what voxels show of it; oxygen is c, c_b beside a vessel (Utting et al. 2006: osteoblasts without oxygen
rest and lay down hardly any matrix). B is the density in the defect's share of the voxel, where they live.
New bone is osteoid: it has no mineral yet. It belongs to host and graft as the osteoblasts do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ratio
from spondyl.healing.numbers import Numbers
from spondyl.healing.process import Change, Now, crowd, half
from spondyl.transport import growing

Array = NDArray[np.float64]

MOST = 0.9
"""Share of a voxel's tissue that may turn in one step."""


def formation(now: Now, days: float) -> Change:
    """Return the tissues after bone was laid down."""
    p = now.known
    own = now["osteoblast_host"] * now.host["formation"]
    builders = own + now["osteoblast_graft"]
    busy = half(crowd(now, builders), p["osteoblast_half"]) * breathing(now["oxygen"], p)
    bone = now.state.bone
    ground = bone + p["tcp_conduction"] * now.region.packing * now["tcp"]
    front = p["apposition"] * growing(ground, now.region.open, now.region.edges)
    loose = now["granulation"] + now["fibrous"]
    within = p["woven_synthesis"] * np.maximum(1 - bone / p["woven_most"], 0) * loose
    made = np.minimum((front * (loose + now["cartilage"] > 0) + within) * busy * days, MOST * loose)
    left = 1 - ratio(made, loose)
    by_graft = made * ratio(now["osteoblast_graft"], builders)
    volume = now.region.voxel_mm3
    return Change(
        {
            "granulation": now["granulation"] * left,
            "fibrous": now["fibrous"] * left,
            "woven_graft": now["woven_graft"] + by_graft,
            "woven_host": now["woven_host"] + (made - by_graft),
        },
        {
            "bone of host formed": float((made - by_graft).sum()) * volume,
            "bone of graft formed": float(by_graft.sum()) * volume,
        },
    )


def breathing(oxygen: Array, known: Numbers) -> Array:
    """Return how fast osteoblasts work for want of oxygen, over those beside a vessel."""
    at, steep = known["oxygen_formation"], known["oxygen_formation_steep"]

    def worked(value: Any) -> Any:
        return 1 / (1 + (at / np.maximum(value, 1e-6)) ** steep)

    found: Array = np.minimum(worked(oxygen) / worked(known["oxygen_blood"]), 1)
    return found


def soft_formation(now: Now, days: float) -> Change:
    """Return the tissues after fibroblasts and chondrocytes worked, and cartilage with vessels ossified."""
    p = now.known
    granulation = now["granulation"]
    to_fibrous = p["matrix_synthesis"] * half(crowd(now, now["fibroblast"]), p["cell_half"])
    to_cartilage = p["matrix_synthesis"] * half(crowd(now, now["chondrocyte"]), p["cell_half"])
    total = to_fibrous + to_cartilage
    gone = granulation * -np.expm1(-total * days)
    share = ratio(gone, total)
    builders = now["osteoblast_host"] + now["osteoblast_graft"]
    ripe = p["ossification"] * np.minimum(now["vessel"], 1) * half(crowd(now, builders), p["osteoblast_half"])
    ossified = now["cartilage"] * -np.expm1(-ripe * days)
    return Change(
        {
            "granulation": granulation - gone,
            "fibrous": now["fibrous"] + share * to_fibrous,
            "cartilage": now["cartilage"] + share * to_cartilage - ossified,
            "woven_host": now["woven_host"] + ossified,
        },
        {"cartilage ossified": float(ossified.sum()) * now.region.voxel_mm3},
    )
