"""How far a long solve or measurement is, on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from spondyl.cli.show import duration, say

if TYPE_CHECKING:
    from spondyl.mechanics.solution import Progress, Report

SILENT_SECONDS = 3.0
TERMINAL_SECONDS, PLAIN_SECONDS = 0.5, 15.0


class _Line:
    """A line on stderr: on a terminal it changes in place, elsewhere each text has a line of its own."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.width = 0

    def write(self, text: str) -> None:
        if not self.terminal:
            say(text)
            return
        sys.stderr.write(f"\r{text.ljust(self.width)}")
        sys.stderr.flush()
        self.width = len(text)

    def clear(self) -> None:
        if self.width:
            sys.stderr.write(f"\r{' ' * self.width}\r")
            sys.stderr.flush()


@contextmanager
def solving(name: str) -> Iterator[Report]:
    """Give a function that tells how far a solve is: one line that changes on a terminal, else plain lines.

    Solves shorter than three seconds say nothing.

    Parameters
    ----------
    name : of what is solved.
    """
    shown = _Line()
    every = TERMINAL_SECONDS if shown.terminal else PLAIN_SECONDS
    said = time.monotonic() + SILENT_SECONDS - every

    def tell(progress: Progress) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said >= every:
            said = now
            shown.write(f"{name}: {line(progress)}")

    try:
        yield tell
    finally:
        shown.clear()


@contextmanager
def measuring(name: str) -> Iterator[Callable[[str], None]]:
    """Give a function that tells which stage of a measurement begins.

    Off a terminal the first three seconds say nothing.

    Parameters
    ----------
    name : of what is measured.
    """
    shown = _Line()
    began = time.monotonic()

    def tell(stage: str) -> None:
        if shown.terminal or time.monotonic() - began >= SILENT_SECONDS:
            shown.write(f"{name}: {stage}")

    try:
        yield tell
    finally:
        shown.clear()


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
