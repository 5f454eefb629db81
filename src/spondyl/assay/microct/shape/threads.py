"""Threads that share the slabs of one measurement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


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


def cuts(first: int, stop: int, thickness: int) -> list[tuple[int, int]]:
    """Return ``(start, stop)`` pairs of at most `thickness` that make up the range.

    Examples
    --------
    >>> cuts(1, 6, 2)
    [(1, 3), (3, 5), (5, 6)]
    """
    return [(start, min(start + thickness, stop)) for start in range(first, stop, thickness)]
