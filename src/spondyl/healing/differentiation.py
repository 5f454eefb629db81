"""Progenitors turn to osteoblasts, chondrocytes or fibroblasts where repair goes on.

    n → b at k f_b / (1 + c₁/a),   n → c at k_c f_c,   n → f at k_f f_f

with the fates f of :mod:`spondyl.healing.mechanoregulation`. A graft cell turns to bone at k times the
speed of its kind: that of ripe cells for its maturity, that of uncommitted ones for the rest.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ratio
from spondyl.healing.mechanoregulation import Fate, mechanoregulation
from spondyl.healing.process import Change, Now, injured

Array = NDArray[np.float64]
FateRule = Callable[..., Fate]


def differentiation(now: Now, days: float, fate: FateRule = mechanoregulation) -> Change:
    """Return progenitors and what came of them after a step.

    Parameters
    ----------
    fate : a function like :func:`spondyl.healing.mechanoregulation.mechanoregulation`.
    """
    p = now.known
    ways = fate(now.load.strain, now["oxygen"], now["bmp2"], p)
    here = injured(now)
    calm = 1 / (1 + now["c1"] / p["c1_blocks_bone"])
    bone = p["to_osteoblast"] * ways.bone * calm * here
    cartilage = p["to_chondrocyte"] * ways.cartilage * here
    fibrous = p["to_fibroblast"] * ways.fibrous * here
    host = _parted(now["progenitor_host"], (bone, cartilage, fibrous), days)
    ripe = _parted(now["ripe_graft"], (bone * p["ripe_speed"],), days)
    slow = p["uncommitted_speed"]
    young = _parted(
        np.maximum(now["progenitor_graft"] - now["ripe_graft"], 0),
        (bone * slow, cartilage * slow, fibrous * slow),
        days,
    )
    volume = now.region.voxel_mm3
    built = ripe[1] + young[1]
    return Change(
        {
            "progenitor_host": host[0],
            "progenitor_graft": ripe[0] + young[0],
            "ripe_graft": ripe[0],
            "osteoblast_host": now["osteoblast_host"] + host[1],
            "osteoblast_graft": now["osteoblast_graft"] + built,
            "chondrocyte": now["chondrocyte"] + host[2] + young[2],
            "fibroblast": now["fibroblast"] + host[3] + young[3],
        },
        {
            "osteoblast_host born": float(host[1].sum()) * volume,
            "osteoblast_graft born": float(built.sum()) * volume,
        },
    )


def _parted(cells: Array, rates: tuple[Array, ...], days: float) -> list[Array]:
    """Return the cells that stay, and those that leave at each rate; together they are all."""
    total = sum(rates[1:], rates[0])
    stay = cells * np.exp(-total * days)
    left = cells - stay
    share = ratio(left, total)
    gone = [rate * share for rate in rates]
    return [cells - sum(gone[1:], gone[0]), *gone]
