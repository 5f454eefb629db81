"""Results on stdout, talk on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import typer


def say(text: str) -> None:
    """Tell the person something; goes to stderr."""
    typer.echo(text, err=True)


def as_json(thing: Any) -> None:
    """Print one JSON object on one line of stdout; NaN is never printed."""
    typer.echo(json.dumps(thing, ensure_ascii=False, allow_nan=False))


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print an aligned table on stdout.

    Parameters
    ----------
    header : column titles.
    rows : texts.
    right : columns to align to the right.
    """
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for number, line in enumerate(lines):
        cells = [
            text.rjust(width) if column in right else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        typer.echo("  ".join(cells).rstrip())
        if number == 0:
            typer.echo("  ".join("─" * width for width in widths))


def duration(seconds: float) -> str:
    """Return a duration a person reads at a glance.

    Examples
    --------
    >>> duration(4.2), duration(125), duration(8000)
    ('4 s', '2 min', '2.2 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size(count: float) -> str:
    """Return a number of bytes with a unit.

    Examples
    --------
    >>> size(1500), size(2.5e9)
    ('1.5 kB', '2.5 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
