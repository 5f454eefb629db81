"""``spondyl status``: what is done, running, failed and why."""

from __future__ import annotations

from pathlib import Path

import typer

from spondyl.cli.options import AsJson, Settings, StudyDir
from spondyl.cli.show import as_json, table


def status(folder: StudyDir = Path(), settings: Settings = None, json: AsJson = False) -> None:
    """Show what is done, running, waiting, failed and why."""
    from spondyl import study

    now = study.status(folder, settings or ())
    if json:
        as_json(now.as_json())
        return
    table(("animal", "group", "scan", "state"), [(s.animal, s.group, s.label, s.state) for s in now.scans])
    for scan in now.scans:
        if scan.problem:
            typer.echo(f"\n{scan.animal} {scan.label} failed: {scan.problem}")
    counts = ", ".join(f"{count} {state}" for state, count in now.counts.items() if count)
    typer.echo(f"\n{now.run}: {counts}. {'A run is at work now.' if now.active else 'No run is at work.'}")
    if now.report:
        typer.echo(f"Report: {now.report}")
