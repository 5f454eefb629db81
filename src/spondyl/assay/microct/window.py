"""A part of a scan as a scan of its own, so that what is small is measured in little memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spondyl.volume import Grid, Scan

Box = tuple[slice, slice, slice]


def around(low_mm: Sequence[float], high_mm: Sequence[float], grid: Grid, margin_voxels: int) -> Box:
    """Return the voxels between two corners and a margin around them, cut at the border of the array.

    Parameters
    ----------
    low_mm, high_mm : corners (z, y, x), mm from the outer corner of the array.
    grid : of the array.
    margin_voxels : added on every side.

    Examples
    --------
    >>> around((0.2, 0.2, 0.2), (0.4, 0.4, 0.4), Grid((9, 9, 9), (0.1, 0.1, 0.1)), 1)[0]
    slice(1, 5, None)
    """
    spans = []
    for low, high, step, count in zip(low_mm, high_mm, grid.spacing_mm, grid.shape, strict=True):
        start = int(np.floor(low / step + 1e-9)) - margin_voxels
        stop = int(np.ceil(high / step - 1e-9)) + margin_voxels
        spans.append(slice(max(0, start), min(count, stop)))
    return spans[0], spans[1], spans[2]


def around_mask(mask: NDArray[np.bool_], margin_voxels: int) -> Box:
    """Return the smallest box around what is True, grown by a margin, cut at the border of the array."""
    spans = []
    for axis, count in enumerate(mask.shape):
        held = np.flatnonzero(mask.any(axis=tuple(i for i in range(3) if i != axis)))
        spans.append(
            slice(max(0, int(held[0]) - margin_voxels), min(count, int(held[-1]) + 1 + margin_voxels))
        )
    return spans[0], spans[1], spans[2]


def cut(scan: Scan, box: Box) -> Scan:
    """Return the part of a scan in a box, with coordinates from its own corner."""
    stored = scan.stored[box]
    z, y, x = stored.shape
    return replace(scan, stored=stored, grid=Grid((z, y, x), scan.grid.spacing_mm))


def corner_mm(box: Box, grid: Grid) -> tuple[float, float, float]:
    """Return where the corner of a box lies, mm from the outer corner of the array (z, y, x)."""
    z, y, x = (span.start * step for span, step in zip(box, grid.spacing_mm, strict=True))
    return z, y, x
