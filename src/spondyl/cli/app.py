"""The verbs put together, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer

from spondyl.cli import check, cite, doctor, log, measure, new, params, plan, power, report, run, status, view

app = typer.Typer(
    name="spondyl",
    help="A virtual bench for cell-based bone repair: measure, compare, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for verb in (
    new.new,
    check.check,
    run.run,
    status.status,
    log.log,
    report.report,
    view.view,
    plan.plan,
    power.power,
    params.params,
    cite.cite,
    doctor.doctor,
):
    app.command()(verb)
app.add_typer(measure.app, name="measure")


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from spondyl import __version__

        typer.echo(__version__)
        raise typer.Exit


def run_app() -> NoReturn:
    """Run the command line and leave with the exit code of `docs/reference.md`."""
    from spondyl.errors import SpondylError

    _speak_utf8()
    try:
        app()
    except SpondylError as error:
        typer.echo(f"spondyl: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:  # a full disk, a folder without permission: for the person to mend
        typer.echo(f"spondyl: the system refused: {error}", err=True)
        sys.exit(2)
    sys.exit(0)


def _speak_utf8() -> None:
    """Make sure that mm³ can be printed on consoles that do not speak UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
