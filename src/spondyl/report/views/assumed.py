"""Numbers that nobody measured."""

from __future__ import annotations

from collections.abc import Mapping

from spondyl.quantity import Parameter
from spondyl.report.endpoint import printed_unit
from spondyl.report.material import Material
from spondyl.report.numbers import THIN, number
from spondyl.report.table import Table


def assumed(material: Material) -> Mapping[str, object]:
    """Return the table of assumed parameters; None when none were used."""
    used = sorted(material.story.assumed, key=lambda parameter: (parameter.stage, parameter.name))
    head = ("Parameter", "Value", "Range", "Meaning", "Source")
    caption = "Assumed numbers that entered this result."
    table = Table(caption, head, tuple(_row(parameter) for parameter in used), frozenset({0, 3, 4}))
    return {"table": table if used else None}


def _row(parameter: Parameter) -> tuple[str, ...]:
    unit = printed_unit(parameter.unit)
    value = f"{number(parameter.value)}{THIN}{unit}" if unit else number(parameter.value)
    name = f"{parameter.stage}.{parameter.name}" if parameter.stage else parameter.name
    limits = f"{number(parameter.low)} to {number(parameter.high)}"
    return name, value, limits, parameter.meaning, parameter.source or "none"
