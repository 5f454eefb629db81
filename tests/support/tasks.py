"""Tasks for worker processes, importable there."""

from __future__ import annotations

import os
from pathlib import Path

from spondyl.errors import Mistake, StudyError


def write_double(task: tuple[str, int]) -> None:
    folder, number = task
    Path(folder, str(number)).write_text(str(2 * number))


def misbehave(task: str) -> None:
    """Do what the task says: fail in one of the ways a task can fail."""
    if task == "mistake":
        raise StudyError(Mistake("file", "this", "must be that"))
    if task == "memory":
        raise MemoryError
    if task == "system":
        raise OSError(28, "No space left on device")
    if task == "bug":
        raise ZeroDivisionError("ours")
    if task == "die":
        os._exit(9)
