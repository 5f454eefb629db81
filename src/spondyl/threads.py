"""How many processors there are, and work shared among threads so that no result depends on their number."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def available_threads() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


def in_threads(task: Callable[[Item], Answer], items: Iterable[Item], threads: int) -> list[Answer]:
    """Return the task's answers in the order of the items.

    No answer depends on the number of threads: each item is worked on by one thread, alone.

    Examples
    --------
    >>> in_threads(abs, [-2, 1], threads=2)
    [2, 1]
    """
    if threads == 1:
        return [task(item) for item in items]
    with ThreadPoolExecutor(threads, "spondyl") as pool:
        return list(pool.map(task, items))


SMALL = 30_000
"""Nodes below which handing work to a second thread costs more than it saves."""

FEW = 3_000
"""Nodes that each thread should have at least where threads meet in their loops."""


TURN, ARRIVED, SLEEP, LOST = 0, 16, 32, 48
"""Where in a meeting lie, each in a cache line of its own: how often all have met, how many have arrived, the
address of the system's way to sleep, and whether a thread will never come."""


def new_meeting() -> NDArray[np.int64]:
    """Return a place for one call of some threads."""
    return _EMPTY.copy()


def lose(meeting: NDArray[np.int64]) -> None:
    """Let nobody wait any longer: a thread will not come."""
    meeting[LOST] = 1


def _address_of_sleep() -> int:
    """Return the address of a function that takes microseconds, or may overlook them, and lets others run."""
    library, name = ("kernel32", "SwitchToThread") if os.name == "nt" else (None, "usleep")
    function = getattr(ctypes.CDLL(library), name)
    address = ctypes.cast(function, ctypes.c_void_p).value
    if address is None:
        raise OSError("the system has no way to sleep")
    return address


_EMPTY = np.zeros(64, np.int64)
_EMPTY[SLEEP] = _address_of_sleep()


class Team:
    """A fixed number of threads; kernels release the interpreter and take a range of items.

    No result depends on how the items are shared out: each is worked on by one thread, alone. Threads of
    Python sleep while they wait, so that a busy machine is not made busier by waiting.

    Parameters
    ----------
    threads : number of threads, at least 1.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads - 1, "spondyl") if threads > 1 else None

    def run(self, kernel: Callable[..., Any], items: int, nodes: int, *arguments: Any) -> None:
        """Call ``kernel(part, first, last, *arguments)`` for parts that make up ``range(items)``."""
        parts = min(self.threads, items) if nodes >= SMALL else 1
        if self._pool is None or parts == 1:
            kernel(0, 0, items, *arguments)
            return
        cuts = [items * part // parts for part in range(parts + 1)]
        waiting = [
            self._pool.submit(kernel, part, cuts[part], cuts[part + 1], *arguments)
            for part in range(1, parts)
        ]
        kernel(0, 0, cuts[1], *arguments)
        for part in waiting:
            part.result()

    def together(self, kernel: Callable[..., Any], nodes: int, *arguments: Any) -> None:
        """Call ``kernel(part, parts, meeting, *arguments)`` on all threads at once; they may meet on the way.

        The kernel shares out its work itself, see :func:`spondyl.meeting.meet`.
        """
        parts = max(1, min(self.threads, nodes // FEW))
        meeting = new_meeting()
        if self._pool is None or parts == 1:
            kernel(0, 1, meeting, *arguments)
            return

        def work(part: int) -> None:
            try:
                kernel(part, parts, meeting, *arguments)
            except BaseException:
                lose(meeting)
                raise

        try:
            waiting = [self._pool.submit(work, part) for part in range(1, parts)]
        except BaseException:
            lose(meeting)
            raise
        work(0)
        for part in waiting:
            part.result()

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()
