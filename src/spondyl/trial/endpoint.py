"""The primary endpoint's value of every animal, picked from the measurement table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from spondyl.errors import ComparisonError, Mistake, nearest_word
from spondyl.trial.comparison import AnimalValue, Primary

if TYPE_CHECKING:
    import pandas as pd

# Beyond this, squares overflow; no measurement comes near.
_LARGEST = 1e100
_COLUMNS = ("animal", "group", "week", "assay", "name", "value", "unit")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the comparison rests on.

    Parameters
    ----------
    values : one per animal, by group in the order of the study file, then by animal.
    unit : unit of the values.
    notes : remarks on animals that were left out.
    """

    values: tuple[AnimalValue, ...]
    unit: str
    notes: tuple[str, ...]


def pick(measurements: pd.DataFrame, primary: Primary, groups: Sequence[str]) -> Endpoint:
    """Return the endpoint of every animal of the groups compared.

    Parameters
    ----------
    measurements : tidy table with the columns animal, group, week, assay, name, value and unit.
    primary : the endpoint.
    groups : names of the groups compared, in the order of the study file.

    Raises
    ------
    ComparisonError
        With every mistake found: an endpoint or week that the table does not have, several units, an
        animal with more than one value, a value that is not finite.
    """
    _check_columns(measurements)
    rows = _rows_of_week(_rows_of_endpoint(measurements, primary), primary)
    named = rows["group"].astype(str)
    kept = rows[named.isin(list(groups))]
    mistakes = _repeats(kept) + _not_finite(kept) + _units(kept, primary)
    if mistakes:
        raise ComparisonError(mistakes)
    place = {group: index for index, group in enumerate(groups)}
    values = sorted(
        (
            AnimalValue(str(animal), str(group), float(value))
            for animal, group, value in zip(kept["animal"], kept["group"], kept["value"], strict=True)
        ),
        key=lambda animal: (place[animal.group], animal.animal),
    )
    unit = str(kept["unit"].iloc[0]) if len(kept) else ""
    return Endpoint(tuple(values), unit, _left_out(rows[~named.isin(list(groups))]))


def every_week(
    measurements: pd.DataFrame, primary: Primary, groups: Sequence[str]
) -> list[tuple[float, tuple[AnimalValue, ...]]]:
    """Return the endpoint of every week in which it was measured, by week.

    Parameters
    ----------
    measurements, primary, groups : as of :func:`pick`; the week of `primary` takes no part.

    Raises
    ------
    ComparisonError
        With every mistake found in a week.
    """
    import pandas as pd

    rows = _rows_of_endpoint(measurements, primary)
    weeks = sorted({float(week) for week in pd.to_numeric(rows["week"], errors="coerce").dropna()})
    found = ((week, pick(measurements, replace(primary, week=week), groups)) for week in weeks)
    return [(week, endpoint.values) for week, endpoint in found]  # noqa: PD011 - no table


def _check_columns(table: pd.DataFrame) -> None:
    mistakes = [
        Mistake("measurements", f"no column '{name}'", f"must have the columns {', '.join(_COLUMNS)}")
        for name in _COLUMNS
        if name not in table.columns
    ]
    if mistakes:
        raise ComparisonError(mistakes)


def _rows_of_endpoint(table: pd.DataFrame, primary: Primary) -> pd.DataFrame:
    rows = table[(table["assay"] == primary.assay) & (table["name"] == primary.name)]
    if len(rows):
        return rows
    assays = sorted({str(assay) for assay in table["assay"]})
    if primary.assay not in assays:
        raise ComparisonError(_unknown("primary.assay", primary.assay, assays))
    names = sorted({str(name) for name in table.loc[table["assay"] == primary.assay, "name"]})
    raise ComparisonError(_unknown("primary.name", primary.name, names))


def _unknown(where: str, given: str, present: Sequence[str]) -> Mistake:
    listed = ", ".join(present) or "none: the table is empty"
    return Mistake(
        where, f"'{given}'", f"must be one of those measured ({listed})", nearest_word(given, present)
    )


def _rows_of_week(rows: pd.DataFrame, primary: Primary) -> pd.DataFrame:
    import pandas as pd

    of_rows = pd.to_numeric(rows["week"], errors="coerce")
    weeks = sorted({float(week) for week in of_rows.dropna()})
    listed = ", ".join(f"{week:g}" for week in weeks) or "none"
    if primary.week is None:
        if len(weeks) > 1:
            allowed = f"must be one of the weeks measured ({listed})"
            raise ComparisonError(Mistake("primary.week", "no week", allowed))
        return rows
    near = [week for week in weeks if math.isclose(week, primary.week, rel_tol=1e-9, abs_tol=1e-9)]
    if not near:
        allowed = f"must be one of the weeks measured ({listed})"
        raise ComparisonError(Mistake("primary.week", f"{primary.week:g}", allowed))
    return rows[of_rows == near[0]]


def _repeats(rows: pd.DataFrame) -> list[Mistake]:
    """Find animals with several values: they would count as several experimental units."""
    mistakes = []
    for animal, theirs in rows.groupby("animal", sort=True):
        if len(theirs) > 1:
            places = ", ".join(str(label) for label in sorted(theirs.index))
            groups = ", ".join(sorted({str(group) for group in theirs["group"]}))
            given = f"{len(theirs)} values of the same week (rows {places}; group {groups})"
            mistakes.append(
                Mistake(
                    f"measurements, animal {animal}", given, "one value per animal: the animal is the unit"
                )
            )
    return mistakes


def _not_finite(rows: pd.DataFrame) -> list[Mistake]:
    allowed = "must be a finite number; exclude the animal with a reason or choose another endpoint"
    return [
        Mistake(f"measurements, animal {animal} (row {label})", str(value), allowed)
        for label, animal, value in zip(rows.index, rows["animal"], rows["value"], strict=True)
        if not _finite(value)
    ]


def _finite(value: Any) -> bool:
    try:
        return abs(float(value)) <= _LARGEST
    except (TypeError, ValueError, OverflowError):
        return False


def _units(rows: pd.DataFrame, primary: Primary) -> list[Mistake]:
    units = sorted({str(unit) for unit in rows["unit"]})
    if len(units) < 2:
        return []
    given = f"several units ({', '.join(units)})"
    return [Mistake(f"measurements, {primary.assay} {primary.name}", given, "must all be in one unit")]


def _left_out(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"Group {group} is not among the groups compared: {len(theirs)} of its values are left out."
        for group, theirs in rows.groupby("group", sort=True)
    )
