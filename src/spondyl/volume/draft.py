"""What a format's reader found, before the voxel size is settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spondyl.volume.grid import ALIGNED, Axes, Triple
from spondyl.volume.scan import Meaning


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A scan as one file tells it.

    Parameters
    ----------
    stored : numbers of the file, shape (z, y, x).
    format : name of the format.
    spacing_mm : voxel size that the file carries, mm (z, y, x); None when it carries none.
    doubt : why the file's voxel size is missing or cannot be believed; empty when it can.
    origin_mm, axes : as in :class:`Grid`.
    meaning, slope, intercept : as in :class:`Scan`.
    header : entries worth keeping.
    notes : remarks for the person.
    """

    stored: NDArray[np.generic]
    format: str
    spacing_mm: Triple | None
    doubt: str = ""
    origin_mm: Triple = (0.0, 0.0, 0.0)
    axes: Axes = ALIGNED
    meaning: Meaning = Meaning.RAW
    slope: float = 1.0
    intercept: float = 0.0
    header: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
