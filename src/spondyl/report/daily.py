"""Tables of one row a day that a simulated animal leaves, and their curves as means over an arm."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from spondyl.report.figures import Figure
from spondyl.report.figures.lines import Axes, Curve, curves_of
from spondyl.report.material import Material
from spondyl.report.story import DailyCourse

Daily = Mapping[str, Sequence[Mapping[str, Sequence[float]]]]
"""Tables by arm: of each animal, columns by name."""

Column = tuple[str, str, float]
"""Column of a table, the name of its axis, and the factor to the unit of the axis."""


def tables(material: Material, which: Callable[[DailyCourse], Path | None]) -> Daily:
    """Return one table of each animal by arm; one that is missing or damaged is passed over."""
    found: dict[str, list[Mapping[str, list[float]]]] = defaultdict(list)
    for course in material.story.courses:
        path = which(course)
        table = _table(material.folder / path) if path is not None else {}
        if table:
            found[course.group].append(table)
    return found


def _table(path: Path) -> Mapping[str, list[float]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
        return {name: [float(row[name]) for row in rows] for name in (rows[0] if rows else ())}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def curves(material: Material, daily: Daily, prefix: str, columns: Sequence[Column]) -> list[Figure]:
    """Return a figure of each column that any arm has, one curve an arm."""
    found = (_curves(material, daily, prefix, column) for column in columns)
    return [figure for figure in found if figure is not None]


def _curves(material: Material, daily: Daily, prefix: str, drawn: Column) -> Figure | None:
    column, upright, scale = drawn
    found = []
    for arm in material.arms:
        own = [one for one in daily.get(arm.group, ()) if column in one and one.get("day")]
        if not own:
            continue
        length = min(len(one["day"]) for one in own)
        mean = scale * np.mean([one[column][:length] for one in own], axis=0)
        days, place = tuple(own[0]["day"][:length]), material.place(arm.group)
        found.append(Curve(arm.group, days, tuple(float(y) for y in mean), place))
    if not found:
        return None
    return curves_of(Axes(f"{prefix}_{column}", upright, upright, "day"), found)
