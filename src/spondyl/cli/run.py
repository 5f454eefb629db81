"""``spondyl run``: measure, compare, report; resumes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spondyl.cli.options import AsJson, Settings, StudyDir
from spondyl.cli.show import as_json, duration, say

if TYPE_CHECKING:
    from spondyl.study import Event

INTERRUPTED = 130


def run(
    folder: StudyDir = Path(),
    settings: Settings = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Worker processes; one per core by default.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Work on the Dask cluster of this scheduler.")
    ] = None,
    max_hours: Annotated[
        float | None, typer.Option(min=0.001, help="Begin nothing after so many hours.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Simulate and measure every animal, compare groups, write the report. Repeated, it continues."""
    from spondyl import study
    from spondyl.errors import AnimalsFailed

    try:
        done = study.run(
            folder,
            settings or (),
            workers=workers,
            dask=dask,
            max_hours=max_hours,
            notify=_tell,
            warn=lambda lack: say(f"Note: {lack}"),
        )
    except KeyboardInterrupt:
        say("Interrupted. Nothing is lost: the same command continues.")
        raise typer.Exit(INTERRUPTED) from None
    if json:
        as_json(
            {
                "run": done.name,
                "folder": str(done.folder),
                "report": str(done.report),
                "computed": done.computed,
                "reused": done.reused,
                "failed": done.problems,
                "answer": done.answer,
            }
        )
    else:
        typer.echo(done.answer)
        typer.echo(f"Report: {done.report}")
    if done.problems:
        listed = "\n".join(f"  {name}: {problem}" for name, problem in done.problems.items())
        raise AnimalsFailed(
            f"{len(done.problems)} steps failed; the report was written without them.\n{listed}"
        )


def _tell(event: Event) -> None:
    """Say one line per scan that ended."""
    if event.state not in ("done", "failed"):
        return
    left = (
        ""
        if event.seconds_left is None or event.finished == event.total
        else f", {duration(event.seconds_left)} left"
    )
    word = event.state if event.computed else "already done"
    say(f"[{event.finished}/{event.total}] {event.animal} {event.label} {word}{left}")
