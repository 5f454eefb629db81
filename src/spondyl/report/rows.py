"""The measurement table as plain rows, in the order in which the page prints them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import groupby

from spondyl.report.endpoint import Endpoint, endpoint_of, rank
from spondyl.report.story import Arm, Story


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement of one animal; `week` is None when the study has one time point only."""

    animal: str
    group: str
    week: float | None
    assay: str
    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Series:
    """All rows of one endpoint in one unit.

    Parameters
    ----------
    endpoint : name and printed unit.
    rows : the rows.
    turn : 0, or 1 and more when the table gives the endpoint in further units.
    """

    endpoint: Endpoint
    rows: tuple[Row, ...]
    turn: int

    @property
    def weeks(self) -> tuple[float | None, ...]:
        """Follow-up weeks, earliest first."""
        return tuple(sorted({row.week for row in self.rows}, key=lambda week: -1.0 if week is None else week))

    def values(self, group: str, week: float | None) -> tuple[float, ...]:
        """Return the printed (rescaled) values of one group in one week, without missing ones."""
        chosen = (row.value for row in self.rows if row.group == group and row.week == week)
        return tuple(self.endpoint.scale * value for value in chosen if math.isfinite(value))


def series_of(story: Story) -> tuple[Series, ...]:
    """Return the measurements of a story by endpoint and unit, each ordered by group, week and animal."""
    places = {arm.group: place for place, arm in enumerate(story.arms)}
    rows = sorted(_rows(story), key=lambda row: _order(row, places))
    found: list[Series] = []
    for (assay, name, unit), chosen in groupby(rows, key=lambda row: (row.assay, row.name, row.unit)):
        turn = sum((one.endpoint.assay, one.endpoint.key) == (assay, name) for one in found)
        found.append(Series(endpoint_of(assay, name, unit), tuple(chosen), turn))
    return tuple(found)


def arms_of(story: Story) -> tuple[Arm, ...]:
    """Return the arms of a story, with a measured one for any group that only the table knows."""
    known = {arm.group for arm in story.arms}
    loose = (
        sorted({str(group) for group in story.measurements["group"]} - known)
        if len(story.measurements)
        else []
    )
    counts = {group: len({row.animal for row in _rows(story) if row.group == group}) for group in loose}
    return story.arms + tuple(Arm(group, group, "measured", counts[group]) for group in loose)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that puts ``sub-2`` before ``sub-10``.

    Examples
    --------
    >>> sorted(["sub-10", "sub-2"], key=natural)
    ['sub-2', 'sub-10']
    """
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def week_text(week: float | None) -> str:
    """Print a week: ``"8"``, ``"1.5"``, or nothing when the study has one time point only."""
    return "" if week is None else f"{week:g}"


def _rows(story: Story) -> list[Row]:
    frame = story.measurements
    columns = [frame[name].tolist() for name in ("animal", "group", "week", "assay", "name", "value", "unit")]
    return [
        Row(str(animal), str(group), _week(week), str(assay), str(name), _value(value), _text(unit))
        for animal, group, week, assay, name, value, unit in zip(*columns, strict=True)
    ]


def _order(row: Row, places: dict[str, int]) -> tuple[object, ...]:
    place = places.get(row.group, len(places))
    week = -1.0 if row.week is None else row.week
    return rank(row.assay, row.name), row.unit, place, row.group, week, natural(row.animal)


def _week(given: object) -> float | None:
    week = _value(given)
    return week if math.isfinite(week) else None


def _value(given: object) -> float:
    return float(given) if isinstance(given, int | float) else math.nan


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""
