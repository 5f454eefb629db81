"""From what voxels are made of to Young's modulus: soft tissues add up, bone by its share to an exponent.

The exponent is that of the vertebra's own voxels (:func:`spondyl.vertebra.loading.modulus`).
Loose granules touch at points and carry nothing: β-TCP counts by how much bone there is around it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ndimage
from spondyl.healing.numbers import Numbers
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.quantity import shipped

Array = NDArray[np.float64]


def modulus_of(state: State, region: Region, known: Numbers) -> Array:
    """Return Young's modulus of each voxel of a region, MPa, 0 where it is closed."""
    table = shipped()["mechanics"]
    tissue, exponent = table["tissue_modulus"].value, table["partial_exponent"].value
    woven = state["woven_host"] + state["woven_graft"]
    mineral = np.minimum(state["mineral"], woven)
    stiff = tissue * state["lamellar"] + known["woven_modulus"] * mineral
    stiff *= (state["lamellar"] + mineral) ** (exponent - 1)
    stiff += known["fibrous_modulus"] * (woven - mineral + state["fibrous"])
    stiff += known["granulation_modulus"] * state["granulation"] + known["marrow_modulus"] * state["marrow"]
    stiff += known["cartilage_modulus"] * state["cartilage"]
    stiff += _granules(state, known)
    return np.where(region.open, stiff, 0.0)


def _granules(state: State, known: Numbers) -> Array:
    """Return what β-TCP adds: its modulus by its pores (Metsger et al. 1999), as far as bone holds it."""
    tcp = state["tcp"]
    if not tcp.any():
        return tcp
    table = shipped()["graft"]
    dense, half = table["tcp_modulus"].value, table["tcp_modulus_half"].value
    own = dense * (half / dense) ** (2 * (1 - tcp)) * (tcp > 0.01)
    around = ndimage(tcp).uniform_filter(state.bone, size=3, mode="nearest")
    held = np.minimum(around / known["granule_bond"], 1)
    loose = known["granulation_modulus"] * tcp
    found: Array = loose + held * np.maximum(own - loose, 0)
    return found
