"""``spondyl report``: the report again, from the results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.options import StudyDir


def report(
    folder: StudyDir = Path(),
    run: Annotated[str | None, typer.Option(help="Run id; the latest finished run if none is given.")] = None,
) -> None:
    """Write the offline report of a finished run again and print its path."""
    from spondyl import study

    typer.echo(study.report(folder, run))
