"""What the person may choose of the contours of a bone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from spondyl.errors import MeasurementError, Mistake
from spondyl.quantity import Parameter, shipped

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
    gap_mm : width of the widest gap of the shell that the periosteal contour runs across; by default
        `gap_share` times the cube root of the volume of the bone's bounding box.
    pore_mm : width of the widest pore of the cortex that opens into marrow; one that does not may be twice as
        wide. By default the mean distance of the marrow in the inner half of the bone from bone.
    trabecula_mm : thickness of the thickest trabecula; by default of the thickest bone in the inner half.
    processes : part processes (pedicles, arch) off the body.
    gap_share, process_share : shell gap and thickness of a process over the size of the bone; by default
        those of the table of the stage.
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
    gap_share: float | None = None
    process_share: float | None = None

    def __post_init__(self) -> None:
        wrong = []
        for name in (f.name for f in fields(self) if f.name.endswith("_mm")):
            length = getattr(self, name)
            if length is not None and not (math.isfinite(length) and length > 0):
                allowed = "must be a length above zero, or left out"
                wrong.append(Mistake(f"contours › {name[:-3]}", f"{length} mm", allowed))
        for name in (f.name for f in fields(self) if f.name.endswith("_share")):
            share = getattr(self, name)
            if share is not None and not 0 < share < 1:
                wrong.append(Mistake(f"contours › {name}", f"{share}", "must lie between 0 and 1"))
        if self.axis not in (None, 0, 1, 2):
            allowed = "must be 0, 1 or 2 (z, y, x), or None for three dimensions"
            wrong.append(Mistake("contours › axis", repr(self.axis), allowed))
        if wrong:
            raise MeasurementError(wrong)

    @classmethod
    def of(cls, parameters: Mapping[str, Parameter]) -> Contours:
        """Return contours with the shares of a study's own table of the stage."""
        gap, process = parameters["shell_gap"].value, parameters["process_thickness"].value
        return cls(gap_share=gap, process_share=process)

    def shares(self) -> tuple[float, float]:
        """Return the shares for the shell gap and for processes, as chosen or from the shipped table."""
        table = shipped()["assay/microct"]
        gap = table["shell_gap"].value if self.gap_share is None else self.gap_share
        process = table["process_thickness"].value if self.process_share is None else self.process_share
        return gap, process
