"""What fills a defect, as rows of the tidy table."""

from __future__ import annotations

from spondyl.assay.microct.filling import Filling
from spondyl.assay.microct.rows import UNITS, Row

NAMES = {
    "threshold": "", "planned_mm3": "mm³", "tv_mm3": "mm³", "bv_mm3": "mm³", "bv_tv": "1",
    "bv_low_mm3": "mm³", "bv_high_mm3": "mm³", "new_bv_mm3": "mm³", "new_bv_tv": "1",
    "scaffold_mm3": "mm³", "scaffold_low_mm3": "mm³", "scaffold_high_mm3": "mm³", "scaffold_tv": "1",
    "union_score": "1", "neck_mm2": "mm²", "neck_share": "1", "doubtful": "1", "wrong": "1",
    "likeness": "1", "likeness_chance": "1", "overlap": "1", "rotation_deg": "°",
}  # fmt: skip
"""Every number this measurement can give, and its unit; that of the threshold is the scan's own."""

OF_UNION = ("union_score", "neck_mm2", "neck_share")


def rows(found: Filling) -> tuple[Row, ...]:
    """Return one row per number that is known."""
    given = found.as_json()
    return tuple(
        Row(name, float(str(given[name])), _unit(found, name), _method(found, name))
        for name in NAMES
        if name in given
    )


def concern(found: Filling) -> float:
    """Return the largest ratio of a figure to its limit: of the phases, and of the registration."""
    registered = found.registration
    told = 0.0 if found.phases is None else found.phases.concern
    return max(told, 0.0 if registered is None else registered.least / registered.likeness)


def _unit(found: Filling, name: str) -> str:
    return NAMES[name] if name != "threshold" else UNITS.get(found.shown.meaning.value, "1")


def _method(found: Filling, name: str) -> str:
    return f"{found.union.rule} {found.rule}" if name in OF_UNION else found.rule
