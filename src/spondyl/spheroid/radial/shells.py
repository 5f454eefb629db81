"""The shells themselves: how thick they are, and how they are laid anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from spondyl.compiled import kernel


@kernel
def cell_volume(cells: Any, day: float) -> float:
    """Return the volume that one cell takes on a day, mm³; its cube root settles exponentially."""
    rest, first = cells.settled_volume ** (1 / 3), cells.first_volume ** (1 / 3)
    return float((rest + (first - rest) * np.exp(-day / cells.compaction_time)) ** 3)


@kernel
def lay_faces(living: Any, dead: Any, volume: float, face: Any) -> None:
    """Set the radii of the faces from the cells that each shell holds, mm."""
    inside = 0.0
    face[0] = 0.0
    for i in range(living.size):
        inside += (living[i] + dead[i]) * volume
        face[i + 1] = (3 * inside / (4 * np.pi)) ** (1 / 3)


@kernel
def lay_anew(living: Any, dead: Any, face: Any, work: Any) -> None:
    """Spread the cells of unequal shells over equally thick ones; none is lost or made.

    Cells stand evenly within a shell, so a shell takes from each old one in proportion to the volume shared.
    """
    shells = living.size
    outer = face[shells]
    for new in range(shells):
        work[0, new] = work[1, new] = 0.0
    old = 0
    for new in range(shells):
        low, high = outer * new / shells, outer * (new + 1) / shells
        while old < shells:
            held = face[old + 1] ** 3 - face[old] ** 3
            shared = min(high, face[old + 1]) ** 3 - max(low, face[old]) ** 3
            if held > 0 and shared > 0:
                work[0, new] += living[old] * min(1.0, shared / held)
                work[1, new] += dead[old] * min(1.0, shared / held)
            if face[old + 1] > high and new < shells - 1:
                break
            old += 1
    for new in range(shells):
        living[new], dead[new] = work[0, new], work[1, new]
