"""Healing day by day, as the simulation knows it, and where bone came from and cells went."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from spondyl.report.figures import Figure, svg_of
from spondyl.report.figures.lines import Axes, Curve, curves_of
from spondyl.report.material import Material
from spondyl.report.numbers import number
from spondyl.report.table import Table

DAILY = (
    ("new_bone_mm3", "New bone in the defect (mm³)", 1.0),
    ("woven_graft_mm3", "Woven bone laid down by graft cells (mm³)", 1.0),
    ("tcp_mm3", "β-TCP (mm³)", 1.0),
    ("vessels", "Vessels over those of marrow", 1.0),
    ("oxygen_mM", "Oxygen in the defect (µmol/L)", 1000.0),
    ("graft_cells", "Living graft cells (thousands)", 1e-3),
    ("host_osteoblasts", "Osteoblasts of the host", 1.0),
    ("stiffness_N_per_mm", "Stiffness of the vertebra (N/mm)", 1.0),
)
"""Columns of the daily table that are drawn, with the names of their axes and the factor to their units."""

BUDGET = (
    ("bone of host formed", "bone laid down by host cells, mm³", 1.0),
    ("bone of graft formed", "bone laid down by graft cells, mm³", 1.0),
    ("cartilage ossified", "bone by way of cartilage, mm³", 1.0),
    ("woven bone replaced", "woven bone replaced by the host's lamellar bone, mm³", 1.0),
    ("tcp resorbed", "β-TCP resorbed, mm³", 1.0),
    ("progenitor_graft starved", "graft progenitors that died for want of oxygen, thousands", 1e-3),
    ("progenitor_graft cleared", "graft progenitors cleared, thousands", 1e-3),
    ("osteoblast_graft born", "osteoblasts that came of graft cells, thousands", 1e-3),
    ("osteoblast_host born", "osteoblasts that came of host cells, thousands", 1e-3),
    ("oxygen given", "oxygen given by vessels, nmol", 1.0),
)
"""Rows of the account of what happened, with their units."""

Daily = Mapping[str, Sequence[Mapping[str, Sequence[float]]]]


def healing(material: Material) -> Mapping[str, object]:
    """Return the curves of every arm and the account of what happened up to the end."""
    daily = _read(material, "path")
    figures = [figure for column in DAILY if (figure := _curves(material, daily, *column))]
    return {"panels": [svg_of(figure) for figure in figures], "table": _account(material)}


def _read(material: Material, which: str) -> dict[str, list[dict[str, list[float]]]]:
    """Return the tables of all animals by arm; one that is missing or damaged is passed over."""
    found: dict[str, list[dict[str, list[float]]]] = defaultdict(list)
    for course in material.story.courses:
        table = _table(material.folder / getattr(course, which))
        if table:
            found[course.group].append(table)
    return found


def _table(path: Path) -> dict[str, list[float]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
        return {name: [float(row[name]) for row in rows] for name in (rows[0] if rows else ())}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _curves(material: Material, daily: Daily, column: str, upright: str, scale: float) -> Figure | None:
    curves = []
    for arm in material.arms:
        own = [one for one in daily.get(arm.group, ()) if column in one and one.get("day")]
        if not own:
            continue
        length = min(len(one["day"]) for one in own)
        mean = scale * np.mean([one[column][:length] for one in own], axis=0)
        curves.append(Curve(arm.group, tuple(own[0]["day"][:length]), tuple(float(y) for y in mean)))
    if not curves:
        return None
    return curves_of(Axes(f"healing_{column}", upright, upright, "day"), curves)


def _account(material: Material) -> Table:
    budgets = _read(material, "budget")
    arms = [arm for arm in material.arms if budgets.get(arm.group)]
    rows = []
    for key, words, scale in BUDGET:
        cells = []
        for arm in arms:
            values = [one[key][-1] for one in budgets[arm.group] if one.get(key)]
            cells.append(number(scale * float(np.mean(values)), 2) if values else "–")
        rows.append((words, *cells))
    caption = "What happened up to the last follow-up: means over the animals of an arm."
    return Table(caption, ("", *(arm.label for arm in arms)), tuple(rows))
