"""``spondyl params``: parameters with their passports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json, table


def params(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="Study folder whose own numbers replace the shipped ones."),
    ] = None,
    json: AsJson = False,
) -> None:
    """List every parameter with value, unit, range, kind and source."""
    from spondyl.quantity import overrides, shipped

    tables = shipped()
    if folder is not None:
        from spondyl.study import study_folder

        tables = overrides(study_folder(folder) / "parameters", tables)
    listed = [parameter for name in sorted(tables) for parameter in tables[name].values()]
    if json:
        as_json([asdict(parameter) for parameter in listed])
        return
    header = ("stage", "parameter", "value", "unit", "range", "kind", "source")
    rows = [
        (p.stage, p.name, f"{p.value:g}", p.unit, f"{p.low:g} … {p.high:g}", str(p.kind), p.source)
        for p in listed
    ]
    table(header, rows, right=(2,))
