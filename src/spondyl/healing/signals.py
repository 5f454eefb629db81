"""VEGF and BMP-2: given off by cells, spread, decay; they live for hours and are at rest.

    0 = ∇·(D ∇c) − λ c + s

Graft cells give off what their lot's expression says, more VEGF where oxygen is low; host cells give off
VEGF for want of oxygen only, osteoblasts BMP-2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.healing.numbers import PER_ML
from spondyl.healing.process import Change, Now, half
from spondyl.transport import steady

Array = NDArray[np.float64]

TOLERANCE = 1e-3


def signals(now: Now, days: float) -> Change:  # noqa: ARG001 - at rest whatever the step
    """Return VEGF and BMP-2."""
    p = now.known
    graft = now["progenitor_graft"] + now["osteoblast_graft"]
    starved = 1 - half(now["oxygen"], p["oxygen_half_death"])
    host = now["progenitor_host"] + now["osteoblast_host"] + now["fibroblast"] + now["chondrocyte"]
    host = host + now["macrophage"] + now["m1"] + now["m2"]
    gain = 1 + (p["vegf_hypoxia_gain"] - 1) * starved
    vegf = graft * now.region.vegf * gain + PER_ML * p["vegf_host"] * host * starved
    builders = now["osteoblast_host"] + now["osteoblast_graft"]
    bmp2 = graft * now.region.bmp2 + PER_ML * p["bmp2_osteoblast"] * builders
    return Change(
        {
            "vegf": _spread(now, vegf, "vegf", p["vegf_diffusivity"], p["vegf_decay"]),
            "bmp2": _spread(now, bmp2, "bmp2", p["bmp2_diffusivity"], p["bmp2_decay"]),
        }
    )


def _spread(now: Now, made: Array, name: str, diffusivity: float, decay: float) -> Array:
    """Return a factor at rest; `made` in ng/mL/day."""
    if not made.any():
        return made
    found = steady(
        now.domain,
        diffusivity,
        0.0,
        1.0,
        decay,
        made / decay,
        start=now[name],
        tolerance=TOLERANCE,
        threads=now.threads,
    )
    return found.field
