"""How far a long solve is, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from spondyl.cli.show import duration, say

if TYPE_CHECKING:
    from spondyl.mechanics.solution import Progress, Report

SILENT_SECONDS = 3.0
TERMINAL_SECONDS, PLAIN_SECONDS = 0.5, 15.0


@contextmanager
def solving(name: str) -> Iterator[Report]:
    """Give a function that tells how far a solve is: one line that changes on a terminal, else plain lines.

    Solves shorter than three seconds say nothing.

    Parameters
    ----------
    name : of what is solved.
    """
    terminal = sys.stderr.isatty()
    every = TERMINAL_SECONDS if terminal else PLAIN_SECONDS
    said = time.monotonic() + SILENT_SECONDS - every
    width = 0

    def tell(progress: Progress) -> None:
        nonlocal said, width
        now = time.monotonic()
        if now - said < every:
            return
        said = now
        text = f"{name}: {line(progress)}"
        if terminal:
            sys.stderr.write(f"\r{text.ljust(width)}")
            sys.stderr.flush()
            width = len(text)
        else:
            say(text)

    try:
        yield tell
    finally:
        if width:
            sys.stderr.write(f"\r{' ' * width}\r")
            sys.stderr.flush()


def line(progress: Progress) -> str:
    """Return one line about a solve.

    Examples
    --------
    >>> from spondyl.mechanics.solution import Progress
    >>> line(Progress(12, 3.1e-4, 1e-6, 95.0))
    'iteration 12, residual 3.1e-04 on the way to 1.0e-06, about 2 min left'
    """
    left = "" if progress.seconds_left is None else f", about {duration(progress.seconds_left)} left"
    return (
        f"iteration {progress.iteration}, residual {progress.relative_residual:.1e} on the way to "
        f"{progress.tolerance:.1e}{left}"
    )
