"""Numbers that nobody measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from spondyl.quantity import Parameter
from spondyl.report.endpoint import printed_unit
from spondyl.report.material import Material
from spondyl.report.numbers import THIN, number
from spondyl.report.table import Table


def assumed(material: Material) -> Mapping[str, object]:
    """Return one table of assumed parameters for each stage, and how many there are."""
    used = sorted(material.story.assumed, key=lambda parameter: (parameter.stage, parameter.name))
    stages = [(stage, tuple(rows)) for stage, rows in groupby(used, key=lambda parameter: parameter.stage)]
    return {"count": len(used), "tables": [(stage or "study", _table(rows)) for stage, rows in stages]}


def _table(rows: Sequence[Parameter]) -> Table:
    head = ("Parameter", "Value", "Range", "Meaning", "Source")
    caption = "Assumed numbers that entered this result."
    return Table(caption, head, tuple(_row(parameter) for parameter in rows), frozenset({0, 3, 4}))


def _row(parameter: Parameter) -> tuple[str, ...]:
    unit = printed_unit(parameter.unit)
    value = f"{number(parameter.value)}{THIN}{unit}" if unit else number(parameter.value)
    limits = f"{number(parameter.low)} to {number(parameter.high)}"
    return parameter.name, value, limits, parameter.meaning, parameter.source or "none"
