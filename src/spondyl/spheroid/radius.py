"""How large a spheroid of so many cells becomes."""

from __future__ import annotations

import math

from spondyl.spheroid.numbers import Numbers

REFERENCE_CELLS = 30_000.0
"""Cells of the spheroid whose radius is ``radius_scale``: near the middle of the published table, where scale
and exponent are nearly uncorrelated."""


def settled_radius_mm(cells: float, numbers: Numbers) -> float:
    """Return the radius of a compacted spheroid: the fitted power law, or closest packing if that is larger.

    Examples
    --------
    >>> from spondyl.spheroid.numbers import numbers
    >>> round(1000 * settled_radius_mm(15_000, numbers("human")))
    176
    """
    fitted = numbers.radius_scale * (cells / REFERENCE_CELLS) ** numbers.radius_exponent
    return max(float(fitted), ball_radius_mm(cells * numbers.closest_cell_volume))


def settled_cell_volume(cells: float, numbers: Numbers) -> float:
    """Return the volume that a cell of a compacted spheroid takes, mm³."""
    return 4 / 3 * math.pi * settled_radius_mm(cells, numbers) ** 3 / cells


def ball_radius_mm(volume: float) -> float:
    """Return the radius of a ball of a volume in mm³."""
    return math.cbrt(3 * volume / (4 * math.pi))
