"""``spondyl cite``: the works to cite."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.options import AsJson
from spondyl.cli.show import as_json


def cite(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Study folder; lists what its latest report cites.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List the works that Spondyl, or the latest run of a study, rests on."""
    from spondyl.quantity import references

    if folder is None:
        listed = list(references().values())
    else:
        from spondyl import study

        listed = list(study.cited(folder))
    if json:
        as_json([asdict(reference) for reference in listed])
        return
    for reference in listed:
        typer.echo(f"[{reference.key}] {reference.text}")
