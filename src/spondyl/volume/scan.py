"""Volumes and scans: arrays that know where they lie and what their values mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from spondyl.errors import Mistake, ScanError
from spondyl.volume.grid import Grid

Index = int | slice


class Meaning(StrEnum):
    """What the numbers of a volume are."""

    DENSITY = "mg HA/cm3"
    HOUNSFIELD = "HU"
    RAW = "raw"
    LABELS = "labels"


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A field on a grid: what the simulation passes around and the instruments record.

    Parameters
    ----------
    array : shape ``grid.shape`` (z, y, x).
    grid : where the voxels lie.
    meaning : what the numbers are.

    Raises
    ------
    ScanError
        If the array does not have the shape of the grid.
    """

    array: NDArray[np.generic]
    grid: Grid
    meaning: Meaning

    def __post_init__(self) -> None:
        if self.array.shape != self.grid.shape:
            raise ScanError(
                Mistake(
                    "volume", f"an array of shape {self.array.shape}", f"its grid has shape {self.grid.shape}"
                )
            )


@dataclass(frozen=True, slots=True)
class Source:
    """Where a scan came from.

    Parameters
    ----------
    path : file or folder that was read.
    format : name of the format, e.g. ``"NIfTI"``.
    header : entries of the file's header that are worth keeping, as text.
    notes : remarks for the person, e.g. that a given voxel size overrode the file's.
    """

    path: Path
    format: str
    header: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """An image as an instrument wrote it, simulated or real.

    The stored numbers stay as the file has them (and may be memory-mapped); the values they stand for are
    ``slope * stored + intercept``, whose meaning is `meaning`. So a calibrated scan costs no more memory
    than a raw one, and every assay reads it slab by slab through :meth:`slab`.

    Parameters
    ----------
    stored : numbers of the file, shape ``grid.shape`` (z, y, x), any real dtype.
    grid : where the voxels lie.
    meaning : what the *values* are, after slope and intercept.
    slope, intercept : linear calibration from stored numbers to values.
    source : where the scan came from; None for one made in memory.
    """

    stored: NDArray[np.generic]
    grid: Grid
    meaning: Meaning
    slope: float = 1.0
    intercept: float = 0.0
    source: Source | None = None

    def __post_init__(self) -> None:
        if self.stored.shape != self.grid.shape:
            raise ScanError(
                Mistake(
                    "scan", f"an array of shape {self.stored.shape}", f"its grid has shape {self.grid.shape}"
                )
            )
        if not (np.isfinite(self.slope) and np.isfinite(self.intercept)) or self.slope == 0:
            raise ScanError(
                Mistake(
                    "scan calibration",
                    f"slope {self.slope}, intercept {self.intercept}",
                    "must be finite, slope not zero",
                )
            )

    @property
    def name(self) -> str:
        """Short name for messages: the file's name, or 'scan'."""
        return self.source.path.name if self.source else "scan"

    def slab(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the values of slices ``start:stop`` as float64, shape (stop - start, y, x)."""
        return self.within(slice(start, stop))

    def within(self, box: Index | tuple[Index, ...]) -> NDArray[np.float64]:
        """Return the values of what numbers and slices (z, y, x) choose as float64."""
        values = np.asarray(self.stored[box], dtype=np.float64)
        if self.slope != 1.0:
            values = values * self.slope
        if self.intercept != 0.0:
            values = values + self.intercept
        return values

    def slabs(self, thickness: int) -> Iterator[tuple[int, int]]:
        """Yield ``(start, stop)`` pairs of at most `thickness` slices that cover the scan."""
        for start in range(0, self.grid.shape[0], thickness):
            yield start, min(start + thickness, self.grid.shape[0])

    def values(self) -> NDArray[np.float64]:
        """Return all values as float64, shape (z, y, x); eight bytes a voxel."""
        return self.slab(0, self.grid.shape[0])
