"""``spondyl log``: the history of runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import typer

from spondyl.cli.options import AsJson, StudyDir
from spondyl.cli.show import as_json, table


def log(folder: StudyDir = Path(), json: AsJson = False) -> None:
    """Show the history of runs, oldest first."""
    from spondyl import study

    records = study.history(folder)
    if json:
        as_json([asdict(record) for record in records])
        return
    if not records:
        typer.echo("No run yet. Begin with: spondyl run")
        return
    header = ("started", "run", "outcome", "measured", "reused", "settings")
    rows = [
        (r.started, r.run, r.outcome, str(r.computed), str(r.reused), " ".join(r.settings)) for r in records
    ]
    table(header, rows, right=(3, 4))
