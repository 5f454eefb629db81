"""A range of slices in slabs."""

from __future__ import annotations


def cuts(first: int, stop: int, thickness: int) -> list[tuple[int, int]]:
    """Return ``(start, stop)`` pairs of at most `thickness` that make up the range.

    Examples
    --------
    >>> cuts(1, 6, 2)
    [(1, 3), (3, 5), (5, 6)]
    """
    return [(start, min(start + thickness, stop)) for start in range(first, stop, thickness)]
