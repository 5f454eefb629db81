"""The tables of the study file that ask for simulated animals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from spondyl.study.assay_sections import Quantity, Section, Text


class TreatmentSection(Section):
    """``[groups.NAME.treatment]``: what goes into the defect of a simulated animal; nothing leaves it empty.

    Spheroids and granules are those of :func:`spondyl.spheroid.grow` and :func:`spondyl.graft.mix`.
    """

    granules: Text | None = None
    mass: Quantity | None = None
    share: float | None = Field(default=None, gt=0, le=1)
    carrier: Text | None = None
    spheroids: int | None = Field(default=None, ge=1, le=1_000_000)
    cells_each: int = Field(default=2000, ge=1, le=1_000_000)
    osteogenic: Quantity = "7 day"
    culture: Quantity | None = None

    @property
    def fills(self) -> bool:
        """Tell whether something goes into the defect."""
        return self.granules is not None or self.spheroids is not None

    @model_validator(mode="after")
    def _says_enough(self) -> TreatmentSection:
        if self.granules is None and (self.mass is not None or self.share is not None):
            raise ValueError("has an amount of granules and no granules")
        if self.mass is not None and self.share is not None:
            raise ValueError("takes a mass or a share of granules, not both")
        return self


class SimulatedDefectSection(Section):
    """``[simulation.defect]``: the hole that the surgeon drills.

    `scatter` is the standard deviation of its place and depth between animals; the number of that name among
    those of the vertebra if it is left out.
    """

    diameter: Quantity = "2 mm"
    depth: Quantity | None = "2 mm"
    direction: Literal["anterior", "left", "right", "cranial", "caudal"] = "anterior"
    shape: Literal["cylinder", "hemisphere"] = "cylinder"
    scatter: Quantity | None = None


class CellSourceSection(Section):
    """``[simulation.cells]``: the fat that the cells come from.

    With several batches the animals of an arm take turns; every arm takes the same ones: none owns a donor.
    """

    age: Quantity = "12 week"
    fat: Quantity = "1.5 g"
    passages: int = Field(default=1, ge=1, le=10)
    batches: int = Field(default=1, ge=1, le=100)


class SimulationSection(Section):
    """``[simulation]``: how simulated animals are made, operated, followed and scanned.

    `attrition` is the share of animals that die before the end: they are drawn, and left out with the reason.
    `backend` is what heals them; "cuda" gives the same course but for round-off.
    """

    seed: int = Field(default=1, ge=0, le=2**31)
    level: Text = "L5"
    ovariectomy: Quantity | None = "12 week"
    severity: float = Field(default=1.0, ge=0, le=2)
    voxel: Quantity = "50 um"
    scan_voxel: Quantity | None = None
    attrition: float = Field(default=0.0, ge=0, lt=1)
    backend: Literal["cpu", "cuda"] = "cpu"
    weeks: tuple[float, ...] = Field(default=(0.0, 4.0, 8.0), min_length=1, max_length=60, strict=False)
    defect: SimulatedDefectSection = SimulatedDefectSection()
    cells: CellSourceSection = CellSourceSection()

    @model_validator(mode="after")
    def _weeks_rise(self) -> SimulationSection:
        rising = all(a < b for a, b in zip(self.weeks, self.weeks[1:], strict=False))
        if not rising or self.weeks[0] < 0 or self.weeks[-1] > 104:
            raise ValueError("weeks must rise from 0 or later to 104 at most")
        return self
