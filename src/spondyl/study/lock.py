"""Two runs in one study folder exclude each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spondyl.errors import Busy, DesignError, Mistake

LOCK_NAME = ".spondyl.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the study folder; the system releases it when the process ends, however it ends.

    Raises
    ------
    Busy
        When another run holds it.
    DesignError
        When the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        remedy = "wait for it (spondyl status shows it) or stop it"
        raise Busy(Mistake(str(folder), "another run at work in this folder", remedy)) from None
    except OSError as error:
        raise DesignError(
            Mistake(str(folder), f"a folder that cannot be written ({error.strerror})", "make it writable")
        ) from None
    try:
        yield
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Tell whether a run is at work in the folder now."""
    from filelock import FileLock, Timeout

    if not (folder / LOCK_NAME).exists():
        return False
    try:
        with FileLock(folder / LOCK_NAME, timeout=0):
            return False
    except (Timeout, OSError):
        return True
