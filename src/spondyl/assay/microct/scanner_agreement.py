"""A scanner's numbers beside ours, ready for one plot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spondyl.assay.microct.scanner_table import ScannerTable
from spondyl.errors import MeasurementError, Mistake, nearest_word


@dataclass(frozen=True, slots=True)
class Pair:
    """One quantity of one measurement, as the scanner's software and as we give it.

    Parameters
    ----------
    measurement : number of the measurement in the scanner's table.
    name : our name of the quantity.
    theirs, ours : the numbers, both in the unit of `name`.
    flag : that the scanner set, empty without one.
    """

    measurement: str
    name: str
    theirs: float
    ours: float
    flag: str

    @property
    def difference(self) -> float:
        """Ours minus theirs."""
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two ways to measure one quantity agree (Bland and Altman 1999).

    Parameters
    ----------
    name : of the quantity.
    pairs : how many, without flagged ones.
    bias : mean difference, ours minus theirs.
    low, high : limits of agreement, the bias ± 1.96 standard deviations of the differences; None for fewer
        than three pairs.
    """

    name: str
    pairs: int
    bias: float
    low: float | None
    high: float | None


def paired(table: ScannerTable, ours: Mapping[str, Mapping[str, object]]) -> tuple[Pair, ...]:
    """Put a scanner's numbers beside ours.

    Parameters
    ----------
    table : of the scanner.
    ours : for each number of a measurement, our numbers by name, as ``Morphometry.as_json`` returns them.

    Raises
    ------
    MeasurementError
        If a measurement is not in the table, or stands there more than once for one quantity.
    """
    known = {row.measurement for row in table.rows}
    unknown = [
        Mistake(
            table.path.name, f"no measurement {key!r}", "must be a MeasNo of it", nearest_word(key, known)
        )
        for key in ours
        if key not in known
    ]
    if unknown:
        raise MeasurementError(unknown)
    found: dict[tuple[str, str], Pair] = {}
    for row in table.rows:
        mine = ours.get(row.measurement, {}).get(row.name or "")
        if row.ours is None or row.name is None or not isinstance(mine, int | float):
            continue
        if (row.measurement, row.name) in found:
            given = f"{row.name} of measurement {row.measurement} again in line {row.line}"
            raise MeasurementError(Mistake(table.path.name, given, "keep one line for each measurement"))
        found[row.measurement, row.name] = Pair(row.measurement, row.name, row.ours, float(mine), row.flag)
    return tuple(found.values())


def agreement(pairs: Sequence[Pair]) -> tuple[Agreement, ...]:
    """Summarise pairs by quantity; those that the scanner flagged do not count.

    Examples
    --------
    >>> same = [Pair(str(n), "tb_th_um", 60.0 + n, 61.0 + n, "") for n in range(3)]
    >>> agreement(same)[0].bias
    1.0
    """
    names = dict.fromkeys(pair.name for pair in pairs if not pair.flag)
    return tuple(
        _agreement(name, [p.difference for p in pairs if p.name == name and not p.flag]) for name in names
    )


def _agreement(name: str, differences: list[float]) -> Agreement:
    count = len(differences)
    bias = math.fsum(differences) / count
    if count < 3:
        return Agreement(name, count, bias, None, None)
    spread = 1.96 * math.sqrt(math.fsum((d - bias) ** 2 for d in differences) / (count - 1))
    return Agreement(name, count, bias, bias - spread, bias + spread)
