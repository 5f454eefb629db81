"""``spondyl view``: a local page of studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.show import say


def view(
    folder: Annotated[Path, typer.Argument(help="A study, or a folder that holds some.")] = Path(),
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8765,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default no other machine sees the page.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = False,
) -> None:
    """Show studies, runs in progress and scans on a local page, until Ctrl-C."""
    from spondyl.study.serving import LOOPBACK, serve

    def started(address: str) -> None:
        typer.echo(f"Studies: {address}")
        if host != LOOPBACK:
            say("Other machines can see these studies: --host opens them to the network.")
        say("Ctrl-C ends it.")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serve(folder, host, port, started)
