"""How many processors there are, and work shared among threads so that no result depends on their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
