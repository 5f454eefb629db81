"""Every assay: its panels, its summary and its values animal by animal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from spondyl.report.endpoint import assay_title
from spondyl.report.figures import svg_of
from spondyl.report.figures.panel import figure_name, mean_and_sd
from spondyl.report.material import Material
from spondyl.report.numbers import MISSING, decimals_for, number
from spondyl.report.rows import Series, natural, week_text
from spondyl.report.table import Table


@dataclass(frozen=True, slots=True)
class Panel:
    """One small figure; a wide one has many groups or weeks."""

    name: str
    svg: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Assay:
    """One assay of the page."""

    id: str
    title: str
    panels: tuple[Panel, ...]
    summary: Table
    values: Table

    @property
    def wide(self) -> bool:
        """True when the panels need more than a third of the page."""
        return any(panel.wide for panel in self.panels)


def measurements(material: Material) -> Mapping[str, object]:
    """Return one entry per assay."""
    by_assay = groupby(material.series, key=lambda series: series.endpoint.assay)
    return {
        "arms": material.arms,
        "assays": [_assay(material, name, tuple(members)) for name, members in by_assay],
    }


def _assay(material: Material, name: str, series: Sequence[Series]) -> Assay:
    figures = [material.figures[figure_name(one)] for one in series if figure_name(one) in material.figures]
    panels = tuple(Panel(one.name, svg_of(one), one.drawing.width > 360) for one in figures)
    title = assay_title(name)
    return Assay(name, title, panels, _summary(material, title, series), _values(material, title, series))


def _summary(material: Material, title: str, series: Sequence[Series]) -> Table:
    weekly = material.weekly
    head = ("Measurement", *(("Week",) if weekly else ()), *(arm.label for arm in material.arms))
    rows = []
    for one in series:
        for week in one.weeks:
            groups = [one.values(arm.group, week) for arm in material.arms]
            finest = [
                places for values in groups if (places := decimals_for(mean_and_sd(values)[1])) is not None
            ]
            cells = tuple(_spread(values, max(finest, default=None)) for values in groups)
            unit = f", {one.endpoint.unit}" if one.endpoint.unit else ""
            name = one.endpoint.opening(one.endpoint.title) + unit
            rows.append((name, *((week_text(week),) if weekly else ()), *cells))
    caption = (
        f"{title}: mean \u00b1 standard deviation (n). Descriptive; only the primary endpoint is tested."
    )
    return Table(caption, head, tuple(rows))


def _spread(values: Sequence[float], places: int | None) -> str:
    if not values:
        return MISSING
    mean, sd = mean_and_sd(values)
    spread = f" \u00b1 {number(sd, places)}" if math.isfinite(sd) else ""
    return f"{number(mean, places)}{spread} ({len(values)})"


def _values(material: Material, title: str, series: Sequence[Series]) -> Table:
    weekly = material.weekly
    found = {
        (row.group, row.week, row.animal, index): one.endpoint.scale * row.value
        for index, one in enumerate(series)
        for row in one.rows
    }
    places = [_places(one) for one in series]
    keys = sorted(
        {key[:3] for key in found}, key=lambda key: (material.place(key[0]), natural(key[2]), key[1] or 0)
    )
    rows = []
    for group, week, animal in keys:
        cells = [
            number(found.get((group, week, animal, i), math.nan), digits) for i, digits in enumerate(places)
        ]
        rows.append((animal, material.label(group), *((week_text(week),) if weekly else ()), *cells))
    units = [
        f"{one.endpoint.symbol}{f' ({one.endpoint.unit})' if one.endpoint.unit else ''}" for one in series
    ]
    head = ("Animal", "Group", *(("Week",) if weekly else ()), *units)
    return Table(f"{title}: every animal.", head, tuple(rows), frozenset({0, 1}))


def _places(series: Series) -> int | None:
    # One decimal more than the spread shows, so that animals can be told apart.
    everything = [series.endpoint.scale * row.value for row in series.rows if math.isfinite(row.value)]
    _, sd = mean_and_sd(everything)
    places = decimals_for(sd)
    whole = all(value == round(value) for value in everything)
    return 0 if whole else None if places is None else places + 1
