"""How many processors there are, and work shared among threads so that no result depends on their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

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

    def run(self, kernel: Callable[..., Any], items: int, nodes: int, *arguments: Any) -> list[int]:
        """Call ``kernel(part, first, last, *arguments)`` for parts that make up ``range(items)``.

        Return where the range was cut between them, both its ends included.
        """
        parts = min(self.threads, items) if nodes >= SMALL else 1
        if self._pool is None or parts == 1:
            kernel(0, 0, items, *arguments)
            return [0, items]
        cuts = [items * part // parts for part in range(parts + 1)]
        waiting = [
            self._pool.submit(kernel, part, cuts[part], cuts[part + 1], *arguments)
            for part in range(1, parts)
        ]
        kernel(0, 0, cuts[1], *arguments)
        for part in waiting:
            part.result()
        return cuts

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()
