"""``spondyl check``: every mistake at once; runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.options import AsJson, Settings, StudyDir
from spondyl.cli.show import as_json, duration, say, size, table


def check(
    folder: StudyDir = Path(),
    settings: Settings = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes to estimate for.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Read everything, say all mistakes at once, estimate time and disk; run nothing."""
    from spondyl import study

    found = study.check(folder, settings or (), workers=workers, notify=_tell)
    if json:
        as_json(found.as_json())
        return
    rows = [(arm.group, arm.label, str(arm.animals), str(arm.scans), size(arm.bytes)) for arm in found.arms]
    table(("group", "label", "animals", "scans", "data"), rows, right=(2, 3, 4))
    typer.echo(f"\nPrimary endpoint: {found.primary}")
    for note in found.notes:
        typer.echo(f"Note: {note}")
    plural = "s" if found.workers > 1 else ""
    means = f"{found.workers} worker{plural}, {size(found.disk_bytes)} of disk"
    cost = f"about {duration(found.seconds)} with {means}"
    todo = (
        f"{found.pending} of {found.scans} scans to measure: {cost}"
        if found.pending
        else "All scans are measured"
        if found.scans
        else "There is no scan to read"
    )
    typer.echo(f"Nothing is wrong. {todo}.")


def _tell(number: int, total: int, animal: str) -> None:
    say(f"[{number}/{total}] reading {animal}")
