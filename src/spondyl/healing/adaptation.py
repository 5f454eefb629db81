"""Bone adapts to load on its surfaces, between a range in which it neither grows nor wanes (Schulte et al.
2013).

    b' = u₊ φ(x) |∇b|↑ − u₋ h φ(−x) |∇b|↓,   x = log₁₀(ψ / ψ₀),   φ(x) = ((x − z) / 1)₊ up to 1

ψ is the strain energy density of bone tissue (at a growing surface the largest among its neighbours), z
half the lazy
zone, h the host's resorption. ψ₀ is where the intact bone of a healthy animal gains as much as it loses.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spondyl.arrays import ndimage, ratio
from spondyl.healing.numbers import Numbers
from spondyl.healing.process import Change, Now
from spondyl.healing.region import Region
from spondyl.healing.state import State
from spondyl.transport import growing, waning

Array = NDArray[np.float64]


def adaptation(now: Now, days: float) -> Change:
    """Return bone after it adapted; nothing happens without a reference."""
    if now.load.reference <= 0:
        return Change({})
    rise, fall = speeds(now.state, now.region, now.load.energy, now.load.reference, now.known)
    marrow = now["marrow"]
    gained = np.minimum(rise * now.host["formation"] * days, 0.9 * marrow)
    bone = now.state.bone
    lost = np.minimum(fall * now.host["resorption"] * days, bone)
    left = 1 - ratio(lost, bone)
    volume = now.region.voxel_mm3
    return Change(
        {
            "lamellar": now["lamellar"] * left + gained,
            "woven_host": now["woven_host"] * left,
            "woven_graft": now["woven_graft"] * left,
            "mineral": now["mineral"] * left,
            "marrow": marrow - gained + lost,
        },
        {"bone adapted up": float(gained.sum()) * volume, "bone adapted down": float(lost.sum()) * volume},
    )


def speeds(
    state: State, region: Region, energy: Array, reference: float, known: Numbers
) -> tuple[Array, Array]:
    """Return the shares of a voxel that a day adds and takes."""
    return _at(_surfaces(state, region, energy), reference, known)


class _Surfaces(NamedTuple):
    """What speeds depend on but the reference: energies at a voxel and around it, surfaces that can move."""

    energy: Array
    near: Array
    rising: Array
    falling: Array


def _surfaces(state: State, region: Region, energy: Array) -> _Surfaces:
    bone, open_, edges = state.bone, region.open, region.edges
    rising = growing(bone, open_, edges) * (state["marrow"] > 0)
    falling = waning(bone, open_, edges) * (energy > 0)
    return _Surfaces(energy, ndimage(energy).maximum_filter(energy, size=3), rising, falling)


def _at(surfaces: _Surfaces, reference: float, known: Numbers) -> tuple[Array, Array]:
    zone, tiny = known["lazy_zone"], 1e-12
    up = np.clip(np.log10(np.maximum(surfaces.near, tiny) / reference) - zone, 0, 1)
    down = np.clip(-np.log10(np.maximum(surfaces.energy, tiny) / reference) - zone, 0, 1)
    return known["adapt_growth"] * up * surfaces.rising, known["adapt_loss"] * down * surfaces.falling


def reference_of(state: State, region: Region, energy: Array, known: Numbers) -> float:
    """Return the energy density at which the bone of the region gains as much as it loses, MPa.

    Bone beside the defect, whose load the hole has changed, does not count.
    """
    whole = ndimage(energy).maximum_filter(region.hole, size=5) <= 0
    known_energy = energy[(energy > 0) & whole]
    if known_energy.size == 0:
        return 0.0
    low, high = np.log10(float(known_energy.min())) - 2, np.log10(float(known_energy.max())) + 2
    surfaces = _surfaces(state, region, energy)
    for _ in range(50):
        middle = (low + high) / 2
        rise, fall = _at(surfaces, 10**middle, known)
        low, high = (middle, high) if (rise - fall)[whole].sum() > 0 else (low, middle)
    return float(10 ** ((low + high) / 2))
