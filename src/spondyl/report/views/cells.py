"""The spheroids of every arm on the days before they were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spondyl.report.daily import Column, Daily, curves, tables
from spondyl.report.figures import svg_of
from spondyl.report.material import Material
from spondyl.report.numbers import number
from spondyl.report.table import Table

DRAWN: tuple[Column, ...] = (
    ("radius_um", "Radius of a spheroid (µm)", 1.0),
    ("viability", "Living share of the cells present (%)", 100.0),
    ("oxygen_middle_mM", "Oxygen in the middle (µmol/L)", 1000.0),
    ("maturity", "Maturity, 0 to 1", 1.0),
    ("alp_fold", "ALP of a cell, over the monolayer of day 0", 1.0),
    ("vegf_pg_per_cell_day", "VEGF of a cell (fg a day)", 1000.0),
    ("bmp2_pg_per_cell_day", "BMP-2 of a cell (fg a day)", 1000.0),
    ("BGLAP_fold", "BGLAP, over the monolayer of day 0", 1.0),
)

TOLD: tuple[tuple[str, str, float, int], ...] = (
    ("day", "days in culture", 1.0, 0),
    ("radius_um", "radius of a spheroid, µm", 1.0, 0),
    ("cells_each", "living cells in one", 1.0, 0),
    ("viability", "living share of the cells present, %", 100.0, 1),
    ("survival", "living cells over those seeded, %", 100.0, 1),
    ("oxygen_middle_mM", "oxygen in the middle, µmol/L", 1000.0, 0),
    ("glucose_medium_mM", "glucose in the medium, mmol/L", 1.0, 2),
    ("maturity", "maturity, 0 to 1", 1.0, 2),
    ("alp_fold", "ALP of a cell, over the monolayer of day 0", 1.0, 2),
    ("vegf_pg_per_cell_day", "VEGF of a cell, fg a day", 1000.0, 2),
    ("bmp2_pg_per_cell_day", "BMP-2 of a cell, fg a day", 1000.0, 3),
)
"""Column, words, factor to their unit, and decimals, of the table of the last day."""


def cells(material: Material) -> Mapping[str, object]:
    """Return the curves of every arm that was given spheroids, and how these stood on the last day."""
    daily = tables(material, lambda course: course.culture)
    return {
        "panels": [svg_of(figure) for figure in curves(material, daily, "cells", DRAWN)],
        "table": _last_day(material, daily),
    }


def _last_day(material: Material, daily: Daily) -> Table:
    arms = [arm for arm in material.arms if daily.get(arm.group)]
    rows = []
    for column, words, scale, digits in TOLD:
        rows.append((words, *(_range(daily[arm.group], column, scale, digits) for arm in arms)))
    caption = "Spheroids on the day they were given: one value, or the range over the batches of cells."
    return Table(caption, ("", *(arm.label for arm in arms)), tuple(rows))


def _range(own: Sequence[Mapping[str, Sequence[float]]], column: str, scale: float, digits: int) -> str:
    values = [scale * one[column][-1] for one in own if one.get(column)]
    if not values:
        return "–"
    low, high = number(min(values), digits), number(max(values), digits)
    return low if low == high else f"{low} to {high}"
