"""The raw data of a qPCR run: wells with their quantification cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import MeasurementError, Mistake

KINDS = ("unkn", "std", "ntc", "nrt", "ipc")
"""What a well holds: a sample, a standard of known quantity, no template, no reverse transcriptase, or a
calibrator that is on every plate. The words are RDML's, but for the last."""

ONE_GROUP = (
    "a sample belongs to one group; give animals names of their own, such as A1 and B1, or technical "
    "replicates of one animal would count as animals"
)


@dataclass(frozen=True, slots=True, eq=False)
class CtPlate:
    """Wells of one or several plates; every column has one entry a well.

    Parameters
    ----------
    sample : biological sample (an animal, a donor, a culture); wells of one sample are technical replicates.
    group : of the sample; empty for standards and controls.
    gene : target.
    replicate : number or name of the technical replicate.
    plate : run the well was in; one name throughout for a single plate.
    kind : one of :data:`KINDS`.
    cq : quantification cycle, shape (wells,); NaN where nothing was detected.
    quantity : of a standard, in any one unit; NaN elsewhere.
    factors : by gene, how many copies a cycle makes of one (2 at best), as the file states it.
    reference : genes that the file calls references.
    name : of the file.
    notes : what the reader noticed.

    Raises
    ------
    MeasurementError
        Columns of unequal length, no wells, or a sample in two groups.
    """

    sample: tuple[str, ...]
    group: tuple[str, ...]
    gene: tuple[str, ...]
    replicate: tuple[str, ...]
    plate: tuple[str, ...]
    kind: tuple[str, ...]
    cq: NDArray[np.float64]
    quantity: NDArray[np.float64]
    factors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    reference: tuple[str, ...] = ()
    name: str = "plate"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        columns = (self.sample, self.group, self.gene, self.replicate, self.plate, self.kind, self.quantity)
        if not self.cq.size or any(len(column) != self.cq.size for column in columns):
            given = "no wells" if not self.cq.size else "columns of unequal length"
            raise MeasurementError(Mistake(self.name, given, "every well needs one entry in each column"))
        _refuse_two_groups(self)

    @property
    def wells(self) -> int:
        """Number of wells."""
        return int(self.cq.size)

    def where(self, *, kind: str | None = None, gene: str | None = None) -> NDArray[np.bool_]:
        """Return which wells are of a kind and of a gene."""
        found = np.ones(self.wells, dtype=bool)
        if kind is not None:
            found &= np.array([each == kind for each in self.kind])
        if gene is not None:
            found &= np.array([each == gene for each in self.gene])
        return found

    def genes(self) -> tuple[str, ...]:
        """Return the genes of samples in the order of the file."""
        pairs = zip(self.gene, self.kind, strict=True)
        return tuple(dict.fromkeys(gene for gene, kind in pairs if kind == "unkn"))

    def groups(self) -> tuple[str, ...]:
        """Return the groups of samples in the order of the file; the empty name for samples without one."""
        pairs = zip(self.group, self.kind, strict=True)
        return tuple(dict.fromkeys(group for group, kind in pairs if kind == "unkn"))


def grouped(plate: CtPlate, groups: Mapping[str, str]) -> CtPlate:
    """Return the plate with its samples in the groups that a table gives.

    Raises
    ------
    MeasurementError
        If a sample is not in the table.
    """
    rows = list(zip(plate.sample, plate.kind, strict=True))
    missing = sorted({sample for sample, kind in rows if kind == "unkn"} - set(groups))
    if missing:
        given = f"no group for {', '.join(missing[:8])}"
        raise MeasurementError(Mistake(plate.name, given, "give each sample one line in the table of groups"))
    found = tuple(groups[sample] if kind == "unkn" else "" for sample, kind in rows)
    return replace(plate, group=found)


def _refuse_two_groups(plate: CtPlate) -> None:
    known: dict[str, str] = {}
    mistakes = []
    for sample, group, kind in zip(plate.sample, plate.group, plate.kind, strict=True):
        if kind == "unkn" and known.setdefault(sample, group) != group:
            given = f"sample {sample!r} in group {known[sample]!r} and in group {group!r}"
            mistakes.append(Mistake(plate.name, given, ONE_GROUP))
    if mistakes:
        raise MeasurementError(list(dict.fromkeys(mistakes))[:8])
