"""Work shared among threads so that no result depends on their number."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

PARTS = 64
"""Most parts one call is cut into; fixed, so that sums over parts never see how many threads there are."""


def available_threads() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def ranges(items: int, parts: int = PARTS) -> list[tuple[int, int]]:
    """Cut ``range(items)`` into at most `parts` ranges of nearly equal length.

    Examples
    --------
    >>> ranges(5, 2)
    [(0, 2), (2, 5)]
    """
    parts = max(1, min(parts, items))
    return [(items * part // parts, items * (part + 1) // parts) for part in range(parts)]


def share(
    threads: int, kernel: Callable[..., Any], parts: Sequence[tuple[int, int]], *arguments: Any
) -> list[Any]:
    """Return ``kernel(first, last, *arguments)`` for every part, in the order of the parts."""
    if threads == 1 or len(parts) == 1:
        return [kernel(first, last, *arguments) for first, last in parts]
    with ThreadPoolExecutor(threads, "thickness") as pool:
        waiting = [pool.submit(kernel, first, last, *arguments) for first, last in parts]
        return [part.result() for part in waiting]
