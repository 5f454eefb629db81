"""Healing day by day, as the simulation knows it, and where bone came from and cells went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spondyl.report.daily import Column, curves, tables
from spondyl.report.figures import svg_of
from spondyl.report.material import Material
from spondyl.report.numbers import number
from spondyl.report.table import Table

DAILY: tuple[Column, ...] = (
    ("new_bone_mm3", "New bone in the defect (mm³)", 1.0),
    ("woven_graft_mm3", "Woven bone laid down by graft cells (mm³)", 1.0),
    ("tcp_mm3", "β-TCP (mm³)", 1.0),
    ("vessels", "Vessels over those of marrow", 1.0),
    ("oxygen_mM", "Oxygen in the defect (µmol/L)", 1000.0),
    ("graft_cells", "Living graft cells (thousands)", 1e-3),
    ("host_osteoblasts", "Osteoblasts of the host", 1.0),
    ("stiffness_N_per_mm", "Stiffness of the vertebra (N/mm)", 1.0),
)

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


def healing(material: Material) -> Mapping[str, object]:
    """Return the curves of every arm and the account of what happened up to the end."""
    daily = tables(material, lambda course: course.path)
    return {
        "panels": [svg_of(figure) for figure in curves(material, daily, "healing", DAILY)],
        "table": _account(material),
    }


def _account(material: Material) -> Table:
    budgets = tables(material, lambda course: course.budget)
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
