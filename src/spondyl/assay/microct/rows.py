"""The measurement as rows of the tidy table."""

from __future__ import annotations

from typing import NamedTuple

from spondyl.assay.microct.morphometry import Morphometry

NAMES = (
    "threshold",
    "tv_mm3",
    "bv_mm3",
    "bv_tv",
    "bs_mm2",
    "bs_bv_per_mm",
    "bs_tv_per_mm",
    "tmd_mgha_cm3",
    "bmd_mgha_cm3",
)
"""Every number this assay can give; densities only from scans calibrated to density."""

UNITS = {"mg HA/cm3": "mg HA/cm³", "HU": "HU"}


class Row(NamedTuple):
    """One measured number: name, value, unit and how it was obtained."""

    name: str
    value: float
    unit: str
    method: str


def rows(found: Morphometry) -> tuple[Row, ...]:
    """Return one row per number; densities only when the scan is calibrated to density.

    The time a measurement took is no property of the bone and has no row.
    """
    how = found.method
    bone = f"{how.segmentation}; {how.volume}"
    surface = f"{how.surface}; {bone}"
    table = [
        Row("threshold", found.threshold, UNITS.get(found.threshold_unit, "1"), how.segmentation),
        Row("tv_mm3", found.tv_mm3, "mm³", how.volume),
        Row("bv_mm3", found.bv_mm3, "mm³", bone),
        Row("bv_tv", found.bv_tv, "1", bone),
        Row("bs_mm2", found.bs_mm2, "mm²", surface),
        Row("bs_bv_per_mm", found.bs_bv_per_mm, "mm⁻¹", surface),
        Row("bs_tv_per_mm", found.bs_tv_per_mm, "mm⁻¹", surface),
    ]
    if found.tmd_mgha_cm3 is not None:
        table.append(
            Row("tmd_mgha_cm3", found.tmd_mgha_cm3, "mg HA/cm³", f"{how.density} over the bone; {bone}")
        )
    if found.bmd_mgha_cm3 is not None:
        table.append(Row("bmd_mgha_cm3", found.bmd_mgha_cm3, "mg HA/cm³", f"{how.density}; {how.volume}"))
    return tuple(table)
