"""What the person chose before the plate is analysed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from spondyl.errors import MeasurementError, Mistake

HIGHEST = 1.2
"""An efficiency above this is no efficiency: 1 is a doubling; 2 is meant as copies a cycle."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plate becomes fold changes.

    Parameters
    ----------
    reference : genes that the others are measured against, at least one.
    control : group that the others are compared with.
    efficiency : "table" for those the file states, or else its standard curves; or one number for all genes,
        1.0 for a doubling each cycle.
    efficiencies : by gene, 1.0 for a doubling; comes before `efficiency`.
    choose_references : keep of the reference genes the steadiest ones only, as many as geNorm's V asks for.
    calibrators : samples that are on every plate, by which plates are brought together.
    variance : "pooled" when all groups spread alike, "welch" when each has a spread of its own.

    Raises
    ------
    MeasurementError
        No reference gene, no control, or an efficiency that cannot be.
    """

    reference: tuple[str, ...]
    control: str
    efficiency: float | Literal["table"] = 1.0
    efficiencies: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    choose_references: bool = False
    calibrators: tuple[str, ...] = ()
    variance: Literal["pooled", "welch"] = "pooled"

    def __post_init__(self) -> None:
        wrong = []
        if not self.reference or not all(self.reference):
            allowed = "name one or more genes that do not change, such as --reference GAPDH,RPL13A"
            wrong.append(Mistake("reference", "no reference gene", allowed))
        if len(set(self.reference)) < len(self.reference):
            wrong.append(Mistake("reference", ", ".join(self.reference), "name each gene once"))
        if not self.control:
            wrong.append(Mistake("control", "no group", "name the group that others are compared with"))
        if self.efficiency != "table":
            wrong += _efficiency("efficiency", self.efficiency)
        for gene, value in self.efficiencies.items():
            wrong += _efficiency(f"efficiency of {gene}", value)
        if self.variance not in ("pooled", "welch"):
            wrong.append(Mistake("variance", repr(self.variance), "must be pooled or welch"))
        if wrong:
            raise MeasurementError(wrong)


def _efficiency(where: str, value: float) -> list[Mistake]:
    if math.isfinite(value) and 0.5 <= value <= HIGHEST:
        return []
    allowed = f"must lie from 0.5 to {HIGHEST:g}; 1.0 is a doubling each cycle, 1.93 copies a cycle are 0.93"
    return [Mistake(where, f"{value:g}", allowed)]
