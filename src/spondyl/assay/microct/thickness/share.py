"""Work shared among threads so that no result depends on their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from spondyl.threads import in_threads

PARTS = 64
"""Most parts one call is cut into; fixed, so that sums over parts never see how many threads there are."""


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
    return in_threads(lambda part: kernel(*part, *arguments), parts, min(threads, len(parts)))
