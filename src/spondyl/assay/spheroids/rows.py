"""The measurement of a picture as rows of the tidy table: means over its whole spheroids."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.assay.microct.rows import Row
from spondyl.assay.spheroids.measurement import Spheroids

UNITS: Mapping[str, str] = {
    "count": "1",
    "diameter_um": "um",
    "diameter_sd_um": "um",
    "circularity": "1",
    "necrotic_share": "1",
    "inhibited_share": "1",
    "dead_fraction": "1",
}
"""Every number that a picture can give, with its unit."""


def rows(found: Spheroids) -> tuple[Row, ...]:
    """Return one row for each number that is known.

    Parameters
    ----------
    found : of one picture; the mean of its spheroids stands for the animal that was given them.
    """
    told = found.as_json()
    how = f"mean of {len(found.whole)} whole spheroids of one picture, pixel {found.pixel_um:.4g} um"
    return tuple(
        Row(name, float(value), unit, how)
        for name, unit in UNITS.items()
        if isinstance(value := told.get(name), int | float)
    )
