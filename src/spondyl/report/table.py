"""A table as the page prints it: texts only, numbers already formatted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Parameters
    ----------
    caption : what it shows, one sentence.
    head : column titles.
    rows : cells, as many as there are titles; the first one names the row.
    words : numbers of the columns that hold words; the others hold numbers and stand to the right.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset({0})


def worded(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """Return a table of words in every column."""
    return Table(caption, head, tuple(rows), frozenset(range(len(head))))
