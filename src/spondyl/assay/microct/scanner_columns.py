"""Columns of a scanner's table of results, their units, and what we call them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spondyl.errors import MeasurementError, Mistake

_UNIT = re.compile(r"\s*(?P<name>.*?)\s*(?:\[(?P<unit>[^\[\]]*)\])?\s*")

UNITS: dict[str, tuple[str, float]] = {
    "1": ("1", 1.0),
    "": ("1", 1.0),
    "%": ("1", 0.01),
    "mm": ("mm", 1.0),
    "um": ("mm", 0.001),
    "µm": ("mm", 0.001),
    "mm2": ("mm2", 1.0),
    "mm^2": ("mm2", 1.0),
    "mm²": ("mm2", 1.0),
    "mm3": ("mm3", 1.0),
    "mm^3": ("mm3", 1.0),
    "mm³": ("mm3", 1.0),
    "1/mm": ("1/mm", 1.0),
    "mm-1": ("1/mm", 1.0),
    "mm^-1": ("1/mm", 1.0),
    "1/mm3": ("1/mm3", 1.0),
    "1/mm^3": ("1/mm3", 1.0),
    "1/mm³": ("1/mm3", 1.0),
    "mg HA/ccm": ("mg HA/cm3", 1.0),
    "mg HA/cm3": ("mg HA/cm3", 1.0),
    "mg HA/cm^3": ("mg HA/cm3", 1.0),
    "mg HA/cm³": ("mg HA/cm3", 1.0),
    "g HA/cm3": ("mg HA/cm3", 1000.0),
    "N": ("N", 1.0),
    "N/mm": ("N/mm", 1.0),
    "MPa": ("MPa", 1.0),
    "GPa": ("MPa", 1000.0),
}
"""Units a table may be in: what is meant, and the factor to it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of results.

    Parameters
    ----------
    heading : as Scanco writes it, without unit.
    unit : that the scanner's software uses.
    name : our name; None when we have none.
    factor : from `unit` to the unit of our name.
    """

    heading: str
    unit: str
    name: str | None = None
    factor: float = 1.0

    def ours(self, value: float, unit: str, where: str) -> float:
        """Convert a number in a unit of the table to the unit of our name, or to `unit` without one."""
        meant = UNITS.get(unit.strip())
        if meant is None or meant[0] != self.unit:
            allowed = f"must be {self.unit}; correct the unit, or export the table again"
            raise MeasurementError(Mistake(where, f"the unit {unit[:40]!r}", allowed))
        return value * meant[1] * self.factor


_ALL = (
    Column("VOX-TV", "mm3", "tv_mm3"),
    Column("VOX-BV", "mm3", "bv_mm3"),
    Column("VOX-BV/TV", "1", "bv_tv"),
    Column("Conn-Dens.", "1/mm3", "conn_d_per_mm3"),
    Column("TRI-SMI", "1", "smi"),
    Column("DT-Tb.N", "1/mm", "tb_n_per_mm"),
    Column("DT-Tb.Th", "mm", "tb_th_um", 1000.0),
    Column("DT-Tb.Sp", "mm", "tb_sp_um", 1000.0),
    Column("DT-Tb.(1/N).SD", "mm"),
    Column("DT-Tb.Th.SD", "mm", "tb_th_sd_um", 1000.0),
    Column("DT-Tb.Sp.SD", "mm", "tb_sp_sd_um", 1000.0),
    Column("Mean1", "mg HA/cm3", "bmd_mgha_cm3"),
    Column("Mean2", "mg HA/cm3", "tmd_mgha_cm3"),
    Column("Mean3", "mg HA/cm3"),
    Column("Mean4", "mg HA/cm3"),
    Column("Mean5", "mg HA/cm3"),
    Column("TRI-TV", "mm3"),
    Column("TRI-BV", "mm3"),
    Column("TRI-BV/TV", "1"),
    Column("TRI-BS", "mm2", "bs_mm2"),
    Column("TRI-BS/BV", "1/mm", "bs_bv_per_mm"),
    Column("TRI-Tb.N", "1/mm"),
    Column("TRI-Tb.Th", "mm"),
    Column("TRI-Tb.Sp", "mm"),
    Column("TRI-DA", "1", "da"),
    Column("TRI-|H1|", "mm"),
    Column("TRI-|H2|", "mm"),
    Column("TRI-|H3|", "mm"),
    Column("S", "N/mm", "stiffness_N_per_mm"),
    Column("F.ult", "N", "failure_load_N"),
    Column("E.app", "MPa", "apparent_modulus_mpa"),
)
COLUMNS = {column.heading: column for column in _ALL}

IDENTITY = {
    "SampName": "sample",
    "SampNo": "sample_number",
    "MeasNo": "measurement",
    "Site": "site",
} | dict.fromkeys(
    [
        "MeasDate",
        "ListDate",
        "Filename",
        "S-DOB",
        "S-Remark",
        "Meas-Rmk",
        "Energy-I-Code",
        "Integr.Time",
        "ControlfileNo",
        "Ctrlf-Name",
        "Sigma",
        "Support",
        "Threshold",
        "Unit",
        "Data-Threshold",
        "Mean-Units",
        "El-Siz-X",
        "El-Siz-Y",
        "El-Siz-Z",
        "Dim-X",
        "Dim-Y",
        "Dim-Z",
        "Pos-X",
        "Pos-Y",
        "Pos-Z",
        "MeasNumSlices",
        "OperatorMeas",
        "OperatorEval",
        "CTDI",
        "RAW-Dir",
        "RAW-Label",
        "IMA-Dir",
        "IMA-Label",
        "ScannerID",
    ],
    "",
)
"""Columns that describe a measurement; those with a name stand in every row."""


def unit_in(heading: str) -> tuple[str, str]:
    """Split a heading such as ``"VOX-TV [mm3]"`` into name and unit, the unit empty without one.

    Examples
    --------
    >>> unit_in("CTDI[mGy]")
    ('CTDI', 'mGy')
    """
    found = _UNIT.fullmatch(heading)
    return (found["name"], (found["unit"] or "").strip()) if found else (heading.strip(), "")
