"""``spondyl new``: a study folder to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spondyl.cli.show import say


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    profile: Annotated[
        str, typer.Option(help="Settings to begin with: trabecular or segmented.")
    ] = "trabecular",
) -> None:
    """Make a study folder with an annotated study.toml."""
    from spondyl.study import create

    made = create(folder, profile)
    say(f"Made {made}.")
    say(f"Next: put scans below data/, list the animals in animals.tsv, then: spondyl check {folder}")
