"""What the person may choose of the contours of a bone."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from spondyl.errors import MeasurementError, Mistake

GAP_SHARE = 0.1
"""Widest gap of the shell, as a share of the cube root of the volume of the bone's bounding box.

Vessels and gaps of the shell scale with the bone: 0.4 mm for a rat's vertebral body, 3 mm for a human one.
"""
PROCESS_SHARE = 0.5
"""A process is thinner than this share of the thickest part of the bone."""
PORE_SHARE = 1.0
"""Width of the widest open pore of the cortex, as a share of the mean distance of marrow from bone inside.

Between plates of spacing s that distance is s / 4, so an open pore is narrower than a quarter of the spacing.
"""
INNER_SHARE = 0.5
"""Depth, as a share of the greatest, below which bone is taken for trabecular in finding the two widths."""


@dataclass(frozen=True, slots=True)
class Contours:
    """How cortex and trabecular compartment are told apart; lengths not given are found from the image.

    Parameters
    ----------
    gap_mm : width of the widest gap of the shell that the periosteal contour runs across; by default a tenth
        of the cube root of the volume of the bone's bounding box.
    pore_mm : width of the widest pore of the cortex that opens into marrow; one that does not may be twice as
        wide. By default the mean distance of the marrow in the inner half of the bone from bone.
    trabecula_mm : thickness of the thickest trabecula; by default of the thickest bone in the inner half.
    processes : part processes (pedicles, arch) off the body.
    axis : 0, 1 or 2 (z, y, x) to contour slice by slice across that axis, as for shafts of long bones; None
        contours in three dimensions, so that end-plates belong to the cortex.

    Raises
    ------
    MeasurementError
        If a length is not finite and positive, or the axis is none of the three.
    """

    gap_mm: float | None = None
    pore_mm: float | None = None
    trabecula_mm: float | None = None
    processes: bool = True
    axis: int | None = None

    def __post_init__(self) -> None:
        wrong = []
        for name in (f.name for f in fields(self) if f.name.endswith("_mm")):
            length = getattr(self, name)
            if length is not None and not (math.isfinite(length) and length > 0):
                allowed = "must be a length above zero, or left out"
                wrong.append(Mistake(f"contours › {name[:-3]}", f"{length} mm", allowed))
        if self.axis not in (None, 0, 1, 2):
            allowed = "must be 0, 1 or 2 (z, y, x), or None for three dimensions"
            wrong.append(Mistake("contours › axis", repr(self.axis), allowed))
        if wrong:
            raise MeasurementError(wrong)
