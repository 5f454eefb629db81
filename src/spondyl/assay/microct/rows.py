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
    "tb_th_um",
    "tb_th_sd_um",
    "tb_th_unresolved",
    "tb_sp_um",
    "tb_sp_sd_um",
    "tb_n_per_mm",
    "smi",
    "euler",
    "conn_d_per_mm3",
    "da",
    "tmd_mgha_cm3",
    "tmd_core_mgha_cm3",
    "bmd_mgha_cm3",
)
"""Every number this assay can give of a volume of interest; densities only from calibrated scans."""

CORTEX_NAMES = ("ct_th_um", "ct_ar_mm2", "ct_po")
"""The numbers it gives besides when the bone is parted into compartments."""

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
    table += _architecture(found, bone, surface)
    table += _densities(found, bone)
    table += _cortex(found)
    return tuple(table)


def _architecture(found: Morphometry, bone: str, surface: str) -> list[Row]:
    """Return the rows of what is known of the architecture."""
    how, built = found.method, found.architecture
    if built is None:
        return []
    thickness = f"{how.thickness}; {bone}"
    known = [
        ("tb_th_um", built.tb_th_um, "µm", thickness),
        ("tb_th_sd_um", built.tb_th_sd_um, "µm", thickness),
        ("tb_th_unresolved", built.tb_th_unresolved, "1", f"share thinner than three voxels; {thickness}"),
        ("tb_sp_um", built.tb_sp_um, "µm", thickness),
        ("tb_sp_sd_um", built.tb_sp_sd_um, "µm", thickness),
        ("tb_n_per_mm", built.tb_n_per_mm, "mm⁻¹", f"{how.number}; {bone}"),
        ("smi", built.smi, "1", f"{how.model_index}; {surface}"),
        ("euler", built.euler, "1", f"{how.connectivity}; {bone}"),
        ("conn_d_per_mm3", built.conn_d_per_mm3, "mm⁻³", f"{how.connectivity}; {bone}"),
        ("da", built.da, "1", f"{how.direction}; {bone}"),
    ]
    return [Row(name, float(value), unit, text) for name, value, unit, text in known if value is not None]


def _densities(found: Morphometry, bone: str) -> list[Row]:
    how, unit = found.method, "mg HA/cm³"
    known = [
        ("tmd_mgha_cm3", found.tmd_mgha_cm3, f"{how.density} over the bone; {bone}"),
        ("tmd_core_mgha_cm3", found.tmd_core_mgha_cm3, f"{how.core_density}; {bone}"),
        ("bmd_mgha_cm3", found.bmd_mgha_cm3, f"{how.density}; {how.volume}"),
    ]
    return [Row(name, value, unit, text) for name, value, text in known if value is not None]


def _cortex(found: Morphometry) -> list[Row]:
    """Return the rows of the cortex, with compartments."""
    text = f"{found.method.cortex}; {found.method.segmentation}"
    known = zip(CORTEX_NAMES, (found.ct_th_um, found.ct_ar_mm2, found.ct_po), ("µm", "mm²", "1"), strict=True)
    return [Row(name, value, unit, text) for name, value, unit in known if value is not None]
